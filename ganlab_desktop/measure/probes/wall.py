"""Generated images from latents that stay the same, so that each can be followed while the generator learns."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes.probe import Picture, View, to_numpy
from ganlab_desktop.measure.probes.samples import latents_to_show

SIDE = 8  # images in a row, and rows
_MOST_CLASSES = 12  # that have a row of their own


def wall_latents(game: Game) -> tuple[Tensor, Tensor | None]:
    """The latents (N, L) of the wall's places and, in a conditional game, the classes (N,) that are asked for."""
    latents, labels = places_of_wall(game.experiment, game.data.classes)
    return latents.to(game.device), None if labels is None else labels.to(game.device)


def places_of_wall(experiment: Experiment, classes: int) -> tuple[Tensor, Tensor | None]:
    """The same of any run of an experiment on data of so many classes, in the computer's own memory."""
    if not experiment.conditional:
        return latents_to_show(experiment, SIDE * SIDE), None
    rows = min(classes, _MOST_CLASSES)
    return latents_to_show(experiment, SIDE).repeat(rows, 1), torch.arange(rows).repeat_interleave(SIDE)


class Wall:
    """images (N, H, W, C), bytes, SIDE in a row; in a conditional game each row is a class, labels (N,), and each
    column a latent."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._latents, self._labels = wall_latents(game)

    def __call__(self, view: View) -> Picture:
        assert self._game.data.image is not None
        with self._game.observed(), torch.no_grad():
            made = to_numpy(self._game.generate(self._latents, self._labels))
        arrays: dict[str, NDArray[np.generic]] = {"images": as_bytes(made, self._game.data.image)}
        if self._labels is not None:
            arrays["labels"] = self._labels.cpu().numpy().astype(np.int32)
        return Picture(arrays, {"finite": float(np.isfinite(made).all())})
