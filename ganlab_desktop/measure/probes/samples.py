"""Samples that stay the same: generated ones from fixed latents, so that each point can be followed while the
generator learns, and real ones beside them."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes.probe import Picture, View, to_numpy

SHOWN = 512


def shown_latents(game: Game, count: int) -> Tensor:
    """The first `count` of the run's shown latents, (count, latent dim)."""
    return latents_to_show(game.experiment, count).to(game.device)


def latents_to_show(experiment: Experiment, count: int) -> Tensor:
    """The same of any run of an experiment, in the computer's own memory."""
    rng = Streams(experiment.seed).at(0, Stream.SHOWN_LATENT)
    return torch.from_numpy(draw_latent(experiment.latent, rng, count))


class ShownReal:
    """The first `count` of the run's shown real samples, (count, dim), drawn anew where the data have changed; in a
    conditional game their classes, which the shown generated samples are asked for."""

    def __init__(self, game: Game, count: int) -> None:
        self._game, self._count = game, count
        self._data: object = None
        self._samples = torch.empty(0)
        self._labels: Tensor | None = None

    def __call__(self) -> Tensor:
        self._draw()
        return self._samples

    @property
    def labels(self) -> Tensor | None:
        """The classes (count,); None where the game is not conditional."""
        self._draw()
        return self._labels

    def _draw(self) -> None:
        game = self._game
        if self._data is game.data:
            return
        self._data = game.data
        rng = Streams(game.experiment.seed).at(0, Stream.SHOWN_REAL)
        if game.experiment.conditional:
            samples, labels = game.data.labelled(rng, self._count)
            self._labels = torch.from_numpy(labels).to(game.device)
        else:
            samples = game.data.sample(rng, self._count)
        self._samples = torch.from_numpy(samples).to(game.device)


class Samples:
    """fake (N, dim): what the generator makes of the shown latents; labels (N,), the classes that it was asked for, in
    a conditional game."""

    def __init__(self, game: Game, count: int = SHOWN) -> None:
        self._game = game
        self._latents = shown_latents(game, count)
        self._real = ShownReal(game, count)

    def __call__(self, view: View) -> Picture:
        labels = self._real.labels
        with self._game.observed(), torch.no_grad():
            arrays: dict[str, NDArray[np.generic]] = {"fake": to_numpy(self._game.generate(self._latents, labels))}
        if labels is not None:
            arrays["labels"] = labels.cpu().numpy().astype(np.int32)
        return Picture(arrays)
