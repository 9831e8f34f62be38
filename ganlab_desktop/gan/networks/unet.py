"""The U-Net of pix2pix (Isola et al. 2017, appendix 6.1): from flat images to flat images of the same side."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.translation import UnetGenerator
from ganlab_desktop.gan.networks.chance import key_of, uniforms
from ganlab_desktop.gan.networks.dcgan import activation, drawn, normalised

_WIDEST = 8  # times as many maps as at the first level, and no more
_DROPPING = 3  # layers on the way up that lose features


class Unet(nn.Module):
    """Images (B, C H W) with a latent beside them (B, L) to images (B, D H W), between -1 and 1.

    The latent takes the place of pix2pix's dropout at random: it decides which features are lost, in looks as well.
    """

    def __init__(self, down: nn.ModuleList, up: nn.ModuleList, shape: Sequence[int], dropout: float) -> None:
        super().__init__()
        self.down, self.up, self.dropout = down, up, dropout
        self.channels, self.height, self.width = shape

    def forward(self, x: Tensor) -> Tensor:
        numbers = self.channels * self.height * self.width
        maps = x[:, :numbers].reshape(x.shape[0], self.channels, self.height, self.width)
        key = key_of(x[:, numbers:])
        halved = []
        for layer in self.down:
            maps = layer(maps)
            halved.append(maps)
        for index, layer in enumerate(self.up):
            maps = layer(maps if index == 0 else torch.cat((maps, halved[-1 - index]), 1))
            if index < min(_DROPPING, len(self.up) - 1):
                maps = self._dropped(maps, key, index)
        return torch.tanh(maps).flatten(1)

    def _dropped(self, maps: Tensor, key: Tensor, salt: int) -> Tensor:
        if not self.dropout:
            return maps
        kept = uniforms(key, salt, maps[0].numel()).view_as(maps) >= self.dropout
        return maps * kept / (1.0 - self.dropout)


def unet_generator(spec: UnetGenerator, shape: Sequence[int], channels: int, rng: np.random.Generator) -> Unet:
    """A generator from flat images of a shape, with a latent beside them, to flat images of so many channels.

    Raises ValueError where the side is no power of 2 from 4 on.
    """
    count = round(math.log2(shape[1])) if shape[1] > 1 else 0
    if count < 2 or shape[1] != shape[2] or 1 << count != shape[1]:
        raise ValueError(f"images of {shape[1]} x {shape[2]}: a U-Net needs squares of side 4, 8, 16, ...")
    widths = [spec.maps * min(1 << level, _WIDEST) for level in range(count)]
    down = nn.ModuleList()
    for index, (before, after) in enumerate(pairwise((shape[0], *widths))):
        plain = index in (0, count - 1)  # the first and the last place have no normalisation
        norm = [] if plain else normalised("batch", after)
        first = [activation("leaky_relu")] if index else []
        down.append(nn.Sequential(*first, nn.Conv2d(before, after, 4, 2, 1), *norm))
    up = nn.ModuleList()
    for index, (before, after) in enumerate(pairwise((*reversed(widths), channels))):
        inputs = before if index == 0 else 2 * before
        norm = normalised("batch", after) if index < count - 1 else []
        up.append(nn.Sequential(nn.ReLU(), nn.ConvTranspose2d(inputs, after, 4, 2, 1), *norm))
    for layer in (*down, *up):
        drawn(layer, rng)
    return Unet(down, up, shape, spec.dropout)
