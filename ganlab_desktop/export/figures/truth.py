"""The discriminator against the best one, and the exact distance, over the steps."""

from matplotlib.axes import Axes

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.parts import TruthPart
from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.export.curves import line, steps_axis, thinned
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, fits, measured
from ganlab_desktop.export.sheets import Sheet, Sheets, table
from ganlab_desktop.measure.studies.truth import no_value

_SHADE = 0.18  # of the truth's colour in the gap


def gather(visit: Visit, part: TruthPart, tell: Tell) -> Sheets:
    """V(D, G) with its optimum, and W1 with its floor and the critic's estimate, as far as they are known."""
    run = visit.run
    experiment, game = run.experiment, run.game
    first = max(part.first, max(run.standing.objective_since, run.standing.data_since))
    if game.data.image is not None:
        raise ExportError("truth: images have no known density; choose metrics by ganlab evaluate")
    sheets: dict[str, Sheet] = {}
    critic = isinstance(experiment.objective, Wasserstein)
    reason = "of a critic see which=distance" if critic else no_value(experiment, game.data, game.objective)
    if part.which != "distance" and not reason and fits(visit, "truth"):
        sheets["value"] = table(*measured(visit, "truth", tell, first))
    if part.which == "value" and "value" not in sheets:
        raise ExportError(f"which=value: {reason or 'there is nothing to compare with'}")
    if part.which != "value":
        sheets["distance"] = table(*measured(visit, "transport", tell, first))
    return Sheets(sheets, {"critic": float(critic)})


def draw(figure: Canvas, sheets: Sheets, part: TruthPart, ink: Ink) -> None:
    """The gap under the optimum shaded; the distance with, dashed, what two batches of true samples score."""
    names = [name for name in ("value", "distance") if name in sheets]
    all_axes = ink.pair(figure) if len(names) > 1 else [figure.subplots()]
    for axes, name in zip(all_axes, names, strict=True):
        (_value if name == "value" else _distance)(axes, sheets[name], ink)
        steps_axis(axes, ink)
        ink.legend(axes)


def _value(axes: Axes, sheet: Sheet, ink: Ink) -> None:
    at, _, _, value = thinned(sheet["step"], sheet["value"])
    _, _, _, best = thinned(sheet["step"], sheet["optimum"])
    axes.fill_between(at, value, best, color=ink.soft(ink.colours.truth, _SHADE), linewidth=0.0, zorder=1)
    line(axes, sheet["step"], sheet["value"], ink, ink.colours.discriminator, "this D")
    axes.plot(at, best, label="best D", zorder=2, **ink.truth)
    axes.set_ylabel("V(D, G)")


def _distance(axes: Axes, sheet: Sheet, ink: Ink) -> None:
    estimate = sheet["estimate"]
    if (estimate == estimate).any():
        line(axes, sheet["step"], estimate, ink, ink.colours.discriminator, "critic")
    line(axes, sheet["step"], sheet["w1"], ink, ink.colours.truth, "W1")
    at, _, _, floor = thinned(sheet["step"], sheet["floor"])
    axes.plot(at, floor, label="floor", zorder=2, **ink.truth)
    axes.set_ylim(bottom=0.0)
    axes.set_ylabel(ink.text("distance (network units)"))


def aspect(sheets: Sheets, part: TruthPart, ink: Ink) -> float:
    """Height over width."""
    if len(sheets.sheets) == 1:
        return 0.62
    return 1.1 if ink.narrow else 0.42
