"""The canvas over the plane: what D says, samples of both kinds, and further layers."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage
from matplotlib.patches import Ellipse
from numpy.typing import NDArray

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.parts import Layers
from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.experiment.pictures import TIERS, surface_range
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import look, see
from ganlab_desktop.export.sheets import UNIT, Column, Sheet, Sheets, points
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes import Picture, View
from ganlab_desktop.measure.probes.probe import box_numbers, grid_points, to_numpy
from ganlab_desktop.measure.probes.samples import SHOWN, ShownReal
from ganlab_desktop.measure.studies.truth import no_density, no_optimum

FloatArray = NDArray[np.float64]

_RATIO = 5.0  # of log p/q: the best D is 0.007 and 0.993 there
_ARROW = 0.06  # the 90th percentile's length as a share of the view's width
_CELL = 0.95  # of a cell, how long an arrow of the field is at the 95th percentile
_FINE = 16  # pixels of a surface's cell, up to which it looks the same without curves in between
_COVERS = ("ratio", "difference", "optimal")  # what hides the surface, the strongest first


@dataclass(frozen=True)
class Filling:
    """What fills the plane: its sheet, its column, its words and the values at both ends of the colours."""

    sheet: str
    column: str
    words: str
    low: float
    high: float


def gather(visit: Visit, layers: Layers, view: View) -> Sheets:
    """All that the layers show of the game as it stands, without a discriminator none of its own. Raises ExportError
    where there is no such layer."""
    game = visit.run.game
    judges = game.objective.judges
    sheets: dict[str, Sheet] = {}
    numbers = box_numbers(view)
    if judges and (layers.surface or layers.contours or layers.optimal or layers.difference):
        surface = see(visit, "surface", view)
        sheets["surface"] = _over(view, {"value": surface.arrays["values"]})
        numbers["low"], numbers["high"] = surface_range(surface.arrays["values"], game.objective.neutral)
    if layers.real:
        sheets["real"] = _real(game)
    if layers.generated:
        seen = see(visit, "samples", view).arrays
        sheets["generated"] = points(seen["fake"], seen.get("labels"))
    if layers.manifold:
        sheets["manifold"] = _manifold(see(visit, "manifold", view))
    if judges and layers.gradients:
        seen = see(visit, "gradients", view).arrays
        sheets["gradients"] = _arrows(seen["origin"], seen["direction"], "velocity")
    if judges and layers.field:
        vectors = see(visit, "critic_field", view).arrays["quiver"]
        sheets["field"] = _arrows(cell_centres(vectors.shape[:2], view), vectors, "1 / network unit")
    if layers.modes:
        sheets["modes"] = _modes(game)
    sheets |= _truth(visit, layers, view)
    words = {"surface": "D(x)" if game.objective.output == "probability" else "f(x)"}
    numbers["probability"] = float(game.objective.output == "probability")
    numbers["falls"] = float(game.objective.falling)
    numbers["class_shown"] = float(view.label)
    return Sheets(sheets, numbers, words)


def cell_centres(side: tuple[int, ...], view: View) -> FloatArray:
    """Centres (rows, columns, 2) of the cells that divide a view."""
    left, right, bottom, top = view.box
    rows, columns = side
    x = left + (np.arange(columns) + 0.5) * (right - left) / columns
    y = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    return np.stack(np.meshgrid(x, y), axis=2)


def filling_of(sheets: Sheets, layers: Layers) -> Filling | None:
    """What fills the plane; None where nothing does."""
    chosen = next((name for name in _COVERS if getattr(layers, name)), "surface")
    if chosen == "surface":
        if not layers.surface or "surface" not in sheets:
            return None
        return Filling("surface", "value", sheets.words["surface"], sheets.numbers["low"], sheets.numbers["high"])
    if chosen == "ratio":
        return Filling("best", "ratio", "log p/q", -_RATIO, _RATIO)
    low, high = (0.0, 1.0) if sheets.numbers["probability"] else (sheets.numbers["low"], sheets.numbers["high"])
    name = sheets.words["surface"]
    if chosen == "optimal":
        return Filling("best", "optimal", f"best {name}", low, high)
    return Filling("best", "difference", f"{name} − best {name}", -(high - low) / 2, (high - low) / 2)


def draw(figure: Canvas, axes: Axes, sheets: Sheets, layers: Layers, ink: Ink, *, bar: bool = True) -> AxesImage | None:
    """The layers, the last ones on top. What fills the plane, if anything does."""
    n, image = sheets.numbers, None
    filling = filling_of(sheets, layers)
    if filling is not None:
        image = _fill(axes, sheets, filling, ink)
        if bar:
            ink.colour_bar(figure, image, axes, filling.words)
    if layers.contours and (filling is not None or "surface" in sheets):
        _contours(axes, sheets, filling or _surface(sheets), ink)
    if layers.modes:
        _draw_modes(axes, sheets["modes"], ink)
    if layers.manifold:
        draw_net(axes, sheets["manifold"], ink)
    if layers.plan:
        _segments(axes, sheets["plan"], ink)
    label = int(n["class_shown"])
    if layers.real:
        scatter(axes, sheets["real"], ink, label, kind="real")
    if "field" in sheets:
        field, colour = sheets["field"], ink.soft(ink.colours.discriminator, 0.85)
        quiver_on_grid(axes, field, sheets, colour, ink, full=percentile(np.hypot(field["dx"], field["dy"]), 95.0))
    if "gradients" in sheets:
        _arrows_at_samples(axes, sheets, ink)
    if layers.generated:
        scatter(axes, sheets["generated"], ink, label, kind="generated")
    axes.set_xlim(n["left"], n["right"])
    axes.set_ylim(n["bottom"], n["top"])
    axes.set_aspect("equal", anchor="N")
    axes.set_xlabel(ink.text(f"x ({UNIT})"))
    axes.set_ylabel("y")
    ink.dress(axes, grid=False)
    return image


def scatter(axes: Axes, sheet: Sheet, ink: Ink, label: int = 0, *, kind: str) -> None:
    """Samples of a kind; of a conditional game those of the class shown stand out."""
    look = ink.real if kind == "real" else ink.generated
    chosen = np.ones(len(sheet["x"]), np.bool_) if "labels" not in sheet else sheet["labels"] == label
    for mine, alpha in ((~chosen, 0.35), (chosen, 1.0)):
        if mine.any():
            words = kind if alpha == 1.0 else None
            axes.scatter(sheet["x"][mine], sheet["y"][mine], alpha=alpha, label=words, zorder=3, **look)


# --- gathering --------------------------------------------------------------------------------------------------------


def _over(view: View, columns: dict[str, Column]) -> Sheet:
    places, shape = grid_points(view, 2)
    x, y = places.T.reshape(2, *shape)
    return Sheet({"x": x, "y": y, **columns}, {"x": UNIT, "y": UNIT})


def _real(game: Game) -> Sheet:
    shown = ShownReal(game, SHOWN)
    return points(to_numpy(shown()), None if shown.labels is None else shown.labels.cpu().numpy())


def _manifold(seen: Picture) -> Sheet:
    if "grid" not in seen.arrays:
        raise ExportError("layers.manifold: needs a latent of one or two dimensions")
    grid = seen.arrays["grid"]
    return Sheet({"x": grid[..., 0], "y": grid[..., 1]}, {"x": UNIT, "y": UNIT})


def _arrows(origin: Column, vectors: Column, unit: str) -> Sheet:
    columns = {"x": origin[..., 0], "y": origin[..., 1], "dx": vectors[..., 0], "dy": vectors[..., 1]}
    return Sheet(columns, {"x": UNIT, "y": UNIT, "dx": unit, "dy": unit})


def _modes(game: Game) -> Sheet:
    modes = game.data.modes
    if modes is None:
        raise ExportError("layers.modes: these data have no modes")
    covariances = modes.covariances
    columns: dict[str, Column] = {
        "x": modes.centres[:, 0],
        "y": modes.centres[:, 1],
        "xx": covariances[:, 0, 0],
        "xy": covariances[:, 0, 1],
        "yy": covariances[:, 1, 1],
        "weight": modes.weights,
    }
    return Sheet(columns, {"x": UNIT, "y": UNIT} | dict.fromkeys(("xx", "xy", "yy"), f"{UNIT} squared"))


def _truth(visit: Visit, layers: Layers, view: View) -> dict[str, Sheet]:
    """The best D and what goes with it, and the plan."""
    game = visit.run.game
    experiment, data = game.experiment, game.data
    critic = isinstance(experiment.objective, Wasserstein)
    if layers.ratio and (reason := no_density(experiment, data)):
        raise ExportError(f"layers.ratio: {reason}")
    if (layers.optimal or layers.difference) and (reason := no_optimum(experiment, data, game.objective)):
        raise ExportError(f"layers.optimal: {reason}")
    if layers.difference and critic:
        raise ExportError("layers.difference: away from the transport segments other potentials are as good")
    sheets: dict[str, Sheet] = {}
    columns: dict[str, Column] = {}
    if layers.plan or (layers.optimal and critic):
        transport = look(visit, "transport", view).arrays
        if layers.plan:
            start, end = transport["start"], transport["end"]
            both = {"x": start[:, 0], "y": start[:, 1], "x_to": end[:, 0], "y_to": end[:, 1]}
            sheets["plan"] = Sheet(both, dict.fromkeys(both, UNIT))
        if layers.optimal and critic:
            columns["optimal"] = transport["optimal"]
    if layers.ratio or (not critic and (layers.optimal or layers.difference)):
        truth = look(visit, "truth", view).arrays
        wanted = [name for name in ("optimal", "difference", "ratio") if getattr(layers, name)]
        columns |= {name: truth[name] for name in wanted if name not in columns}
    if columns:
        sheets["best"] = _over(view, columns)
    return sheets


# --- drawing ----------------------------------------------------------------------------------------------------------


def _surface(sheets: Sheets) -> Filling:
    return Filling("surface", "value", sheets.words["surface"], sheets.numbers["low"], sheets.numbers["high"])


def _fill(axes: Axes, sheets: Sheets, filling: Filling, ink: Ink) -> AxesImage:
    values = np.asarray(sheets[filling.sheet][filling.column], np.float64)
    middle = (filling.low + filling.high) / 2
    known = np.clip(np.where(np.isnan(values), middle, values), filling.low, filling.high)
    table = ink.diverging.reversed() if sheets.numbers["falls"] else ink.diverging
    n = sheets.numbers
    rows, columns = values.shape
    half_x, half_y = (n["right"] - n["left"]) / (columns - 1) / 2, (n["top"] - n["bottom"]) / (rows - 1) / 2
    extent = (n["left"] - half_x, n["right"] + half_x, n["bottom"] - half_y, n["top"] + half_y)
    return axes.imshow(
        known,
        cmap=table,
        vmin=filling.low,
        vmax=filling.high,
        extent=extent,
        origin="lower",
        interpolation="bilinear" if ink.dots <= _FINE * columns else "bicubic",
        zorder=0,
    )


def _contours(axes: Axes, sheets: Sheets, filling: Filling, ink: Ink) -> None:
    sheet = sheets[filling.sheet]
    values = np.ma.masked_invalid(np.asarray(sheet[filling.column], np.float64))
    span = filling.high - filling.low
    for share, strength in ((0.25, 0.35), (0.5, 0.75), (0.75, 0.35)):
        level = filling.low + share * span
        if values.count() and values.min() < level < values.max():
            colour = ink.soft(ink.colours.text, strength)
            axes.contour(
                sheet["x"], sheet["y"], values, [level], colors=[colour], linewidths=0.6 * ink.unit, linestyles="solid"
            )


def _draw_modes(axes: Axes, modes: Sheet, ink: Ink) -> None:
    for x, y, xx, xy, yy in zip(*(modes[name] for name in ("x", "y", "xx", "xy", "yy")), strict=True):
        values, vectors = np.linalg.eigh(np.array([[xx, xy], [xy, yy]], np.float64))
        width, height = 6.0 * np.sqrt(np.maximum(values, 0.0))
        angle = math.degrees(math.atan2(vectors[1, 0], vectors[0, 0]))
        look = {"fill": False, "edgecolor": ink.soft(ink.colours.text, 0.7), "linewidth": 0.6 * ink.unit}
        axes.add_patch(Ellipse((float(x), float(y)), width, height, angle=angle, linestyle=(0, (2.0, 1.5)), **look))


def net_of(grid: Sheet) -> tuple[FloatArray, FloatArray]:
    """The edges (n, 2, 2) of a net of points (rows, columns), and how long each is, (n,); not finite ones left out."""
    nodes = np.stack((grid["x"], grid["y"]), axis=-1).astype(np.float64)
    edges = np.concatenate(
        [
            np.stack((nodes[:, :-1], nodes[:, 1:]), axis=2).reshape(-1, 2, 2),
            np.stack((nodes[:-1], nodes[1:]), axis=2).reshape(-1, 2, 2),
        ]
    )
    edges = edges[np.isfinite(edges).all(axis=(1, 2))]
    return edges, np.hypot(*(edges[:, 1] - edges[:, 0]).T)


def draw_net(axes: Axes, grid: Sheet, ink: Ink) -> None:
    """The edges of a net; where the generator stretches it there is little mass, so it fades."""
    edges, lengths = net_of(grid)
    unit, shortest = float(np.median(lengths)) if len(lengths) else 0.0, 0.0
    for limit, strength in TIERS:
        mine = edges[(lengths >= shortest) & (lengths < limit * unit)] if unit else edges[:0]
        colour = ink.soft(ink.colours.fake, strength)
        axes.add_collection(LineCollection(list(mine), colors=colour, linewidths=0.5 * ink.unit, zorder=2))
        shortest = limit * unit


def _segments(axes: Axes, plan: Sheet, ink: Ink) -> None:
    ends = np.stack([plan["x"], plan["y"], plan["x_to"], plan["y_to"]], axis=1).reshape(-1, 2, 2)
    colour = ink.soft(ink.colours.truth, 0.8)
    axes.add_collection(LineCollection(list(ends), colors=colour, linewidths=0.6 * ink.unit, zorder=2))


def quiver_on_grid(axes: Axes, field: Sheet, sheets: Sheets, colour: str, ink: Ink, *, full: float) -> None:
    """Arrows in the middle of the cells of a grid; a norm of `full` fills its cell."""
    n = sheets.numbers
    rows, columns = field["x"].shape
    cell = min((n["right"] - n["left"]) / columns, (n["top"] - n["bottom"]) / rows)
    norm = np.hypot(field["dx"], field["dy"]).astype(np.float64)
    _quiver(axes, field, colour, ink, _CELL * cell * np.minimum(norm / full, 1.0), pivot="middle")


def _arrows_at_samples(axes: Axes, sheets: Sheets, ink: Ink) -> None:
    n, arrows = sheets.numbers, sheets["gradients"]
    norm = np.hypot(arrows["dx"], arrows["dy"]).astype(np.float64)
    lengths = _ARROW * (n["right"] - n["left"]) * np.minimum(norm / percentile(norm, 90.0), 1.4)
    _quiver(axes, arrows, ink.soft(ink.colours.text, 0.85), ink, lengths, pivot="tail")


def _quiver(
    axes: Axes, arrows: Sheet, colour: str, ink: Ink, lengths: FloatArray, *, pivot: Literal["middle", "tail"]
) -> None:
    """Arrows of such lengths in the units of the axes."""
    vectors = np.stack((arrows["dx"], arrows["dy"])).astype(np.float64)
    drawn = vectors * (lengths / np.maximum(np.hypot(*vectors), 1e-30))
    shape: Any = {"headwidth": 4.0, "headlength": 4.5, "headaxislength": 4.0, "minlength": 0.5}
    axes.quiver(
        *(arrows["x"], arrows["y"], *drawn),
        angles="xy",
        scale_units="xy",
        scale=1.0,
        pivot=pivot,
        color=colour,
        units="inches",
        width=0.6 * ink.unit / 72,
        zorder=4,
        **shape,
    )


def percentile(values: Column, share: float) -> float:
    """Of the finite ones, and never 0."""
    finite = np.asarray(values, np.float64)[np.isfinite(values)]
    return max(float(np.percentile(finite, share)), 1e-30) if finite.size else 1e-30
