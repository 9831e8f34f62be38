"""The checkerboard: uniform on its dark squares."""

import numpy as np
from scipy.special import ndtr

from ganlab_desktop.experiment.data import Checkerboard
from ganlab_desktop.gan.data.create import create
from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Samples, fit_box

_CHUNK = 1 << 15


class Board(Distribution):
    """Uniform on the dark squares of a board from -extent to extent; dark are those with an even sum of row and column.

    `detail` is a fifth of a square's side: the edges are sharp at every scale, so a scale has to be chosen.
    """

    dim = 2

    def __init__(self, squares: int, extent: float) -> None:
        self.squares, self.extent = squares, extent
        self.side = 2 * extent / squares
        self.detail = self.side / 5
        self.box = fit_box(np.full(2, -extent), np.full(2, extent))
        places = np.arange(squares)
        dark = np.argwhere((places[:, None] + places) % 2 == 0)
        self._log_area = float(np.log(len(dark) * self.side**2))
        self._corners = (dark * self.side - extent).astype(np.float32)

    def sample(self, rng: np.random.Generator, n: int) -> Samples:
        points = rng.random((n, 2), dtype=np.float32)
        points *= np.float32(self.side)
        points += self._corners.take(rng.integers(len(self._corners), size=n), axis=0)
        return points

    def log_density(self, x: FloatArray) -> FloatArray:
        """-log(area) on the dark squares, -inf elsewhere."""
        place = np.floor((np.asarray(x, np.float64) + self.extent) / self.side)
        dark = ((place >= 0) & (place < self.squares)).all(1) & (place.sum(1) % 2 == 0)
        return np.where(dark, -self._log_area, -np.inf)

    def smoothed_log_density(self, x: FloatArray, h: float) -> FloatArray:
        """Exact: a smoothed square is a product of differences of normal distribution functions, and the board is
        the even columns times the even rows plus the odd columns times the odd rows."""
        if h == 0:
            return self.log_density(x)
        mass = np.empty(len(x))
        for start in range(0, len(x), _CHUNK):
            rows = slice(start, start + _CHUNK)
            strips = self._strips(np.asarray(x[rows], np.float64), h)
            mass[rows] = strips[..., 0::2].sum(2).prod(1) + strips[..., 1::2].sum(2).prod(1)
        with np.errstate(divide="ignore"):
            return np.log(mass) - self._log_area

    def _strips(self, x: FloatArray, h: float) -> FloatArray:
        """Mass that N(x, h^2) puts on each strip of the board: (N, 2) -> (N, 2, squares), accurate in the tails."""
        edges = (np.arange(self.squares + 1) * self.side - self.extent - x[..., None]) / h
        low, high = edges[..., :-1], edges[..., 1:]
        mirror = low > 0
        masses: FloatArray = ndtr(np.where(mirror, -low, high)) - ndtr(np.where(mirror, -high, low))
        return masses


@create.register
def checkerboard(spec: Checkerboard) -> Distribution:
    return Board(spec.squares, spec.extent / spec.scale)
