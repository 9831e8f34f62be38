"""Networks that make an image of another one, and judge the pair (pix2pix)."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.convolutions import ImageDiscriminator, ImageGenerator, Maps, SpectralNorm
from ganlab_desktop.experiment.spec import label


class UnetGenerator(ImageGenerator, frozen=True, tag="unet"):
    """Halves an image down to one place and doubles it up again, beside what it was at each side (Isola et al.
    2017)."""

    title: ClassVar[str] = "U-Net"

    maps: Maps = 32
    dropout: Annotated[
        float,
        Meta(ge=0.0, lt=1.0),
        label("Dropout", "Share of the features that the first layers on the way up lose, by the latent: the noise."),
    ] = 0.5


class PatchDiscriminator(ImageDiscriminator, frozen=True, tag="patch"):
    """Scores every patch of a pair of images, or the pair as a whole (Isola et al. 2017)."""

    title: ClassVar[str] = "PatchGAN"
    activation: ClassVar[str] = "leaky_relu"
    minibatch: ClassVar[str] = "none"
    packing: ClassVar[int] = 1

    maps: Maps = 32
    patch: Annotated[
        Literal["16", "34", "70", "image"],
        label("Patch", "Side of the square that a score is about; image for one score of all.", "pixels"),
    ] = "16"
    norm: Annotated[
        Literal["none", "layer", "batch"],
        label("Normalisation", "Before each activation but the first; layer is over all maps and places of a sample."),
    ] = "batch"
    spectral_norm: SpectralNorm = False


PATCH_HALVINGS = {"16": 1, "34": 2, "70": 3}  # convolutions of stride 2, by patch; two of stride 1 follow


def patch_side(spec: PatchDiscriminator) -> int | None:
    """The receptive field of a score, in pixels along a side; None where it is the whole image."""
    return None if spec.patch == "image" else int(spec.patch)


def scores_across(spec: PatchDiscriminator, side: int) -> int:
    """How many scores along each side images of a side get: stride 2 halves it, each stride 1 takes one off."""
    return 1 if spec.patch == "image" else (side >> PATCH_HALVINGS[spec.patch]) - 2
