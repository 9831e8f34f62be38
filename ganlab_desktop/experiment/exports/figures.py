"""Figures as files: a part on a page, or several."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from ganlab_desktop.experiment.exports.page import Page, Part
from ganlab_desktop.experiment.exports.parts import (
    CanvasPart,
    CoveragePart,
    CriticFieldPart,
    DynamicsPart,
    LatentPart,
    LossesPart,
    ModeHistoryPart,
    PartSpec,
    RunsPart,
    SamplesPart,
    TimeStripPart,
    TruthPart,
)
from ganlab_desktop.experiment.spec import label


class Canvas(CanvasPart, frozen=True, tag="canvas"):
    """The canvas on a page."""

    page: Page = Page()


class CriticField(CriticFieldPart, frozen=True, tag="critic-field"):
    """The critic field on a page."""

    page: Page = Page()


class Losses(LossesPart, frozen=True, tag="losses"):
    """The losses on a page."""

    page: Page = Page()


class Truth(TruthPart, frozen=True, tag="truth"):
    """The truth on a page."""

    page: Page = Page()


class Coverage(CoveragePart, frozen=True, tag="coverage"):
    """The mode coverage on a page."""

    page: Page = Page()


class ModeHistory(ModeHistoryPart, frozen=True, tag="mode-history"):
    """The modes over time on a page."""

    page: Page = Page()


class Dynamics(DynamicsPart, frozen=True, tag="dynamics"):
    """The dynamics on a page."""

    page: Page = Page()


class Samples(SamplesPart, frozen=True, tag="samples"):
    """The samples on a page."""

    page: Page = Page()


class Latent(LatentPart, frozen=True, tag="latent"):
    """The latent plane on a page."""

    page: Page = Page()


class Runs(RunsPart, frozen=True, tag="runs"):
    """Runs beside each other on a page."""

    page: Page = Page()


class TimeStrip(TimeStripPart, frozen=True, tag="time-strip"):
    """Steps in a row on a page."""

    page: Page = Page(size="two_columns")


class Composed(Part, frozen=True, tag="composed"):
    """Several figures in one, in rows."""

    title: ClassVar[str] = "Several panels"

    panels: Annotated[tuple[PartSpec, ...], Meta(min_length=1, max_length=24)] = (CanvasPart(), LossesPart())
    columns: Annotated[int, Meta(ge=1, le=8), label("Columns", "Panels in a row.", "panels")] = 2
    letters: Annotated[
        Literal["a", "(a)", "A", "none"], label("Letters", "How the panels are named, at their upper left.")
    ] = "a"
    page: Page = Page(size="two_columns")


FigureSpec = (
    Canvas
    | CriticField
    | Losses
    | Truth
    | Coverage
    | ModeHistory
    | Dynamics
    | Samples
    | Latent
    | Runs
    | TimeStrip
    | Composed
)
