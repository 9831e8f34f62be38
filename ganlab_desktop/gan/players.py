"""The two networks of a game, as its experiment describes them."""

from typing import Protocol

import numpy as np
from torch import nn

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import Shape
from ganlab_desktop.experiment.translation import UnetGenerator
from ganlab_desktop.gan.networks.conditioning import conditional_discriminator, conditional_generator
from ganlab_desktop.gan.networks.encoder import build_encoder
from ganlab_desktop.gan.networks.pairs import pair_discriminator, translating_generator


class Layout(Protocol):
    """What networks need to know of the data: the shape of a sample, how many classes there are, and the shapes of
    images and of those that pairs give, None where there are none."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def classes(self) -> int: ...

    @property
    def image(self) -> Shape | None: ...

    @property
    def input_image(self) -> Shape | None: ...


def build_generator_of(experiment: Experiment, data: Layout, rng: np.random.Generator) -> nn.Module:
    """From latents to samples of the data; told a class, or the image that pairs give."""
    spec = experiment.generator
    if isinstance(spec, UnetGenerator):
        assert data.image is not None
        assert data.input_image is not None
        return translating_generator(spec, data.input_image, data.image, rng)
    return conditional_generator(experiment.conditioning, spec, experiment.latent.dim, data.shape, data.classes, rng)


def build_discriminator_of(experiment: Experiment, data: Layout, rng: np.random.Generator) -> nn.Module:
    """From samples of the data to raw scores, told the same as the generator; of an autoencoder to its latents."""
    if experiment.autoencodes:
        return build_encoder(experiment.discriminator, data.shape, experiment.latent.dim, rng)
    if experiment.translates:
        assert data.image is not None
        assert data.input_image is not None
        return pair_discriminator(experiment.discriminator, data.input_image, data.image, rng)
    return conditional_discriminator(experiment.conditioning, experiment.discriminator, data.shape, data.classes, rng)
