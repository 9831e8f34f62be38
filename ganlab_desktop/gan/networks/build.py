"""From a network's spec to the network, matched by kind."""

from collections.abc import Sequence
from functools import singledispatch

import numpy as np
from torch import nn

from ganlab_desktop.experiment.convolutions import DcganDiscriminator, DcganGenerator
from ganlab_desktop.experiment.networks import (
    AffineGenerator,
    DiscriminatorSpec,
    GeneratorSpec,
    MlpDiscriminator,
    MlpGenerator,
)
from ganlab_desktop.experiment.progressive import ProgressiveDiscriminator, ProgressiveGenerator
from ganlab_desktop.experiment.resnets import ResnetDiscriminator, ResnetGenerator
from ganlab_desktop.experiment.style import StyleGenerator
from ganlab_desktop.experiment.translation import PatchDiscriminator
from ganlab_desktop.gan.networks.affine import affine_generator
from ganlab_desktop.gan.networks.dcgan import dcgan_discriminator, dcgan_generator
from ganlab_desktop.gan.networks.mlp import mlp_discriminator, mlp_generator
from ganlab_desktop.gan.networks.patch import patch_discriminator
from ganlab_desktop.gan.networks.progressive import progressive_discriminator, progressive_generator
from ganlab_desktop.gan.networks.resnet import resnet_discriminator, resnet_generator
from ganlab_desktop.gan.networks.style import set_style, style_generator


@singledispatch
def build_generator(spec: GeneratorSpec, latent: int, shape: Sequence[int], rng: np.random.Generator) -> nn.Module:
    """A generator from latents (B, latent) to flat samples (B, D) of a shape: (D,), or channels, height and width of
    images. Its weights are drawn from `rng`."""
    raise TypeError(f"no generator for {type(spec).__name__}")


@singledispatch
def build_discriminator(
    spec: DiscriminatorSpec, shape: Sequence[int], beside: int, rng: np.random.Generator, outputs: int = 1
) -> nn.Module:
    """A discriminator from flat samples of a shape with numbers beside them, (B, D + beside), to raw scores
    (B, outputs), or (B, P) of P patches, its weights drawn from `rng`. Where it packs, from (B, packing D + beside)."""
    raise TypeError(f"no discriminator for {type(spec).__name__}")


@singledispatch
def take_settings(spec: GeneratorSpec, network: nn.Module) -> None:
    """Take over what a generator's spec says besides layers and weights, which may change while it trains."""


build_generator.register(MlpGenerator)(mlp_generator)
build_generator.register(AffineGenerator)(affine_generator)
build_generator.register(DcganGenerator)(dcgan_generator)
build_generator.register(ResnetGenerator)(resnet_generator)
build_generator.register(StyleGenerator)(style_generator)
build_generator.register(ProgressiveGenerator)(progressive_generator)
take_settings.register(StyleGenerator)(set_style)
build_discriminator.register(MlpDiscriminator)(mlp_discriminator)
build_discriminator.register(DcganDiscriminator)(dcgan_discriminator)
build_discriminator.register(ResnetDiscriminator)(resnet_discriminator)
build_discriminator.register(ProgressiveDiscriminator)(progressive_discriminator)
build_discriminator.register(PatchDiscriminator)(patch_discriminator)
