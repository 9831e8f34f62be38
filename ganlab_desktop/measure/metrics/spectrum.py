"""How the power of images is spread over spatial frequencies."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import FloatArray, Samples


def frequencies(shape: Sequence[int]) -> FloatArray:
    """The frequencies (F,) of `power_spectrum` in cycles per pixel, from 0 to that of a checkerboard, 1 / sqrt 2."""
    _, height, width = shape
    return np.arange(_rings(height, width).max() + 1) / min(height, width)


def power_spectrum(images: Samples, shape: Sequence[int]) -> FloatArray:
    """The mean power (F,) of flat images (N, C H W) at each frequency: |DFT|^2 / (H W), averaged over the images, their
    channels and all directions (Durall et al. 2020, section 3.1). Over all places of the transform its mean is the mean
    square of a pixel (Parseval).

    A transposed convolution whose kernel its stride does not divide leaves peaks at the frequencies of its stride
    (Odena et al. 2016).
    """
    channels, height, width = shape
    spectra = np.fft.fft2(images.reshape(-1, channels, height, width).astype(np.float64))
    power = (np.abs(spectra) ** 2).mean((0, 1)) / (height * width)
    rings = _rings(height, width)
    total = np.bincount(rings.ravel(), power.ravel())
    mean: FloatArray = total / np.bincount(rings.ravel())
    return mean


def _rings(height: int, width: int) -> NDArray[np.int64]:
    """The index of the frequency (H, W) of each place of a discrete Fourier transform, nearest to its distance from the
    middle."""
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None, :]
    rings: NDArray[np.int64] = np.rint(np.hypot(rows, columns) * min(height, width)).astype(np.int64)
    return rings
