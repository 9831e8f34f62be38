"""The canvas over the line: both densities, and what D says, over x."""

import numpy as np

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.parts import Layers
from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import look, see
from ganlab_desktop.export.sheets import UNIT, Column, Sheet, Sheets, points
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes import View
from ganlab_desktop.measure.probes.probe import box_numbers, to_numpy
from ganlab_desktop.measure.probes.samples import SHOWN, ShownReal
from ganlab_desktop.measure.studies.truth import no_density, no_optimum

_DENSITY = "1 / network unit"


def gather(visit: Visit, layers: Layers, view: View) -> Sheets:
    """D(x) with the best D, the densities of data and generator, and samples of both."""
    game = visit.run.game
    surface = see(visit, "surface", view).arrays
    x = np.linspace(*view.box[:2], view.resolution)
    value = surface["values"].ravel() if "values" in surface else np.full(len(x), np.nan)  # without a discriminator
    columns: dict[str, Column] = {"x": x, "value": value}
    if "density" in surface:
        columns["data"] = np.exp(surface["density"].ravel())
    columns |= _truth(visit, layers, view, game)
    units = {"x": UNIT, "data": _DENSITY, "generated": _DENSITY}
    sheets = {"line": Sheet(columns, {name: unit for name, unit in units.items() if name in columns})}
    if layers.real:
        sheets["real"] = points(to_numpy(ShownReal(game, SHOWN)()))
    if layers.generated:
        sheets["generated"] = points(see(visit, "samples", view).arrays["fake"])
    words = {"surface": "D(x)" if game.objective.output == "probability" else "f(x)"}
    return Sheets(sheets, box_numbers(view), words)


def _truth(visit: Visit, layers: Layers, view: View, game: Game) -> dict[str, Column]:
    """The generator's density, and the best D where it is wanted and known."""
    experiment, data, found = game.experiment, game.data, dict[str, Column]()
    if not no_density(experiment, data):
        truth = look(visit, "truth", view).arrays
        found["generated"] = np.exp(truth["generated"].ravel())
        if layers.optimal and "optimal" in truth:
            found["optimal"] = truth["optimal"].ravel()
    critic = isinstance(experiment.objective, Wasserstein)
    if layers.optimal and critic and not no_optimum(experiment, data, game.objective):
        found["optimal"] = look(visit, "transport", view).arrays["optimal"].ravel()
    return found


def draw(figure: Canvas, sheets: Sheets, layers: Layers, ink: Ink) -> None:
    """Densities with a row of samples under them, and below what D says, dashed the best D."""
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(1.2, 1.0))
    over, colours = sheets["line"], ink.colours
    x = over["x"]
    if "data" in over:
        upper.fill_between(x, 0.0, over["data"], color=ink.soft(colours.real, 0.25), linewidth=0.0)
        upper.plot(x, over["data"], color=colours.real, label="data")
    if "generated" in over:
        upper.plot(x, over["generated"], color=colours.fake, label="generator", linestyle=(0, (4.0, 1.2, 1.0, 1.2)))
    height = upper.get_ylim()[1]
    for place, kind in enumerate(("real", "generated")):
        if kind in sheets:
            samples = sheets[kind]["x"]
            upper.scatter(samples, np.full(len(samples), -0.05 * (1 + place) * height), **getattr(ink, kind))
    upper.set_ylabel("density")
    lower.plot(x, over["value"], color=colours.discriminator, label=sheets.words["surface"])
    if "optimal" in over:
        lower.plot(x, over["optimal"], label=f"best {sheets.words['surface']}", **ink.truth)
    lower.set_ylabel(sheets.words["surface"])
    lower.set_xlabel(ink.text(f"x ({UNIT})"))
    lower.set_xlim(sheets.numbers["left"], sheets.numbers["right"])
    for axes in (upper, lower):
        ink.dress(axes, ticks=4)
        ink.legend(axes)
