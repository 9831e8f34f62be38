"""Convolutional networks of samples that are flat images, channels first.

As in Miyato et al. 2018 (table 3) a convolution of 3 x 3 at the images' own size stands at the samples' end of each,
between which strides of 2 lead to 4 x 4 maps. Weights start as N(0, 0.02^2), biases at 0 (Radford et al. 2016).
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from ganlab_desktop.experiment.convolutions import DcganDiscriminator, DcganGenerator
from ganlab_desktop.gan.networks.batch_norm import BatchNorm
from ganlab_desktop.gan.networks.maps import Images, Maps
from ganlab_desktop.gan.networks.minibatch import MinibatchStddev
from ganlab_desktop.gan.networks.mlp import ACTIVATIONS, normalise

SMALLEST = 4  # side of the maps next to the linear layer
_STD = 0.02
_SLOPE = 0.2  # of leaky ReLU where images are told apart (Radford et al. 2016)


def dcgan_generator(spec: DcganGenerator, latent: int, shape: Sequence[int], rng: np.random.Generator) -> nn.Sequential:
    """A generator from latents (B, latent) to flat images (B, C H W) of a shape, between -1 and 1."""
    channels, side, _ = shape
    widths = [spec.maps << level for level in reversed(range(halvings(side) + 1))]
    layers: list[nn.Module] = [
        nn.Linear(latent, widths[0] * SMALLEST**2),
        Maps((widths[0], SMALLEST, SMALLEST)),
        *normalised(spec.norm, widths[0]),
        activation(spec.activation),
    ]
    for before, after in pairwise(widths):
        if spec.upsampling == "transposed":
            layers.append(nn.ConvTranspose2d(before, after, 4, 2, 1))
        else:
            layers += [nn.Upsample(scale_factor=2), nn.Conv2d(before, after, 3, 1, 1)]
        layers += [*normalised(spec.norm, after), activation(spec.activation)]
    layers += [nn.Conv2d(widths[-1], channels, 3, 1, 1), nn.Tanh(), nn.Flatten()]
    return drawn(nn.Sequential(*layers), rng)


def dcgan_discriminator(
    spec: DcganDiscriminator, shape: Sequence[int], beside: int, rng: np.random.Generator, outputs: int = 1
) -> nn.Sequential:
    """A discriminator from flat images (B, packing C H W) and numbers beside them (B, K) to raw scores (B, outputs)."""
    channels, side, _ = shape
    widths = [spec.maps << level for level in range(halvings(side) + 1)]
    layers: list[nn.Module] = [
        Images(shape, spec.packing, beside),
        nn.Conv2d(spec.packing * channels + beside, widths[0], 3, 1, 1),
        activation(spec.activation),
    ]
    for before, after in pairwise(widths):
        layers += [nn.Conv2d(before, after, 4, 2, 1), *normalised(spec.norm, after), activation(spec.activation)]
    layers.append(nn.Flatten())
    features = widths[-1] * SMALLEST**2
    if spec.minibatch == "stddev":
        layers.append(MinibatchStddev())
        features += 1
    network = drawn(nn.Sequential(*layers, nn.Linear(features, outputs)), rng)
    if spec.spectral_norm:
        for layer in [module for module in network if isinstance(module, nn.Conv2d | nn.Linear)]:
            normalise(layer, rng)
    return network


def halvings(side: int) -> int:
    """How often the side of an image is halved down to 4. Raises ValueError where that is no whole number of times."""
    count = round(math.log2(side / SMALLEST)) if side >= SMALLEST else -1
    if count < 0 or SMALLEST << count != side:
        raise ValueError(f"images of side {side}: convolutions need 4, 8, 16, 32, ...")
    return count


def activation(name: str) -> nn.Module:
    """The non-linearity of a name, with the slope that image networks have where it has one."""
    return nn.LeakyReLU(_SLOPE) if name == "leaky_relu" else ACTIVATIONS[name]()


def drawn(network: nn.Sequential, rng: np.random.Generator) -> nn.Sequential:
    """The network with weights drawn from the run's stream and biases of 0; normalisation starts as the identity."""
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
                weight = rng.standard_normal(tuple(module.weight.shape), np.float32)
                module.weight.copy_(torch.from_numpy(_STD * weight))
                if module.bias is not None:
                    module.bias.zero_()
    return network


def normalised(norm: str, maps: int) -> list[nn.Module]:
    """The normalisation of so many maps that a name stands for, as no layer or one."""
    layers: dict[str, list[nn.Module]] = {"layer": [nn.GroupNorm(1, maps)], "batch": [BatchNorm(maps)]}
    return layers.get(norm, [])
