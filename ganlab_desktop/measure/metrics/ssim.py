"""Likeness of image pairs: structural similarity (Wang et al. 2004) and the peak signal-to-noise ratio."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d

from ganlab_desktop.gan.data.distribution import FloatArray

Images = NDArray[np.floating]

WINDOW = 11  # pixels
SIGMA = 1.5
_K1, _K2 = 0.01, 0.03


def ssim(first: Images, second: Images, span: float = 2.0) -> FloatArray:
    """Structural similarity of each pair of images (N, C, H, W): (N,), 1 for equal images.

    Gaussian window of 11 x 11 pixels, sigma 1.5, only where it lies within the image; channels are compared one by one
    and averaged. Images below 11 pixels get the largest odd window that fits, of the same sigma: 7 x 7 for 8 x 8
    pixels, whose numbers are then to be compared among themselves only.

    `span`: the range of the pixels' values, 2 for -1 to 1. Raises ValueError for images that make no pairs.
    """
    x, y = _pair(first, second)
    window = min(WINDOW, *(size - (size + 1) % 2 for size in x.shape[2:]))
    mean_x, mean_y = _smooth(x, window), _smooth(y, window)
    var_x = _smooth(x * x, window) - mean_x**2
    var_y = _smooth(y * y, window) - mean_y**2
    covariance = _smooth(x * y, window) - mean_x * mean_y
    c1, c2 = (_K1 * span) ** 2, (_K2 * span) ** 2
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    structure = (2 * covariance + c2) / (var_x + var_y + c2)
    similarity: FloatArray = (luminance * structure).mean((1, 2, 3))
    return similarity


def psnr(first: Images, second: Images, span: float = 2.0) -> FloatArray:
    """10 log10(span^2 / mean squared difference) of each pair of images (N, C, H, W), in decibels: (N,).

    Infinite for equal images. `span`: the range of the pixels' values, 2 for -1 to 1. Raises ValueError for images that
    make no pairs.
    """
    x, y = _pair(first, second)
    error = ((x - y) ** 2).mean((1, 2, 3))
    with np.errstate(divide="ignore"):
        ratio: FloatArray = 10 * np.log10(span**2 / error)
    return ratio


def _pair(first: Images, second: Images) -> tuple[FloatArray, FloatArray]:
    if first.ndim != 4 or first.shape != second.shape:
        raise ValueError(f"pairs of images have one shape (N, C, H, W), not {first.shape} and {second.shape}")
    return first.astype(np.float64), second.astype(np.float64)


def _smooth(images: FloatArray, window: int) -> FloatArray:
    """Means under the window wherever it lies within the image: (N, C, H - window + 1, W - window + 1)."""
    half = window // 2
    weights = np.exp(-(np.arange(-half, half + 1) ** 2) / (2 * SIGMA**2))
    weights /= weights.sum()
    height, width = images.shape[2:]
    smooth: FloatArray = correlate1d(correlate1d(images, weights, axis=2), weights, axis=3)
    return smooth[:, :, half : height - half, half : width - half]
