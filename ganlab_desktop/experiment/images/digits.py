"""The handwritten digits that come with scikit-learn, and digits stacked to a thousand modes."""

from typing import Annotated, ClassVar, Literal

from ganlab_desktop.experiment.images.shape import Count, ImageSeed, Shape, Size, TrainingImages, image_shape
from ganlab_desktop.experiment.spec import Variant, label


class Digits(Variant, frozen=True, tag="digits"):
    """1,797 handwritten digits of 8 x 8 pixels, which come with scikit-learn (Alpaydin and Kaynak 1998)."""

    title: ClassVar[str] = "Handwritten digits, 8 x 8"

    n_train: TrainingImages = 0


class StackedDigits(Variant, frozen=True, tag="stacked_digits"):
    """Three random digits as red, green and blue of one image: 1,000 modes (Metz et al. 2017; PacGAN, Lin et al.
    2018)."""

    title: ClassVar[str] = "Stacked digits, 1,000 modes"

    source: Annotated[
        Literal["digits", "glyphs"],
        label("Digits", "Handwritten ones of scikit-learn, enlarged from 8 x 8 pixels, or ones drawn at their size."),
    ] = "digits"
    size: Size = 8
    count: Count = 50_000
    seed: ImageSeed = 0
    n_train: TrainingImages = 0


@image_shape.register
def _digits(data: Digits) -> Shape:
    return 1, 8, 8


@image_shape.register
def _stacked(data: StackedDigits) -> Shape:
    return 3, data.size, data.size
