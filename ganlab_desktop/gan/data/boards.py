"""Boards: rasters of squares that are filled evenly, the checkerboard and what is drawn by hand."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ganlab_desktop.experiment.data import Checkerboard, Drawn
from ganlab_desktop.experiment.drawing import weights_of
from ganlab_desktop.gan.data.create import create
from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Samples, fit_box

_ENTRIES = 1 << 18  # numbers in a temporary


class Board(Distribution):
    """Uniform within each cell of a square from -extent to extent, in which a cell has its share of the weights.

    `weights` (n, n) are integers >= 0, not all 0, by column from the left and row from the bottom. The edges are sharp
    at every scale, so that `detail`, from which smoothing scales are chosen, has to be given.
    """

    dim = 2

    def __init__(self, weights: NDArray[np.int64], extent: float, detail: float) -> None:
        self.cells, self.extent, self.detail = len(weights), extent, detail
        self.side = 2 * extent / self.cells
        self.box = fit_box(np.full(2, -extent), np.full(2, extent))
        filled = weights > 0
        repeated = np.repeat(np.argwhere(filled), weights[filled], axis=0)  # so that all entries are equally likely
        self._corners = (repeated * self.side - extent).astype(np.float32)
        self._densities = weights / (weights.sum() * self.side**2)

    def sample(self, rng: np.random.Generator, n: int) -> Samples:
        points = rng.random((n, 2), dtype=np.float32)
        points *= np.float32(self.side)
        points += self._corners.take(rng.integers(len(self._corners), size=n), axis=0)
        return points

    def log_density(self, x: FloatArray) -> FloatArray:
        """-inf in empty cells and outside."""
        place = np.floor((np.asarray(x, np.float64) + self.extent) / self.side).astype(np.int64)
        column, row = place.clip(0, self.cells - 1).T
        outside = (place < 0) | (place >= self.cells)
        with np.errstate(divide="ignore"):
            return np.log(np.where(outside.any(1), 0.0, self._densities[column, row]))

    def smoothed_log_density(self, x: FloatArray, h: float) -> FloatArray:
        """Exact: a smoothed cell is a product of differences of normal distribution functions."""
        if h == 0:
            return self.log_density(x)
        density = np.empty(len(x))
        step = _ENTRIES // self.cells
        for start in range(0, len(x), step):
            strips = self._strips(np.asarray(x[start : start + step], np.float64), h)
            density[start : start + step] = (strips[:, 0] @ self._densities * strips[:, 1]).sum(1)
        with np.errstate(divide="ignore"):
            return np.log(density)

    def _strips(self, x: FloatArray, h: float) -> FloatArray:
        """Mass that N(x, h^2) puts on each strip of the board: (N, 2) -> (N, 2, cells), accurate in the tails."""
        edges = (np.arange(self.cells + 1) * self.side - self.extent - x[..., None]) / h
        low, high = edges[..., :-1], edges[..., 1:]
        mirror = low > 0
        masses: FloatArray = ndtr(np.where(mirror, -low, high)) - ndtr(np.where(mirror, -high, low))
        return masses


@create.register
def checkerboard(spec: Checkerboard) -> Distribution:
    """Dark are the squares with an even sum of row and column; `detail` is a fifth of their side."""
    places = np.arange(spec.squares)
    dark = (places[:, None] + places + 1) % 2
    extent = spec.extent / spec.scale
    return Board(dark, extent, detail=2 * extent / spec.squares / 5)


@create.register
def drawn(spec: Drawn) -> Distribution:
    """The painted raster, whose `detail` is the side of a cell."""
    weights = np.array(weights_of(spec.raster))[::-1].T
    extent = spec.extent / spec.scale
    return Board(weights, extent, detail=2 * extent / len(weights))
