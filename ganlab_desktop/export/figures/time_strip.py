"""The same view at some steps in a row."""

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.exports.parts import TimeStripPart
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.figures import plane
from ganlab_desktop.export.figures.images import mosaic, shape_of
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, see, view_of
from ganlab_desktop.export.sheets import UNIT, Sheet, Sheets, joined

_BELOW = 4.0  # font sizes of a legend's: the values and the name of the axis above it
_SIDE = 2  # images in a row and in a column, of as many latents


def gather(visit: Visit, part: TimeStripPart, tell: Tell) -> Sheets:
    """What the layers show at each step, with one range of colours; of images what becomes of the first latents."""
    found: dict[int, Sheets] = {}
    if visit.run.game.data.dim == 1:
        raise ExportError("time-strip: shows data in the plane and images; on the line take --what canvas")
    steps = part.steps or tuple(
        np.unique(np.linspace(visit.first, visit.run.step, part.count).round().astype(int)).tolist()
    )
    for place, step in enumerate(steps):
        if not visit.first <= step <= visit.last:
            raise ExperimentError(f"steps[{place}]", f"must be from {visit.first} to {visit.last}, got {step}")
    with visit.elsewhere():
        for place, step in enumerate(steps):
            tell(0.1 + 0.6 * place / len(steps), f"going to step {step:,}")
            visit.go(step)
            found[step] = _at(visit, part)
    lows, highs = ([one.numbers[end] for one in found.values() if end in one.numbers] for end in ("low", "high"))
    for one in found.values():
        if lows:
            one.numbers.update(low=min(lows), high=max(highs))
    whole = joined(one.under(str(step)) for step, one in found.items())
    whole.numbers.update({f"step {place}": float(step) for place, step in enumerate(steps)})
    return whole


def _at(visit: Visit, part: TimeStripPart) -> Sheets:
    view = view_of(visit.run.game, part.view, part.resolution, part.class_shown)
    if visit.run.game.data.image is None:
        return plane.gather(visit, part.layers, view)
    return Sheets({"images": Sheet({"images": see(visit, "wall", view).arrays["images"][: _SIDE**2]})})


def _steps(sheets: Sheets) -> list[int]:
    return [int(value) for name, value in sheets.numbers.items() if name.startswith("step ")]


def draw(figure: Canvas, sheets: Sheets, part: TimeStripPart, ink: Ink) -> None:
    """A panel a step, the colour bar and the legend once."""
    steps = _steps(sheets)
    columns = ink.abreast(len(steps))
    grid = figure.subplots(-(-len(steps) // columns), columns, sharex=True, sharey=True, squeeze=False)
    for axes, step in zip(grid.flat, steps, strict=False):
        axes.set_title(f"step {step:,}")
        moment = sheets.within(str(step))
        if "images" in moment:
            mosaic(axes, moment["images"]["images"], _SIDE, ink)
        else:
            plane.draw(figure, axes, moment, part.layers, Ink(ink.page, columns), bar=False)
            ink.dress(axes, grid=False, ticks=3)
            axes.set(xlabel="", ylabel="")
    _leave_out(grid, len(steps))
    if "images" not in moment:
        _explain(figure, grid, moment, part, ink)


def _leave_out(grid: NDArray[np.object_], count: int) -> None:
    """Hide the axes after so many; those above them have the values of their column."""
    for place in range(count, grid.size):
        row, column = divmod(place, grid.shape[1])
        grid[row, column].set_visible(False)
        grid[row - 1, column].tick_params(labelbottom=True)


def _explain(figure: Canvas, grid: NDArray[np.object_], moment: Sheets, part: TimeStripPart, ink: Ink) -> None:
    """What axes, markers and colours mean, once for all."""
    for axes in grid[:, 0]:
        axes.set_ylabel("y")
    last = [axes for axes in grid[-1] if axes.get_visible()]
    middle = last[len(last) // 2]
    middle.set_xlabel(ink.text(f"x ({UNIT})"))
    if any(middle.get_legend_handles_labels()):
        middle.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), borderaxespad=_BELOW)
    filling = plane.filling_of(moment, part.layers)
    if filling is not None:
        ink.colour_bar(figure, grid[0, -1].images[0], grid[0, -1], filling.words, width=0.1)


def aspect(sheets: Sheets, part: TimeStripPart, ink: Ink) -> float:
    """Height over width."""
    steps = _steps(sheets)
    columns = ink.abreast(len(steps))
    rows = -(-len(steps) // columns)
    first = sheets.within(str(steps[0]))
    if "images" in first:
        return shape_of(first["images"]["images"], _SIDE) * rows / columns + ink.lines(2 * rows)
    n = first.numbers
    return 0.88 * (n["top"] - n["bottom"]) / (n["right"] - n["left"]) * rows / columns + ink.lines(5 + 2 * rows)
