"""Images that are drawn by rule, so that what varies between them is known exactly."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.images.shape import (
    Colour,
    Count,
    ImageSeed,
    Shape,
    TrainingImages,
    channels,
    image_shape,
)
from ganlab_desktop.experiment.spec import Variant, label

RenderedSize = Annotated[Literal[16, 32, 64], label("Size", "Side of the square images.", "pixels")]
Jitter = Annotated[
    float,
    Meta(ge=0.0, le=1.0),
    label("Variation", "How much place, size and form vary, from not at all to as much as stays readable."),
]


class Glyphs(Variant, frozen=True, tag="glyphs"):
    """Digits drawn as strokes that differ in slant, thickness, size, place, bend and colour; each of these is known."""

    title: ClassVar[str] = "Drawn digits"

    size: RenderedSize = 32
    colour: Colour = "grey"
    count: Count = 10_000
    slant: Annotated[
        float, Meta(ge=0.0, le=45.0), label("Slant", "Digits lean by up to this to either side.", "degrees")
    ] = 15.0
    jitter: Jitter = 0.6
    seed: ImageSeed = 0
    n_train: TrainingImages = 0


class Shapes(Variant, frozen=True, tag="shapes"):
    """Circles, squares, triangles and stars that differ in size, place, turn and hue; each of these is known."""

    title: ClassVar[str] = "Coloured shapes"

    size: RenderedSize = 32
    count: Count = 10_000
    jitter: Jitter = 0.6
    seed: ImageSeed = 0
    n_train: TrainingImages = 0


@image_shape.register
def _glyphs(data: Glyphs) -> Shape:
    return channels(data.colour), data.size, data.size


@image_shape.register
def _shapes(data: Shapes) -> Shape:
    return 3, data.size, data.size
