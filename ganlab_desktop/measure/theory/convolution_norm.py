"""How far a convolution can stretch its input: an upper bound of its operator norm, whatever the images' size."""

import math

import torch
from torch import Tensor
from torch.nn.functional import pad

# Frequencies for each degree of the kernel along an axis: the bound is at most 2 % too large, or 8 % where matrices are
# so large that their values take long.
_FINE, _COARSE = 16, 8
_LARGE = 64
_CHUNK = 1 << 22  # complex numbers at a time, which bounds the memory


def convolution_bound(weight: Tensor, stride: tuple[int, int]) -> float:
    """An upper bound of the operator norm of a convolution with a kernel (A, I, h, w) and padding of zeros.

    On images it is the convolution of the whole plane, of which a part is put in and a part taken out, so that its norm
    is at most that one's: the supremum over frequencies of the largest singular value of the kernel's transform (Sedghi
    et al. 2019 have circular ones). A stride makes channels of the places that it leaves out. Between the frequencies
    that are looked at, |u* K v|^2 is a trigonometric polynomial of degree h - 1 and w - 1 along the axes, which falls
    off from its largest value no faster than a cosine of that degree (M. Riesz 1914); a point is at most pi / N away.
    """
    kernel = _without_stride(weight.detach().double(), stride)
    degrees = [length - 1 for length in kernel.shape[2:]]
    points = _COARSE if min(kernel.shape[:2]) > _LARGE else _FINE
    counts = [max(1, points * degree) for degree in degrees]
    transform = torch.fft.rfft2(kernel, s=counts).permute(2, 3, 0, 1).flatten(0, 1)  # the others are conjugate to these
    rows = max(1, _CHUNK // transform[0].numel())
    largest = max(float(_largest(part).max()) for part in torch.split(transform, rows))
    slack = math.prod(math.cos(math.pi * degree / count) for degree, count in zip(degrees, counts, strict=True))
    return largest / math.sqrt(slack)


def _largest(matrices: Tensor) -> Tensor:
    """The largest singular values (N,) of matrices (N, A, I)."""
    if matrices.shape[1] > matrices.shape[2]:
        matrices = matrices.mH
    squares: Tensor = torch.linalg.eigvalsh(matrices @ matrices.mH)[:, -1]
    return squares.clamp(min=0.0).sqrt()


def _without_stride(kernel: Tensor, stride: tuple[int, int]) -> Tensor:
    """The kernel (A, I s t, h / s, w / t) that does the same to the s t images of every s-th row and t-th column."""
    outputs, inputs, height, width = kernel.shape
    down, right = stride
    kernel = pad(kernel, (0, -width % right, 0, -height % down))
    parts = kernel.view(outputs, inputs, kernel.shape[2] // down, down, kernel.shape[3] // right, right)
    return parts.permute(0, 1, 3, 5, 2, 4).flatten(1, 3)
