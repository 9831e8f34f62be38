"""Generated images from latents that stay the same, so that each can be followed while the generator learns."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.gan.data.images import PairedImages
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes.probe import Picture, View, to_numpy
from ganlab_desktop.measure.probes.samples import shown_latents

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


def wall_places(game: Game) -> Places:
    """The places of a game's wall."""
    if game.experiment.translates:
        assert isinstance(game.data, PairedImages)
        targets, inputs = (torch.from_numpy(images[:PAIRS]).to(game.device) for images in game.data.shown_pairs)
        return Places(shown_latents(game, len(inputs)), inputs, targets)
    if not game.experiment.conditional:
        return Places(shown_latents(game, SIDE * SIDE))
    rows = min(game.data.classes, _MOST_CLASSES)
    labels = torch.arange(rows, device=game.device).repeat_interleave(SIDE)
    return Places(shown_latents(game, SIDE).repeat(rows, 1), labels)


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
