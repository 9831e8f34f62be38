"""Networks that are told an image: a generator makes another one of it, a discriminator judges both together."""

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.images import Shape
from ganlab_desktop.experiment.networks import DiscriminatorSpec
from ganlab_desktop.experiment.translation import UnetGenerator
from ganlab_desktop.gan.networks.build import build_discriminator
from ganlab_desktop.gan.networks.conditioning import Concatenated, Conditional, in_turn
from ganlab_desktop.gan.networks.unet import Unet, unet_generator


class Translating(Conditional):
    """A U-Net as a network of latents (B, L) that is told images (L, D)."""

    def __init__(self, network: Unet) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        y: Tensor = self.network(torch.cat((in_turn(condition, x.shape[0]), x), 1))
        return y


def translating_generator(spec: UnetGenerator, given: Shape, shape: Shape, rng: np.random.Generator) -> Translating:
    """A generator from latents, told flat images of the shape `given`, to flat images of a shape."""
    return Translating(unet_generator(spec, given, shape[0], rng))


def pair_discriminator(spec: DiscriminatorSpec, given: Shape, shape: Shape, rng: np.random.Generator) -> Concatenated:
    """A discriminator of flat images of a shape, told flat images of the shape `given`: both are channels of what it
    judges, the image first."""
    channels, height, width = shape
    return Concatenated(build_discriminator(spec, (channels + given[0], height, width), 0, rng), nn.Identity())
