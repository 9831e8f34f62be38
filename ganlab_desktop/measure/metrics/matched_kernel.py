"""Divergences of generated samples from the data, both seen through the same Gaussian kernel."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Samples
from ganlab_desktop.measure.theory.divergences import (
    Divergences,
    jensen_shannon,
    kullback_leibler,
    total_variation,
)

SAMPLES = 10_000  # true samples then score a JSD below 0.02 on every toy set's defaults
MOST_CELLS = 1_000_000
_CELLS_PER_H = {1: 4, 2: 1}  # by dimension: on the line fine cells cost nothing
_DETAIL_PER_H = {1: 8, 2: 2}  # and a fine scale leaves the floor low
_NOISE_PER_CELL = 4  # and what D says may change within the noise's width
_NOISE_REACH = 3.0  # standard deviations of the noise that the grid goes beyond the distribution's box
_BLOCK = 8  # cells along each side of a block that is looked at as a whole first
_NOTHING = 1e-12  # a cell with less of the data's mass counts as empty


class MatchedKernel:
    """Compares samples with a known density at scale h.

    Samples are binned and filtered; the data's density is convolved with the same kernel beforehand (for a Gaussian
    mixture its variance grows by h^2), so that a perfect generator scores `floor`, which tends to 0 with the number
    of samples, instead of the bias of a kernel density estimate.

    `h` is half of the distribution's `detail`, on the line an eighth, and a `cell` is as wide as h, on the line a
    quarter of it. Where that takes more than a million cells both are coarser (and the floor keeps a rest near 0.001),
    so show h beside the numbers. The grid fills the distribution's box; what lies outside, samples that are not finite
    included, counts as one more cell. `p`: the data's mass in each cell.

    With `noise`, both sides are compared as they look under Gaussian noise of that standard deviation: it widens the
    kernel to sqrt(h^2 + noise^2), which `h` then is; the cells grow with a quarter of it and reach further.

    Raises ValueError for a distribution without a density.
    """

    def __init__(self, distribution: Distribution, samples: int = SAMPLES, noise: float = 0.0) -> None:
        self.distribution, self.samples, self.noise = distribution, samples, noise
        dim = distribution.dim
        bounds = np.array(distribution.box).reshape(2, 2)[:dim] + np.array([-1.0, 1.0]) * _NOISE_REACH * noise
        widths = np.ptp(bounds, axis=1)
        per_h = _CELLS_PER_H[dim]
        sharp = max(distribution.detail / _DETAIL_PER_H[dim], per_h * float(widths.prod() / MOST_CELLS) ** (1 / dim))
        self.h = float(np.hypot(sharp, noise))
        self.cell = float(np.hypot(sharp, noise / _NOISE_PER_CELL)) / per_h
        self.shape = tuple(int(np.ceil(width / self.cell - 1e-9)) for width in widths)
        self.origin = bounds[:, 0]
        self.p = self._masses()

    def smoothed(self, samples: Samples | FloatArray) -> FloatArray:
        """The samples' (N, dim) mass in each cell after the kernel, of the grid's shape; it sums to at most 1.

        A sample is shared among the cells around it in proportion to its nearness, which keeps its place in the mean
        and adds the variance cell^2 / 6 to the kernel.
        """
        place = self._place(samples[self.covers(samples)])
        first = place.astype(np.intp)
        ahead = place - first
        strides = np.cumprod((1, *self.shape[:0:-1]))[::-1]
        cells, shares = (first @ strides)[None], np.full((1, len(place)), 1 / len(samples))
        for axis, stride in enumerate(strides):  # each axis doubles the corners
            cells = np.concatenate((cells, cells + stride))
            shares = np.concatenate((shares * (1 - ahead[:, axis]), shares * ahead[:, axis]))
        binned = np.bincount(cells.ravel(), shares.ravel(), minlength=self.p.size).reshape(self.shape)
        width = np.sqrt((self.h / self.cell) ** 2 - 1 / 6)
        smooth: FloatArray = gaussian_filter(binned, width, mode="constant")
        return smooth

    def covers(self, samples: Samples | FloatArray) -> NDArray[np.bool_]:
        """Which samples (N, dim) lie within the cells: (N,)."""
        place = self._place(samples)
        within = (place >= 0) & (place < np.array(self.shape) - 1)
        covered: NDArray[np.bool_] = np.logical_and.reduce(within, axis=1)
        return covered

    def measure(self, samples: Samples | FloatArray) -> Divergences:
        """Divergences of samples (N, dim), N >= 1, in network units, from the data at scale h, in nats.

        A cell that N samples miss need not be impossible: for the two Kullback-Leibler divergences both sides get one
        further sample that is spread evenly over all cells, which keeps them finite.
        """
        q = self.smoothed(samples)
        seen = (self.p > 0) | (q > 0)
        p, q = _with_outside(self.p[seen]), _with_outside(q[seen])
        even = 1 / (self.p.size + 1)
        p_finite, q_finite = ((mass * len(samples) + even) / (len(samples) + 1) for mass in (p, q))
        return Divergences(
            jsd=jensen_shannon(p, q),
            kl=kullback_leibler(p_finite, q_finite),
            reverse_kl=kullback_leibler(q_finite, p_finite),
            tv=total_variation(p, q),
        )

    def floor(self, rng: np.random.Generator) -> Divergences:
        """What as many true samples score as are generated for a measurement."""
        return self.measure(self.distribution.held_out(rng, self.samples))

    def _place(self, samples: Samples | FloatArray) -> FloatArray:
        """Places counted in cells from the middle of the grid's first one."""
        place: FloatArray = (samples.astype(np.float64) - self.origin) / self.cell - 0.5
        return place

    def _masses(self) -> FloatArray:
        """The data's mass in each cell after the kernel; blocks of cells that hold next to nothing stay at 0."""
        dim = len(self.shape)
        corners = _lattice(*(np.arange(0, n, _BLOCK) for n in self.shape))
        # A kernel as wide as half a block gives each point of the block at least exp(-dim / 2) of its peak at the
        # block's middle, which bounds the block's mass by the density there.
        wide = _BLOCK / 2 * self.cell
        peak = dim / 2 * np.log(2 * np.pi * wide**2)
        bound = self._log_density(corners + _BLOCK / 2, float(np.hypot(self.h, wide))) + peak + dim / 2
        kept = corners[bound > np.log(_NOTHING)]
        cells = (kept[:, None] + _lattice(*[np.arange(_BLOCK)] * dim)).reshape(-1, dim)
        cells = cells[(cells < self.shape).all(1)]
        mass = np.exp(self._log_density(cells + 0.5, self.h)) * self.cell**dim
        masses = np.zeros(self.shape)
        masses[tuple(cells.T)] = np.where(mass > _NOTHING, mass, 0.0)
        return masses

    def _log_density(self, place: NDArray[np.floating], h: float) -> FloatArray:
        """Of the data smoothed by h, at places (N, dim) counted in cells from the grid's corner."""
        log_density = self.distribution.smoothed_log_density(self.origin + place.astype(np.float64) * self.cell, h)
        if log_density is None:
            raise ValueError("this distribution has no density")
        return log_density


def _lattice(*axes: NDArray[np.int64]) -> NDArray[np.int64]:
    """All combinations of the axes' values: (N, number of axes)."""
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def _with_outside(mass: FloatArray) -> FloatArray:
    return np.append(mass, max(0.0, 1 - mass.sum()))
