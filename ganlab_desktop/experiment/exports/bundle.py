"""A figure with all that makes it again."""

from typing import ClassVar

from ganlab_desktop.experiment.exports.figures import Canvas, FigureSpec
from ganlab_desktop.experiment.exports.page import Export


class Bundle(Export, frozen=True, tag="bundle"):
    """A figure, its data, the experiment with all that was changed on the way, and a script that trains the run anew
    and makes the figure again."""

    title: ClassVar[str] = "Reproduction bundle"
    endings: ClassVar[tuple[str, ...]] = ("zip",)

    figure: FigureSpec = Canvas()
