"""Which modes the generator reaches, and how far its distribution is from the data's."""

import math

import numpy as np
from matplotlib.axes import Axes

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.parts import CoveragePart
from ganlab_desktop.export.curves import line, steps_axis, thinned
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, look, measured, view_of
from ganlab_desktop.export.sheets import Sheet, Sheets, table


def gather(visit: Visit, part: CoveragePart, tell: Tell) -> Sheets:
    """The shares of the modes now, where the data have modes, and the curves."""
    game = visit.run.game
    if game.data.image is not None:
        raise ExportError("coverage: images have no modes that are known; ganlab evaluate counts classes")
    seen = look(visit, "coverage", view_of(game, (0.0, 0.0, 0.0, 0.0), 2))
    sheets: dict[str, Sheet] = {}
    modes = game.data.modes
    if modes is not None:
        numbers = np.arange(1, len(modes.weights) + 1)
        columns = {"mode": numbers, "share": seen.arrays["near"], "weight": modes.weights}
        sheets["modes"] = Sheet(columns)
    if modes is None and not game.data.has_density:
        raise ExportError("coverage: these points have no known density or modes")
    first = visit.run.standing.data_since
    sheets["distance"] = table(*measured(visit, "coverage", tell, first))
    return Sheets(sheets, dict(seen.numbers))


def draw(figure: Canvas, sheets: Sheets, part: CoveragePart, ink: Ink) -> None:
    """Bars with the modes' weights as marks, and the divergence with its floor."""
    if "modes" in sheets:
        left, right = ink.pair(figure)
        _bars(left, sheets["modes"], ink)
    else:
        right = figure.subplots()
    _distance(right, sheets, ink)


def _bars(axes: Axes, modes: Sheet, ink: Ink) -> None:
    number = modes["mode"]
    axes.bar(number, 100.0 * modes["share"].astype(float), width=0.7, color=ink.colours.fake, label="generated")
    weight = 100.0 * modes["weight"].astype(float)
    axes.hlines(
        weight, number - 0.48, number + 0.48, label="weight", zorder=3, colors=ink.colours.truth, linewidth=ink.line
    )
    axes.set_xlim(0.3, len(number) + 0.7)
    ink.dress(axes, ticks=4, whole="x")
    axes.grid(axis="x", visible=False)
    axes.set_xlabel("mode")
    axes.set_ylabel(ink.text("share of samples (%)"))
    ink.legend(axes)


def _distance(axes: Axes, sheets: Sheets, ink: Ink) -> None:
    distance = sheets["distance"]
    if math.isfinite(sheets.numbers["jsd"]):
        line(axes, distance["step"], distance["jsd"], ink, ink.colours.truth, "JSD")
        at, _, _, floor = thinned(distance["step"], distance["jsd_floor"])
        axes.plot(at, floor, label="floor", zorder=2, **ink.truth)
        axes.set_ylabel(ink.text(f"JSD (h = {sheets.numbers['h']:.3g})"))
    else:
        line(axes, distance["step"], distance["high_quality"], ink, ink.colours.fake, "quality")
        axes.set_ylabel("high-quality share")
    axes.set_ylim(bottom=0.0)
    steps_axis(axes, ink, 3)
    ink.legend(axes)


def aspect(sheets: Sheets, part: CoveragePart, ink: Ink) -> float:
    """Height over width."""
    if "modes" not in sheets:
        return 0.62
    return 1.1 if ink.narrow else 0.42
