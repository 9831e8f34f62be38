"""Random changes of all images that the discriminator sees, real and generated, for training on few of them."""

from typing import Annotated, ClassVar

from msgspec import Meta

from ganlab_desktop.experiment.spec import Variant, label

Colour = Annotated[bool, label("Colour", "Brightness by up to 0.5, contrast by half, saturation up to twice as large.")]
Translation = Annotated[bool, label("Translation", "By up to an eighth of the side, either way.")]
Cutout = Annotated[bool, label("Cutout", "A square of half the side, anywhere, is set to 0.")]


class NoAugmentation(Variant, frozen=True, tag="none"):
    """The discriminator sees the images as they are."""

    title: ClassVar[str] = "None"


class DiffAugment(Variant, frozen=True, tag="diffaugment"):
    """Every image is changed in every way chosen, in both players' turns (DiffAugment, Zhao et al. 2020)."""

    title: ClassVar[str] = "DiffAugment"

    colour: Colour = True
    translation: Translation = True
    cutout: Cutout = True


class Adaptive(Variant, frozen=True, tag="ada"):
    """Each way chosen changes an image with probability p, which grows while D is too sure of real images and falls
    while it is not (ADA, Karras et al. 2020)."""

    title: ClassVar[str] = "Adaptive (ADA)"

    colour: Colour = True
    translation: Translation = True
    cutout: Cutout = True
    target: Annotated[
        float,
        Meta(ge=-1.0, le=1.0),
        label("Target", "What r = E sign D(real) is held at; 1 is a D that has learned them by heart."),
    ] = 0.6
    interval: Annotated[
        int, Meta(ge=1, le=10_000), label("Interval", "Discriminator updates between changes of p.", "updates")
    ] = 4
    images: Annotated[
        int,
        Meta(ge=100, le=1_000_000_000),
        label("Full way", "Images that D sees while p goes from 0 to 1 at its fastest.", "images"),
    ] = 500_000


AugmentationSpec = NoAugmentation | DiffAugment | Adaptive
