"""Generated images from latents that stay the same, so that each can be followed while the generator learns."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.data.images import PairedImages
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes.probe import Picture, View, to_numpy
from ganlab_desktop.measure.probes.samples import latents_to_show

SIDE = 8  # images in a row, and rows
PAIRS = 24
_MOST_CLASSES = 12  # that have a row of their own


@dataclass(frozen=True)
class Places:
    """What the places of the wall ask of the generator: latents (N, L), the classes (N,) or images (N, D) that it is
    told, and the targets (N, C H W) that are to be made of such images."""

    latents: Tensor
    condition: Tensor | None = None
    targets: Tensor | None = None

    def only(self, number: int) -> "Places":
        """One of them alone."""
        one = slice(number, number + 1)
        condition, targets = (None if told is None else told[one] for told in (self.condition, self.targets))
        return Places(self.latents[one], condition, targets)

    def on(self, device: torch.device) -> "Places":
        """The same on a device."""
        condition, targets = (None if told is None else told.to(device) for told in (self.condition, self.targets))
        return Places(self.latents.to(device), condition, targets)


def wall_places(game: Game) -> Places:
    """The places of a game's wall."""
    return places_of_wall(game.experiment, game.data).on(game.device)


def places_of_wall(experiment: Experiment, data: Distribution) -> Places:
    """The same of any run of an experiment on data, in the computer's own memory."""
    if experiment.translates:
        assert isinstance(data, PairedImages)
        targets, inputs = (torch.from_numpy(images[:PAIRS]) for images in data.shown_pairs)
        return Places(latents_to_show(experiment, len(inputs)), inputs, targets)
    if not experiment.conditional:
        return Places(latents_to_show(experiment, SIDE * SIDE))
    rows = min(data.classes, _MOST_CLASSES)
    return Places(latents_to_show(experiment, SIDE).repeat(rows, 1), torch.arange(rows).repeat_interleave(SIDE))


def beside(game: Game, places: Places) -> dict[str, NDArray[np.generic]]:
    """What stands beside generated images: labels (N,) of their classes, or inputs and targets (N, H, W, C), bytes."""
    if places.condition is None:
        return {}
    told = to_numpy(places.condition)
    if places.targets is None:
        return {"labels": told.astype(np.int32)}
    assert game.data.input_image is not None
    assert game.data.image is not None
    return {
        "inputs": as_bytes(told, game.data.input_image),
        "targets": as_bytes(to_numpy(places.targets), game.data.image),
    }


class Wall:
    """images (N, H, W, C), bytes, SIDE in a row; in a conditional game each row is a class, labels (N,), and each
    column a latent. Where images are translated, each is made of one of `inputs` and is to be one of `targets`."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._data: object = None

    def __call__(self, view: View) -> Picture:
        game = self._game
        assert game.data.image is not None
        if self._data is not game.data:
            self._data, self._places = game.data, wall_places(game)
        with game.observed(), torch.no_grad():
            made = to_numpy(game.generate(self._places.latents, self._places.condition))
        arrays = {"images": as_bytes(made, game.data.image), **beside(game, self._places)}
        return Picture(arrays, {"finite": float(np.isfinite(made).all())})
