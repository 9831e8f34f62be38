"""Convolutional networks for images: what all of them have in common, and DCGAN's."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.spec import Variant, label

Maps = Annotated[
    int,
    Meta(ge=4, le=512),
    label("Maps", "Feature maps at the images' own size; twice as many at each half of it.", "maps"),
]
Activation = Annotated[
    Literal["relu", "leaky_relu", "silu"], label("Activation", "The non-linearity after each hidden layer.")
]
SpectralNorm = Annotated[
    bool, label("Spectral norm", "Divide every weight matrix by its largest singular value (Miyato et al. 2018).")
]
Stddev = Annotated[
    Literal["none", "stddev"],
    label(
        "Minibatch layer",
        "Before the last layers, one feature that tells how alike a batch's samples are: their standard deviation "
        "in groups of four (Karras et al. 2018).",
    ),
]
Packing = Annotated[
    int,
    Meta(ge=1, le=16),
    label("Packing", "Images that are judged together, as one of more channels (PacGAN, Lin et al. 2018).", "images"),
]


class ImageGenerator(Variant, frozen=True):
    """A generator whose samples are images of a side that is 4, doubled some times."""


class ImageDiscriminator(Variant, frozen=True):
    """A discriminator of such images; it has none of these, which others have."""

    hidden: ClassVar[tuple[int, ...]] = ()
    residual: ClassVar[bool] = False
    fourier: ClassVar[int] = 0
    orthonormal: ClassVar[bool] = False


class DcganGenerator(ImageGenerator, frozen=True, tag="dcgan"):
    """From the latent to 4 x 4 maps, whose side is doubled up to the images' (Radford et al. 2016)."""

    title: ClassVar[str] = "DCGAN"

    maps: Maps = 32
    upsampling: Annotated[
        Literal["transposed", "resize"],
        label(
            "Upsampling",
            "A transposed convolution of 4 x 4 with stride 2, or nearest neighbours before a convolution of 3 x 3, "
            "which leaves no checkerboard (Odena et al. 2016).",
        ),
    ] = "transposed"
    activation: Activation = "relu"
    norm: Annotated[
        Literal["none", "layer", "batch"],
        label("Normalisation", "Before each activation; layer is over all maps and places of a sample."),
    ] = "batch"


class DcganDiscriminator(ImageDiscriminator, frozen=True, tag="dcgan"):
    """Convolutions of 4 x 4 with stride 2 down to 4 x 4 maps, and one linear layer (Radford et al. 2016)."""

    title: ClassVar[str] = "DCGAN"

    maps: Maps = 32
    activation: Activation = "leaky_relu"
    norm: Annotated[
        Literal["none", "layer", "batch"],
        label("Normalisation", "Before each activation but the first; layer is over all maps and places of a sample."),
    ] = "none"
    spectral_norm: SpectralNorm = False
    minibatch: Stddev = "none"
    packing: Packing = 1
