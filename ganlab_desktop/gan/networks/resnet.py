"""Residual networks of samples that are flat images, channels first (Miyato et al. 2018, appendix B.4).

Weights start as U(-a, a), a = g sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010), with the gain g = sqrt(2) in a
block's branch and 1 elsewhere; biases start at 0.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.resnets import ResnetDiscriminator, ResnetGenerator
from ganlab_desktop.gan.networks.dcgan import SMALLEST, activation, halvings, normalised
from ganlab_desktop.gan.networks.maps import Images, Maps
from ganlab_desktop.gan.networks.mlp import normalise


class ResidualBlock(nn.Module):
    """change(x) + shortcut(x) (He et al. 2016)."""

    def __init__(self, change: nn.Sequential, shortcut: nn.Sequential) -> None:
        super().__init__()
        self.change, self.shortcut = change, shortcut

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = self.change(x) + self.shortcut(x)
        return changed


class SumOfPlaces(nn.Module):
    """Maps (B, A, H, W) to their sums over all places (B, A), of which there are so many."""

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def forward(self, maps: Tensor) -> Tensor:
        return maps.sum((2, 3))


def resnet_generator(
    spec: ResnetGenerator, latent: int, shape: Sequence[int], rng: np.random.Generator
) -> nn.Sequential:
    """A generator from latents (B, latent) to flat images (B, C H W) of a shape, between -1 and 1."""
    channels, side, _ = shape
    widths = [spec.maps << level for level in reversed(range(halvings(side) + 1))]
    layers: list[nn.Module] = [
        nn.Linear(latent, widths[0] * SMALLEST**2),
        Maps((widths[0], SMALLEST, SMALLEST)),
    ]
    layers += [_doubling(before, after, spec) for before, after in pairwise(widths)]
    layers += [*normalised(spec.norm, widths[-1]), activation(spec.activation)]
    return _drawn(nn.Sequential(*layers, nn.Conv2d(widths[-1], channels, 3, 1, 1), nn.Tanh(), nn.Flatten()), rng)


def resnet_discriminator(
    spec: ResnetDiscriminator, shape: Sequence[int], beside: int, rng: np.random.Generator, outputs: int = 1
) -> nn.Sequential:
    """A discriminator from flat images (B, packing C H W) and numbers beside them (B, K) to raw scores (B, outputs)."""
    channels, side, _ = shape
    widths = [spec.maps << level for level in range(halvings(side) + 1)]
    blocks = [_halving(before, after, spec) for before, after in pairwise(widths)]
    network = nn.Sequential(
        Images(shape, spec.packing, beside),
        nn.Conv2d(spec.packing * channels + beside, widths[0], 3, 1, 1),
        *blocks,
        ResidualBlock(_branch(widths[-1], widths[-1], spec), nn.Sequential()),
        *normalised(spec.norm, widths[-1]),
        activation(spec.activation),
        SumOfPlaces(SMALLEST**2),
        nn.Linear(widths[-1], outputs),
    )
    _drawn(network, rng)
    if spec.spectral_norm:
        for layer in [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]:
            normalise(layer, rng)
    return network


def _doubling(before: int, after: int, spec: ResnetGenerator) -> ResidualBlock:
    """A block that doubles the side by nearest neighbours."""
    shortcut = nn.Sequential(nn.Conv2d(before, after, 1), nn.Upsample(scale_factor=2))
    return ResidualBlock(_branch(before, after, spec, nn.Upsample(scale_factor=2)), shortcut)


def _halving(before: int, after: int, spec: ResnetDiscriminator) -> ResidualBlock:
    """A block that halves the side by means over 2 x 2 places."""
    change = nn.Sequential(*_branch(before, after, spec), nn.AvgPool2d(2))
    return ResidualBlock(change, nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(before, after, 1)))


def _branch(
    before: int, after: int, spec: ResnetGenerator | ResnetDiscriminator, *resampling: nn.Module
) -> nn.Sequential:
    """Two convolutions of 3 x 3, each after normalisation and activation; the side changes before the first."""
    return nn.Sequential(
        *normalised(spec.norm, before),
        activation(spec.activation),
        *resampling,
        nn.Conv2d(before, after, 3, 1, 1),
        *normalised(spec.norm, after),
        activation(spec.activation),
        nn.Conv2d(after, after, 3, 1, 1),
    )


def _drawn(network: nn.Sequential, rng: np.random.Generator) -> nn.Sequential:
    blocks = [module for module in network if isinstance(module, ResidualBlock)]
    in_branches = {layer for block in blocks for layer in block.change}
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Conv2d | nn.Linear):
                gain = math.sqrt(2.0) if module in in_branches else 1.0
                outputs, inputs, *places = module.weight.shape
                bound = gain * math.sqrt(6.0 / (math.prod(places) * (inputs + outputs)))
                drawn = rng.uniform(-bound, bound, tuple(module.weight.shape)).astype(np.float32)
                module.weight.copy_(torch.from_numpy(drawn))
                cast(nn.Parameter, module.bias).zero_()
    return network
