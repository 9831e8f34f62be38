"""The canvas: the plane, the line, or a wall of images."""

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.parts import CanvasPart
from ganlab_desktop.export.figures import plane
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, view_of
from ganlab_desktop.export.sheets import Sheets


def gather(visit: Visit, part: CanvasPart, tell: Tell) -> Sheets:
    """What the layers show of the run as it stands."""
    view = view_of(visit.run.game, part.view, part.resolution, part.class_shown)
    return plane.gather(visit, part.layers, view)


def draw(figure: Canvas, sheets: Sheets, part: CanvasPart, ink: Ink) -> None:
    """The layers over each other, a colour bar beside them, and what the markers mean above."""
    axes = figure.subplots()
    plane.draw(figure, axes, sheets, part.layers, ink)
    if part.layers.real or part.layers.generated:
        ink.legend(axes)


def aspect(sheets: Sheets, part: CanvasPart) -> float:
    """Height over width."""
    n = sheets.numbers
    return 0.86 * (n["top"] - n["bottom"]) / (n["right"] - n["left"])
