"""The decision surface D(x), or the critic f(x), over the view; beside it the data's log density."""

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes.probe import Grid, Picture, View, box_numbers, shown_class, to_numpy


class Surface:
    """values (R, R), from edge to edge of the view, bottom row first: sigmoid(v) where the raw output is a logit, T
    for total variation, else v. density (R, R), natural log of the data's density, where it has one. One row (1, R) for
    data on the line. In a conditional game D(x, y) for the class y shown, and the density of that class where D is told
    it. No values where there is no discriminator. Numbers: the box; falling, 1 where the lower values are those of real
    samples, else 0."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._grid = Grid(game)
        self._data: object = None
        self._density: NDArray[np.float32] | None = None

    def __call__(self, view: View) -> Picture:
        game, grid = self._game, self._grid
        data = game.data.of_class(view.label) if game.experiment.tells_discriminator else game.data
        if grid.cover(view) or self._data is not data:
            self._data = data
            density = data.log_density(to_numpy(grid.points).astype(np.float64))
            self._density = None if density is None else density.astype(np.float32).reshape(grid.shape)
        arrays: dict[str, NDArray[np.generic]] = {}
        if game.objective.judges:
            with game.observed(), torch.no_grad():
                values = game.objective.shown(game.judge(grid.points, shown_class(game, view)))
            arrays["values"] = to_numpy(values).reshape(grid.shape)
        if self._density is not None:
            arrays["density"] = self._density
        return Picture(arrays, box_numbers(view) | {"falling": float(game.objective.falling)})
