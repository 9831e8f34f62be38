"""One generated image of the wall, and what the discriminator and the training images have to do with it."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.penalties import input_gradient
from ganlab_desktop.measure.probes.probe import Picture, View, to_numpy
from ganlab_desktop.measure.probes.wall import beside, wall_places

NEIGHBOURS = 5
_SEARCHED = 20_000  # training images at most, the first ones


class Closeup:
    """image (1, H, W, C), bytes, the one at place `chosen` of the wall; latent (L,); saliency (H, W), how fast the raw
    output of D changes with each pixel, the length of its gradient over the channels; nearest (K, H, W, C), the
    training images at the smallest distances (K,), the root mean squared difference of pixels from -1 to 1. Where
    images are translated, inputs and targets (1, H, W, C), what it is made of and what it is to be.

    Numbers: chosen; output, what D says in the surface's terms. Neither this nor saliency where there is no
    discriminator. Nothing while no image is chosen.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        self._data: object = None
        self._known = torch.empty(0)

    def __call__(self, view: View) -> Picture:
        game, places = self._game, wall_places(self._game)
        if not 0 <= view.chosen < len(places.latents):
            return Picture({})
        place = places.only(view.chosen)
        condition = place.condition
        shape = game.data.image
        assert shape is not None
        with game.observed(), torch.no_grad():
            made = game.generate(place.latents, condition)
        numbers, distances = self._nearest(made)
        arrays: dict[str, NDArray[np.generic]] = {
            "image": as_bytes(to_numpy(made), shape),
            "latent": to_numpy(place.latents[0]),
            "nearest": as_bytes(to_numpy(self._known[numbers]), shape),
            "distances": to_numpy(distances),
        }
        if place.targets is not None:
            arrays |= beside(game, place)
        told = {"chosen": float(view.chosen)}
        if game.objective.judges:
            output, saliency = self._judged(made, condition)
            told["output"], arrays["saliency"] = output, saliency
        return Picture(arrays, told)

    def _judged(self, made: Tensor, condition: Tensor | None) -> tuple[float, NDArray[np.float32]]:
        """What D says of an image (1, D), and how fast that changes with each pixel (H, W)."""
        game = self._game
        assert game.data.image is not None
        with game.observed():
            with torch.no_grad():
                output = game.objective.shown(game.judge(made, condition))
            gradient = input_gradient(lambda x: game.judge(x, condition), made)
        return float(output), to_numpy(torch.linalg.vector_norm(gradient.reshape(game.data.image), dim=0))

    def _nearest(self, made: Tensor) -> tuple[Tensor, Tensor]:
        """The numbers and the distances of the training images nearest to an image (1, D)."""
        data = self._game.data
        if self._data is not data:
            self._data = data
            assert data.train_points is not None
            self._known = torch.from_numpy(data.train_points[:_SEARCHED])
        apart = torch.cdist(made.detach().cpu(), self._known)[0] / made.shape[1] ** 0.5
        found = torch.topk(apart, min(NEIGHBOURS, len(apart)), largest=False)
        return found.indices, found.values
