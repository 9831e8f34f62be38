"""Networks that grow with their images (Karras et al. 2018), which are flat and have the data's side at every stage:
smaller ones are doubled by nearest neighbours, and halved by means, which gives them back as they were.

Unlike the paper's, real images are not faded: while layers fade in, the discriminator sees them at the full side of its
stage, and the generator may make such ones as soon as it can.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

from ganlab_desktop.experiment.progressive import ProgressiveDiscriminator, ProgressiveGenerator
from ganlab_desktop.gan.networks.dcgan import SMALLEST, halvings
from ganlab_desktop.gan.networks.equalised import PixelNorm, equalised
from ganlab_desktop.gan.networks.growth import Growth
from ganlab_desktop.gan.networks.maps import Images, Maps
from ganlab_desktop.gan.networks.minibatch import MinibatchStddev

_SLOPE = 0.2


class GrowingGenerator(nn.Module):
    """`first` makes maps of 4 x 4, a block each next level of them, `images` of each level the images."""

    def __init__(self, first: nn.Module, blocks: nn.ModuleList, images: nn.ModuleList, growth: Growth) -> None:
        super().__init__()
        self.first, self.blocks, self.images, self.growth = first, blocks, images, growth

    def forward(self, latents: Tensor) -> Tensor:
        level, alpha = self.growth.stage
        maps: Tensor = self.first(latents)
        before = maps
        for block in self.blocks[:level]:
            before, maps = maps, block(maps)
        made: Tensor = self.images[level](maps)
        if alpha < 1.0:
            made = torch.lerp(_doubled(self.images[level - 1](before)), made, alpha)
        for _ in range(level, self.growth.levels - 1):
            made = _doubled(made)
        return made.flatten(1)


class GrowingFeatures(nn.Module):
    """Images of the data's side (B, C, H, W) to maps of 4 x 4: `inputs` make maps of the images of each level, a block
    halves those of the next one to a level's own."""

    def __init__(self, blocks: nn.ModuleList, inputs: nn.ModuleList, growth: Growth) -> None:
        super().__init__()
        self.blocks, self.inputs, self.growth = blocks, inputs, growth

    def forward(self, images: Tensor) -> Tensor:
        level, alpha = self.growth.stage
        for _ in range(level, self.growth.levels - 1):
            images = avg_pool2d(images, 2)
        maps: Tensor = self.inputs[level](images)
        for below in reversed(range(level)):
            maps = self.blocks[below](maps)
            if below == level - 1 and alpha < 1.0:
                maps = torch.lerp(self.inputs[below](avg_pool2d(images, 2)), maps, alpha)
        return maps


def progressive_generator(
    spec: ProgressiveGenerator, latent: int, shape: Sequence[int], rng: np.random.Generator
) -> GrowingGenerator:
    """A generator from latents (B, latent) to flat images (B, C H W) of a shape; its output is linear."""
    channels, side, _ = shape
    widths = _widths(spec.maps, side)
    first = nn.Sequential(
        PixelNorm(),
        equalised(nn.Linear(latent, widths[0] * SMALLEST**2), rng),
        Maps((widths[0], SMALLEST, SMALLEST)),
        nn.LeakyReLU(_SLOPE),
        PixelNorm(),
        *_convolution(widths[0], widths[0], rng),
        PixelNorm(),
    )
    blocks = nn.ModuleList(
        nn.Sequential(
            nn.Upsample(scale_factor=2),
            *_convolution(before, after, rng),
            PixelNorm(),
            *_convolution(after, after, rng),
            PixelNorm(),
        )
        for before, after in pairwise(widths)
    )
    images = nn.ModuleList(equalised(nn.Conv2d(width, channels, 1), rng, gain=1.0) for width in widths)
    return GrowingGenerator(first, blocks, images, Growth(len(widths), spec.stage_steps, spec.fade))


def progressive_discriminator(
    spec: ProgressiveDiscriminator, shape: Sequence[int], beside: int, rng: np.random.Generator, outputs: int = 1
) -> nn.Sequential:
    """A discriminator from flat images (B, packing C H W) and numbers beside them (B, K) to raw scores (B, outputs)."""
    channels, side, _ = shape
    widths, seen = _widths(spec.maps, side), spec.packing * channels + beside
    blocks = nn.ModuleList(
        nn.Sequential(*_convolution(own, own, rng), *_convolution(own, below, rng), nn.AvgPool2d(2))
        for below, own in pairwise(widths)
    )
    inputs = nn.ModuleList(
        nn.Sequential(equalised(nn.Conv2d(seen, width, 1), rng), nn.LeakyReLU(_SLOPE)) for width in widths
    )
    compares = spec.minibatch == "stddev"
    return nn.Sequential(
        Images(shape, spec.packing, beside),
        GrowingFeatures(blocks, inputs, Growth(len(widths), spec.stage_steps, spec.fade)),
        *([MinibatchStddev()] if compares else []),
        *_convolution(widths[0] + compares, widths[0], rng),
        nn.Flatten(),
        equalised(nn.Linear(widths[0] * SMALLEST**2, widths[0]), rng),
        nn.LeakyReLU(_SLOPE),
        equalised(nn.Linear(widths[0], outputs), rng, gain=1.0),
    )


def _widths(maps: int, side: int) -> list[int]:
    """How many maps each level has, that of 4 x 4 first."""
    return [maps << level for level in reversed(range(halvings(side) + 1))]


def _convolution(before: int, after: int, rng: np.random.Generator) -> tuple[nn.Module, nn.Module]:
    return equalised(nn.Conv2d(before, after, 3, 1, 1), rng), nn.LeakyReLU(_SLOPE)


def _doubled(images: Tensor) -> Tensor:
    return interpolate(images, scale_factor=2.0, mode="nearest")
