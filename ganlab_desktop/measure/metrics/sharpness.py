"""How sharp images are."""

from collections.abc import Sequence

from ganlab_desktop.gan.data.distribution import Samples


def sharpness(images: Samples, shape: Sequence[int]) -> float:
    """The mean over flat images (N, C H W) of the variance of their Laplacian, by the kernel (0 1 0, 1 -4 1, 0 1 0)
    where all of it lies within the image, over places, the mean of the channels (Pech-Pacheco et al. 2000, LAPV).

    Blurred images have less of it. So has anything smooth, and noise has more: it tells something beside that of real
    images only.
    """
    x = images.reshape(-1, *shape).astype("float64")
    around = x[..., :-2, 1:-1] + x[..., 2:, 1:-1] + x[..., 1:-1, :-2] + x[..., 1:-1, 2:]
    laplacian = around - 4.0 * x[..., 1:-1, 1:-1]
    return float(laplacian.var((-2, -1)).mean())
