"""From a network's spec to the network, matched by kind."""

from functools import singledispatch

import numpy as np
from torch import nn

from ganlab_desktop.experiment.networks import (
    AffineGenerator,
    DiscriminatorSpec,
    GeneratorSpec,
    MlpDiscriminator,
    MlpGenerator,
)
from ganlab_desktop.gan.networks.affine import affine_generator
from ganlab_desktop.gan.networks.mlp import mlp_discriminator, mlp_generator


@singledispatch
def build_generator(spec: GeneratorSpec, latent: int, outputs: int, rng: np.random.Generator) -> nn.Module:
    """A generator from latents (B, latent) to samples (B, outputs), its weights drawn from `rng`."""
    raise TypeError(f"no generator for {type(spec).__name__}")


@singledispatch
def build_discriminator(spec: DiscriminatorSpec, inputs: int, rng: np.random.Generator) -> nn.Module:
    """A discriminator from samples (B, inputs) to raw scores (B, 1), its weights drawn from `rng`."""
    raise TypeError(f"no discriminator for {type(spec).__name__}")


build_generator.register(MlpGenerator)(mlp_generator)
build_generator.register(AffineGenerator)(affine_generator)
build_discriminator.register(MlpDiscriminator)(mlp_discriminator)
