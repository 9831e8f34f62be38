"""Logarithms of sums of Gaussians at many points, fast and without large temporaries."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ganlab_desktop.gan.data.distribution import FloatArray

_ENTRIES = 1 << 17  # numbers in a temporary: 1 MB, which stays in the cache
_FEW = 48  # so many centres are faster summed than searched
_BLOCK = 256  # points that share one search for the centres near them, where they lie evenly
_CUT = 32.0  # what is left out is smaller than exp(-32), 1e-14 of the sum
_LOG_2PI = float(np.log(2 * np.pi))


def log_isotropic_sum(x: FloatArray, centres: FloatArray, weights: FloatArray, sigma: float) -> FloatArray:
    """log sum_j weights[j] N(x; centres[j], sigma^2 I) at x (N, d), centres (J, d), weights (J,) > 0: (N,).

    With many centres only those are summed that can add more than 1e-14 of the result.
    """
    x, centres, log_weights = np.asarray(x, np.float64) / sigma, centres / sigma, np.log(weights)
    out = np.empty(len(x))
    for rows, near in _neighbourhoods(x, centres, log_weights):
        out[rows] = _log_sum(x[rows], centres[near], log_weights[near])
    out -= x.shape[1] * (np.log(sigma) + _LOG_2PI / 2)
    return out


def log_gaussian_sum(x: FloatArray, centres: FloatArray, covariances: FloatArray, weights: FloatArray) -> FloatArray:
    """log sum_j weights[j] N(x; centres[j], covariances[j]) at x (N, d): (N,)."""
    x = np.asarray(x, np.float64)
    dim = x.shape[1]
    factors = np.linalg.cholesky(covariances)
    whitening = np.linalg.inv(factors)
    log_scale = np.log(weights) - np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(1) - dim * _LOG_2PI / 2
    out = np.empty(len(x))
    for rows in _chunks(len(x), len(centres)):
        exponents = np.empty((len(centres), len(x[rows])))
        for j, centre in enumerate(centres):
            whitened = (x[rows] - centre) @ whitening[j].T
            exponents[j] = log_scale[j] - 0.5 * np.einsum("ni,ni->n", whitened, whitened)
        top = exponents.max(0)
        out[rows] = top + np.log(np.exp(exponents - top).sum(0))
    return out


def _log_sum(x: FloatArray, centres: FloatArray, log_weights: FloatArray) -> FloatArray:
    """log sum_j exp(log_weights[j] - |x - centres[j]|^2 / 2), taken relative to the points' middle to keep digits."""
    origin = x.mean(0)
    x, centres = x - origin, centres - origin
    bias = log_weights - 0.5 * np.einsum("ji,ji->j", centres, centres)
    out = np.empty(len(x))
    for rows in _chunks(len(x), len(centres)):
        exponents = x[rows] @ centres.T
        exponents += bias
        top = exponents.max(1)
        exponents -= top[:, None]
        np.exp(exponents, out=exponents)
        out[rows] = top + np.log(exponents.sum(1))
    out -= 0.5 * np.einsum("ni,ni->n", x, x)
    return out


def _chunks(n: int, width: int) -> Iterator[slice]:
    step = max(1, _ENTRIES // max(width, 1))
    return (slice(start, start + step) for start in range(0, n, step))


def _neighbourhoods(
    x: FloatArray, centres: FloatArray, log_weights: FloatArray
) -> Iterator[tuple[NDArray[np.intp] | slice, NDArray[np.intp] | slice]]:
    """Blocks of points that lie together, each with the centres that matter there; lengths in units of sigma."""
    n, dim = x.shape
    if not n:
        return
    per_axis = round((n / _BLOCK) ** (1 / dim))
    if len(centres) <= _FEW or per_axis < 2:
        yield slice(None), slice(None)
        return
    low, high = x.min(0), x.max(0)
    places = ((x - low) * (per_axis / np.maximum(high - low, 1e-300))).astype(np.int64).clip(max=per_axis - 1)
    keys = places @ per_axis ** np.arange(dim)
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    ends = np.append(starts[1:], n)
    middles = low + (places[order[starts]] + 0.5) * (high - low) / per_axis
    radius = float(np.linalg.norm(high - low)) / per_axis / 2
    tree = cKDTree(centres)
    nearest = tree.query(middles)[0]
    drop = 2 * (_CUT + float(np.logaddexp.reduce(log_weights) - log_weights.min()))
    reach = np.sqrt((nearest + radius) ** 2 + drop) + radius
    for start, end, near in zip(starts, ends, tree.query_ball_point(middles, reach), strict=True):
        yield order[start:end], np.asarray(near, dtype=np.intp)
