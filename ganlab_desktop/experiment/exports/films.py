"""Films of a run: one view, or several panels, along the steps."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.exports.page import Export, Page
from ganlab_desktop.experiment.exports.parts import CanvasPart, FirstStep, LossesPart, PartSpec
from ganlab_desktop.experiment.spec import label


class Film(Export, frozen=True, tag="video"):
    """The run from one step to another, frame by frame; a slide's size at 144 dots an inch is 1920 x 1080 pixels."""

    title: ClassVar[str] = "Film"
    endings: ClassVar[tuple[str, ...]] = ("mp4", "gif")

    panels: Annotated[tuple[PartSpec, ...], Meta(min_length=1, max_length=12)] = (CanvasPart(), LossesPart())
    columns: Annotated[int, Meta(ge=1, le=8), label("Columns", "Panels in a row.", "panels")] = 2
    letters: Annotated[
        Literal["none", "a", "(a)", "A"], label("Letters", "How the panels are named, at their upper left.")
    ] = "none"
    first: FirstStep = 0
    frames: Annotated[int, Meta(ge=2, le=20_000), label("Frames", "Pictures from the first to the last step.")] = 300
    spacing: Annotated[
        Literal["even", "change"],
        label("Spacing", "The same number of steps from frame to frame, or as many as make about the same change."),
    ] = "even"
    rate: Annotated[int, Meta(ge=1, le=60), label("Rate", "Frames shown in a second.", "frames/s")] = 30
    page: Page = Page(size="slide", style="dark", heading=True, dpi=144)
