"""Samples that stay the same: generated ones from fixed latents, so that each point can be followed while the
generator learns, and real ones beside them."""

import torch
from torch import Tensor

from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes.probe import Picture, View, to_numpy

SHOWN = 512


def shown_latents(game: Game, count: int) -> Tensor:
    """The first `count` of the run's shown latents, (count, latent dim)."""
    rng = Streams(game.experiment.seed).at(0, Stream.SHOWN_LATENT)
    return torch.from_numpy(draw_latent(game.experiment.latent, rng, count)).to(game.device)


class ShownReal:
    """The first `count` of the run's shown real samples, (count, dim), drawn anew where the data have changed."""

    def __init__(self, game: Game, count: int) -> None:
        self._game, self._count = game, count
        self._data: object = None
        self._samples = torch.empty(0)

    def __call__(self) -> Tensor:
        game = self._game
        if self._data is not game.data:
            self._data = game.data
            rng = Streams(game.experiment.seed).at(0, Stream.SHOWN_REAL)
            self._samples = torch.from_numpy(game.data.sample(rng, self._count)).to(game.device)
        return self._samples


class Samples:
    """fake (N, dim): what the generator makes of the shown latents."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._latents = shown_latents(game, SHOWN)

    def __call__(self, view: View) -> Picture:
        with self._game.observed(), torch.no_grad():
            fake = self._game.generator.module(self._latents)
        return Picture({"fake": to_numpy(fake)})
