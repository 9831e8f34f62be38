"""Densities of data and generated samples over a view, both seen through the same Gaussian kernel."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Samples

_FAR = 2.0  # standard deviations from a sample up to which it tells something


class DensityPair(NamedTuple):
    """The data's log density, the generated samples' and where they tell something, each (rows, columns) over a view.

    `h`: the kernel's standard deviation. `known`: where at least one of the densities is as high as a single sample's
    kernel two h away from it; elsewhere neither can be told from nothing. Where `log_q` is -inf no sample is near.
    """

    log_p: FloatArray
    log_q: FloatArray
    known: NDArray[np.bool_]
    h: float

    @property
    def log_ratio(self) -> FloatArray:
        """log p / q, the optimal logit; NaN where unknown."""
        ratio = np.full(self.known.shape, np.nan)
        np.subtract(self.log_p, self.log_q, out=ratio, where=self.known)
        return ratio


def density_pair(
    distribution: Distribution, samples: Samples | FloatArray, x: FloatArray, y: FloatArray | None, h: float
) -> DensityPair:
    """The densities at scale h over columns x (C,) and, in the plane, rows y (R,), bottom row first; (1, C) on a line.

    Take the h of `MatchedKernel`, so that picture and numbers are of one kind.
    Raises ValueError for a distribution without a density.
    """
    columns, rows = np.meshgrid(x, [0.0] if y is None else y)
    points = np.stack((columns.ravel(), rows.ravel()), axis=1)[:, : distribution.dim]
    log_p = distribution.smoothed_log_density(points, h)
    if log_p is None:
        raise ValueError("this distribution has no density")
    log_p = log_p.reshape(columns.shape)
    log_q = log_kernel_density(samples, x, y, h)
    alone = -np.log(len(samples)) - distribution.dim / 2 * np.log(2 * np.pi * h**2) - _FAR**2 / 2
    return DensityPair(log_p, log_q, np.maximum(log_p, log_q) >= alone, h)


def log_kernel_density(samples: Samples | FloatArray, x: FloatArray, y: FloatArray | None, h: float) -> FloatArray:
    """Log of the mean of N(x_i, h^2 I) over samples (N, d), at columns x and rows y as above.

    Exact: the kernel is a product over the axes, so that the sum over samples is one matrix product. Samples that are
    not finite add nothing.
    """
    finite = samples[np.isfinite(samples).all(1)].astype(np.float64)
    density = _kernel(x, finite[:, 0], h)
    density = density.sum(1)[None] if y is None else _kernel(y, finite[:, 1], h) @ density.T
    with np.errstate(divide="ignore"):
        log_density: FloatArray = np.log(density / len(samples))
    return log_density


def _kernel(axis: FloatArray, places: FloatArray, h: float) -> FloatArray:
    """N(place, h^2) along an axis: (len(axis), len(places)).

    The exponents are of single precision, which keeps the kernel to 1e-4 of itself where it counts; nothing is left of
    it beyond 14 h.
    """
    offsets = np.subtract((axis / h)[:, None], places / h, dtype=np.float32, casting="same_kind")
    np.square(offsets, out=offsets)
    offsets *= np.float32(-0.5)
    kernel: FloatArray = np.exp(offsets, out=offsets).astype(np.float64)
    kernel /= h * np.sqrt(2 * np.pi)
    return kernel
