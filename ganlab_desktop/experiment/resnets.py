"""Residual networks for images."""

from typing import Annotated, ClassVar, Literal

from ganlab_desktop.experiment.convolutions import (
    Activation,
    ImageDiscriminator,
    ImageGenerator,
    Maps,
    Packing,
    SpectralNorm,
)
from ganlab_desktop.experiment.spec import label


class ResnetGenerator(ImageGenerator, frozen=True, tag="resnet"):
    """Residual blocks that double the side of 4 x 4 maps up to the images' (Gulrajani et al. 2017, Miyato et al.
    2018)."""

    title: ClassVar[str] = "ResNet"

    maps: Maps = 32
    activation: Activation = "relu"
    norm: Annotated[
        Literal["none", "layer", "batch"],
        label("Normalisation", "Before each activation; layer is over all maps and places of a sample."),
    ] = "batch"


class ResnetDiscriminator(ImageDiscriminator, frozen=True, tag="resnet"):
    """Residual blocks that halve the images' side down to 4 x 4 maps, whose sums over all places are read by a linear
    layer (Miyato et al. 2018); with layer norm, as for WGAN-GP (Gulrajani et al. 2017)."""

    title: ClassVar[str] = "ResNet"
    minibatch: ClassVar[str] = "none"

    maps: Maps = 32
    activation: Activation = "relu"
    norm: Annotated[
        Literal["none", "layer"],
        label("Normalisation", "Before each activation in a block; over all maps and places of a sample."),
    ] = "none"
    spectral_norm: SpectralNorm = False
    packing: Packing = 1
