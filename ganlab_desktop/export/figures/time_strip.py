"""The same view at some steps in a row."""

import numpy as np

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.exports.parts import TimeStripPart
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.figures import plane
from ganlab_desktop.export.figures.images import mosaic, name_columns
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, see, view_of
from ganlab_desktop.export.sheets import UNIT, Sheet, Sheets, joined

_ROWS = 4  # latents of images


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
    return Sheets({"images": Sheet({"images": see(visit, "wall", view).arrays["images"][:_ROWS]})})


def _steps(sheets: Sheets) -> list[int]:
    return [int(value) for name, value in sheets.numbers.items() if name.startswith("step ")]


def draw(figure: Canvas, sheets: Sheets, part: TimeStripPart, ink: Ink) -> None:
    """A panel a step, the colour bar and the legend once."""
    steps = _steps(sheets)
    moments = [sheets.within(str(step)) for step in steps]
    if "images" in moments[0]:
        axes = figure.subplots()
        images = np.stack([moment["images"]["images"] for moment in moments], axis=1)
        middles = mosaic(axes, images.reshape(-1, *images.shape[2:]), len(steps), ink)
        name_columns(axes, middles, [f"{step:,}" for step in steps])
        axes.set_title("step")
        return
    row = figure.subplots(1, len(steps), sharex=True, sharey=True, squeeze=False)[0]
    image, fine = None, Ink(ink.page, len(steps))
    for axes, step, moment in zip(row, steps, moments, strict=True):
        image = plane.draw(figure, axes, moment, part.layers, fine, bar=False)
        axes.set_title(f"step {step:,}")
        axes.set_xlabel("")
        axes.set_ylabel("")
        ink.dress(axes, grid=False, ticks=3)
    row[0].set_ylabel("y")
    row[len(row) // 2].set_xlabel(ink.text(f"x ({UNIT})"))
    if handles := row[0].get_legend_handles_labels()[0]:
        figure.legend(handles=handles, loc="outside lower left", ncols=len(handles))
    filling = plane.filling_of(moments[-1], part.layers)
    if image is not None and filling is not None:
        ink.colour_bar(figure, image, row[-1], filling.words, width=0.1)


def aspect(sheets: Sheets, part: TimeStripPart, ink: Ink) -> float:
    """Height over width."""
    steps = _steps(sheets)
    first = sheets.within(str(steps[0]))
    if "images" in first:
        count, height, width, _ = first["images"]["images"].shape
        return float(count * height / (len(steps) * width)) + 0.06
    n = first.numbers
    return 0.88 * (n["top"] - n["bottom"]) / (n["right"] - n["left"]) / len(steps) + 0.12
