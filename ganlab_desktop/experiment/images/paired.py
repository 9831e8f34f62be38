"""Images in pairs: what is given, and what is to be made of it."""

from typing import Annotated, Any, ClassVar, Literal

from ganlab_desktop.experiment.images.digits import Digits, StackedDigits
from ganlab_desktop.experiment.images.files import Idx, ImageFolder, Npz, TorchVision
from ganlab_desktop.experiment.images.rendered import Glyphs, Shapes
from ganlab_desktop.experiment.images.shape import Shape, image_shape
from ganlab_desktop.experiment.spec import Variant, label

SourceSpec = Digits | Glyphs | Shapes | StackedDigits | ImageFolder | Idx | Npz | TorchVision


class Paired(Variant, frozen=True, tag="paired"):
    """Images of any kind, the targets, with an input that is made of each: its edges, a coarse copy or its greys."""

    title: ClassVar[str] = "Pairs of images"

    task: Annotated[
        Literal["edges", "low_resolution", "grey"],
        label("Input", "What is given of a target: the strength of its edges, a copy of coarse pixels, or its greys."),
    ] = "edges"
    coarseness: Annotated[
        Literal[2, 4, 8], label("Coarseness", "Side of a coarse pixel of the low resolution.", "pixels")
    ] = 4
    source: SourceSpec = Shapes()

    @property
    def n_train(self) -> int:
        """That of the source."""
        return self.source.n_train


@image_shape.register
def _paired(data: Paired) -> Shape:
    shape = image_shape(data.source)
    assert shape is not None
    return shape


def input_shape(data: Any) -> Shape | None:
    """Channels, height and width of the images that are given; None for data that are no pairs."""
    if not isinstance(data, Paired):
        return None
    channels, height, width = _paired(data)
    return (channels if data.task == "low_resolution" else 1), height, width
