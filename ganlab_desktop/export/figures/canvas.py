"""The canvas: the plane, the line, or a wall of images."""

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.parts import CanvasPart, SamplesPart
from ganlab_desktop.export.figures import line, plane, samples
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, view_of
from ganlab_desktop.export.sheets import Sheets

_WALL = SamplesPart()


def gather(visit: Visit, part: CanvasPart, tell: Tell) -> Sheets:
    """What the layers show of the run as it stands."""
    data = visit.run.game.data
    if data.image is not None:
        return samples.gather(visit, _WALL, tell)
    view = view_of(visit.run.game, part.view, part.resolution, part.class_shown)
    if data.dim == 1:
        return line.gather(visit, part.layers, view)
    return plane.gather(visit, part.layers, view)


def draw(figure: Canvas, sheets: Sheets, part: CanvasPart, ink: Ink) -> None:
    """The layers over each other, a colour bar beside them, and what the markers mean above."""
    if "images" in sheets:
        samples.draw(figure, sheets, _WALL, ink)
    elif "line" in sheets:
        line.draw(figure, sheets, part.layers, ink)
    else:
        axes = figure.subplots()
        plane.draw(figure, axes, sheets, part.layers, ink)
        if part.layers.real or part.layers.generated:
            ink.legend(axes)


def aspect(sheets: Sheets, part: CanvasPart, ink: Ink) -> float:
    """Height over width."""
    if "images" in sheets:
        return samples.aspect(sheets, _WALL, ink)
    n = sheets.numbers
    return 0.85 if "line" in sheets else 0.86 * (n["top"] - n["bottom"]) / (n["right"] - n["left"])
