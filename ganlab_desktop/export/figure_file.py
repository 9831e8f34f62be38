"""Figures as files."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np
from matplotlib.figure import Figure

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.page import DATA, SIZES, Page
from ganlab_desktop.experiment.fields import kind_of
from ganlab_desktop.export.about import About, about
from ganlab_desktop.export.data_file import write_sheets
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.figures import composed
from ganlab_desktop.export.ink import Ink, fold_labels
from ganlab_desktop.export.looking import Tell
from ganlab_desktop.export.pictures import PICTURES, Picture
from ganlab_desktop.export.sheets import Sheets

_MOST_LAYOUTS = 10
_STILL = 1e-3  # of the page

FIGURES: dict[str, Picture] = {**PICTURES, "composed": Picture(composed.gather, composed.draw, composed.aspect)}


def write_figure(visit: Visit, export: Any, ending: str, stream: BinaryIO, tell: Tell) -> None:
    """Write a figure, or the data that it shows. Raises ExportError where the run has nothing to show of the kind."""
    tell(0.1, "measuring")
    sheets = FIGURES[kind_of(export)].gather(visit, export, tell)
    made = about(visit, export)
    if ending in DATA:
        tell(0.9, "writing")
        write_sheets(sheets, made, ending, stream)
        return
    tell(0.7, "drawing")
    write_gathered(sheets, export, made, ending, stream)


def write_gathered(sheets: Sheets, export: Any, made: About, ending: str, stream: BinaryIO) -> None:
    """Draw a figure's data into a file."""
    ink = Ink(export.page)
    with ink.set_up(), _roomy():
        figure = drawn(sheets, export, ink, made)
        figure.savefig(stream, format=ending, dpi=export.page.dpi, metadata=METADATA[ending](made))


@contextmanager
def _roomy() -> Iterator[None]:
    """A block in which figures find room on their pages. Raises ExportError where one does not."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*layout not applied")
            yield
    except UserWarning:
        advice = "make page.width or page.height larger, or page.font_size smaller"
        raise ExportError(f"page: too small for what the figure shows; {advice}") from None


def drawn(sheets: Sheets, export: Any, ink: Ink, made: About) -> Figure:
    """The figure on its page."""
    picture = FIGURES[kind_of(export)]
    figure = Figure(figsize=size_of(export.page, picture.aspect(sheets, export, ink)), layout="constrained")
    if export.page.heading:
        ink.heading(figure, made.line)
    picture.draw(figure, sheets, export, ink)
    _settle(figure)
    return figure


def _settle(figure: Figure) -> None:
    """Lay out until nothing moves: the room that the values of a colour bar need depends on where its axes lie, and
    that of labels on how high they are."""
    before = np.empty(0)
    for _ in range(_MOST_LAYOUTS):
        figure.draw_without_rendering()
        fold_labels(figure)
        now = np.array([axes.get_position(original=True).bounds for axes in figure.axes])
        if before.shape == now.shape and np.abs(now - before).max(initial=0.0) < _STILL:
            return
        before = now


def size_of(page: Page, aspect: float) -> tuple[float, float]:
    """Width and height in inches. A slide is filled."""
    size = SIZES[page.size]
    width = page.width or size.width
    fitting = size.height if page.size == "slide" else min(aspect * width, size.height)
    return width, page.height or fitting


def _pdf(made: About) -> dict[str, Any]:
    return {"Title": made.line, "Subject": made.json(), "Creator": made.version, "CreationDate": None}


def _svg(made: About) -> dict[str, Any]:
    return {"Title": made.line, "Description": made.json(), "Creator": made.version, "Date": None}


def _png(made: About) -> dict[str, Any]:
    return {"Title": made.line, "Description": made.json(), "Software": made.version}


# No dates: the same figure is the same file.
METADATA: dict[str, Callable[[About], dict[str, Any]]] = {"pdf": _pdf, "svg": _svg, "png": _png}
