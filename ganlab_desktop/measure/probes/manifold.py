"""The generator's warp: the image of a latent grid with equal probability in every cell."""

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.experiment.networks import LatentSpec
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.latent import latent_quantiles
from ganlab_desktop.measure.probes.probe import Picture, View, shown_class, to_numpy

LINES = 21
POINTS_1D = 200
_MARGIN = 0.01  # share of the noise left out at each end, where a normal's quantiles run to infinity


class Manifold:
    """grid (M, M, dim) for a 2-D latent, (1, M, dim) for a 1-D one; nothing for latents with more dimensions. In a
    conditional game that of the class shown."""

    def __init__(self, game: Game) -> None:
        self._game = game
        latent = game.experiment.latent
        self._shape: tuple[int, ...] = ()
        if latent.dim > 2:
            return
        if latent.dim == 2:
            columns, rows = latent_grid(latent)
            points, self._shape = np.column_stack((columns.ravel(), rows.ravel())), columns.shape
        else:
            points, self._shape = _quantiles(latent, POINTS_1D)[:, None], (1, POINTS_1D)
        self._points = torch.from_numpy(points).to(game.device)

    def __call__(self, view: View) -> Picture:
        if not self._shape:
            return Picture({})
        with self._game.observed(), torch.no_grad():
            image = self._game.generate(self._points, shown_class(self._game, view))
        return Picture({"grid": to_numpy(image).reshape(*self._shape, self._game.data.dim)})


def latent_grid(latent: LatentSpec) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """First and second coordinates (M, M) of a grid over a latent of two dimensions, as probable in every cell."""
    axis = _quantiles(latent, LINES)
    columns, rows = np.meshgrid(axis, axis)
    return columns, rows


def _quantiles(latent: LatentSpec, count: int) -> NDArray[np.float32]:
    return latent_quantiles(latent, np.linspace(_MARGIN, 1.0 - _MARGIN, count)).astype(np.float32)
