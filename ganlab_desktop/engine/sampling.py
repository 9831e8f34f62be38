"""Samples of a game's generator, and all scores of them, which leave no trace in the game."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.gan.data.distribution import Labels, Samples, Told
from ganlab_desktop.gan.data.images import PairedImages
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.labels import draw_labels
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.conditioning import given
from ganlab_desktop.gan.streams import Stream, Streams

_AT_ONCE = 2_500  # samples: of more, the networks' maps of images would fill the memory


class Sampling:
    """Whoever has a game."""

    game: Game

    def sample(self, count: int, seed: int = 0, *, average: bool = False) -> NDArray[np.float32]:
        """Samples (count, dim) in network units from latents of their own seed, in a conditional game of the classes
        `labels(count, seed)`, where images are translated of those given in `pairs(count, seed)`. Leaves no trace in
        the game."""
        game = self.game
        rng = Streams(seed).at(0, Stream.SAMPLED_LATENT)
        latents, told = draw_latent(game.experiment.latent, rng, count), self.told(count, seed)
        module = (game.average.network if average else game.generator).module

        def made(part: slice) -> NDArray[np.float32]:
            condition = None if told is None else torch.from_numpy(told[part]).to(game.device)
            samples: Tensor = given(module, condition)(torch.from_numpy(latents[part]).to(game.device))
            return samples.cpu().numpy()

        with game.observed(), torch.no_grad():
            return np.concatenate([made(slice(start, start + _AT_ONCE)) for start in range(0, max(count, 1), _AT_ONCE)])

    def labels(self, count: int, seed: int = 0) -> Labels | None:
        """The classes (count,) that `sample` asks for, as likely as in the data; None where none are asked for."""
        if not self.game.experiment.conditional:
            return None
        return draw_labels(self.game.data.class_weights, Streams(seed).at(0, Stream.SAMPLED_LABELS), count)

    def pairs(self, count: int, seed: int = 0) -> tuple[Samples, Samples] | None:
        """Held-out targets (count, C H W) and the images (count, D) that are given of each; None where no images are
        translated."""
        if not self.game.experiment.translates:
            return None
        assert isinstance(self.game.data, PairedImages)
        return self.game.data.told_held_out(Streams(seed).at(0, Stream.SAMPLED_LABELS), count)

    def told(self, count: int, seed: int = 0) -> Told | None:
        """What the generator is told by `sample`: classes, images, or nothing."""
        pairs = self.pairs(count, seed)
        return self.labels(count, seed) if pairs is None else pairs[1]
