"""Images that a GAN may be trained on. Samples are flat, channels first, with values from -1 to 1."""

from functools import singledispatch
from typing import Annotated, Any, ClassVar

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from ganlab_desktop.experiment.spec import Variant, label

Shape = tuple[int, int, int]  # channels, height, width

TrainingImages = Annotated[
    int,
    Meta(ge=0, le=10_000_000),
    label("Training images", "How many are trained on, drawn once; 0 leaves a fifth of them out, to be judged by."),
]


class Digits(Variant, frozen=True, tag="digits"):
    """1,797 handwritten digits of 8 x 8 pixels, which come with scikit-learn (Alpaydin and Kaynak 1998)."""

    title: ClassVar[str] = "Handwritten digits, 8 x 8"

    n_train: TrainingImages = 0


ImageSpec = Digits


def as_bytes(images: NDArray[np.generic], shape: Shape) -> NDArray[np.uint8]:
    """Flat images (N, C H W), -1 black and 1 white, as bytes (N, H, W, C); what is no number is black."""
    values = np.nan_to_num((np.asarray(images, np.float32) + 1.0) * 127.5, nan=0.0)
    whole = np.clip(np.rint(values), 0.0, 255.0).astype(np.uint8)
    return np.ascontiguousarray(whole.reshape(-1, *shape).transpose(0, 2, 3, 1))


@singledispatch
def image_shape(data: Any) -> Shape | None:
    """Channels, height and width of the images; None for data that are no images."""
    return None


@image_shape.register
def _digits(data: Digits) -> Shape:
    return 1, 8, 8
