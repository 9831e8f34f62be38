"""What all images have in common: their shape, known from the spec alone, and fields that many specs share."""

from functools import singledispatch
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from ganlab_desktop.experiment.spec import label

Shape = tuple[int, int, int]  # channels, height, width

TrainingImages = Annotated[
    int,
    Meta(ge=0, le=10_000_000),
    label("Training images", "How many are trained on, drawn once; 0 leaves a fifth of them out, to be judged by."),
]
Size = Annotated[
    Literal[8, 16, 32, 64, 128],
    label("Size", "Side of the square that images are brought to; convolutions halve it down to 4.", "pixels"),
]
Colour = Annotated[Literal["grey", "rgb"], label("Colour", "One channel of grey, or three of red, green and blue.")]
Count = Annotated[
    int,
    Meta(ge=1, le=200_000),
    label("Images", "How many are made; the first ones stay the same if more are asked for.", "images"),
]
ImageSeed = Annotated[int, Meta(ge=0, le=2**31 - 1), label("Seed of images", "Fixes which images are made.")]


def channels(colour: str) -> int:
    """How many channels a colour has."""
    return 3 if colour == "rgb" else 1


def as_bytes(images: NDArray[np.generic], shape: Shape) -> NDArray[np.uint8]:
    """Flat images (N, C H W), -1 black and 1 white, as bytes (N, H, W, C); what is no number is black."""
    values = np.nan_to_num((np.asarray(images, np.float32) + 1.0) * 127.5, nan=0.0)
    whole = np.clip(np.rint(values), 0.0, 255.0).astype(np.uint8)
    return np.ascontiguousarray(whole.reshape(-1, *shape).transpose(0, 2, 3, 1))


@singledispatch
def image_shape(data: Any) -> Shape | None:
    """Channels, height and width of the images; None for data that are no images."""
    return None
