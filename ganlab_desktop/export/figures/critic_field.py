"""How steep the discriminator or critic is, and where."""

import numpy as np
from matplotlib.axes import Axes

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.parts import CriticFieldPart
from ganlab_desktop.experiment.pictures import BRIGHT, slope_one_is_marked
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.figures.plane import cell_centres, quiver_on_grid
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, see, view_of
from ganlab_desktop.export.sheets import UNIT, Sheet, Sheets
from ganlab_desktop.measure.probes.critic_field import SIDE
from ganlab_desktop.measure.probes.probe import grid_points

_SLOPE = "1 / network unit"


def gather(visit: Visit, part: CriticFieldPart, tell: Tell) -> Sheets:
    """The norm over the view, the gradient's direction in cells, and the norm's distribution at three kinds of
    points."""
    game = visit.run.game
    if game.data.image is not None:
        raise ExportError("critic-field: images have no plane; see --what samples or latent")
    view = view_of(game, part.view, SIDE, part.class_shown)
    seen = see(visit, "critic_field", view)
    places, shape = grid_points(view, game.data.dim)
    columns = {name: places[:, place].reshape(shape) for place, name in enumerate("xy"[: game.data.dim])}
    sheets = {"norm": Sheet(columns | {"norm": seen.arrays["norm"]}, dict.fromkeys(columns, UNIT) | {"norm": _SLOPE})}
    if "quiver" in seen.arrays:
        centres, vectors = cell_centres(seen.arrays["quiver"].shape[:2], view), seen.arrays["quiver"]
        arrows = {"x": centres[..., 0], "y": centres[..., 1], "dx": vectors[..., 0], "dy": vectors[..., 1]}
        sheets["field"] = Sheet(arrows, {"x": UNIT, "y": UNIT, "dx": _SLOPE, "dy": _SLOPE})
    if part.histogram:
        edges = seen.arrays["edges"]
        bins = {
            "from": edges[:-1],
            "to": edges[1:],
            **{name: seen.arrays[name] for name in ("real", "fake", "between")},
        }
        sheets["distribution"] = Sheet(bins, {"from": _SLOPE, "to": _SLOPE})
    return Sheets(sheets, dict(seen.numbers) | {"held_at_one": float(slope_one_is_marked(game.experiment))})


def draw(figure: Canvas, sheets: Sheets, part: CriticFieldPart, ink: Ink) -> None:
    """The map and, beside it, the distribution; dashed the norm of the best Wasserstein critic."""
    first, *more = ink.pair(figure, (1.0, 0.55), (1.15, 1.0)) if part.histogram else [figure.subplots()]
    (_map if "field" in sheets else _curve)(figure, first, sheets, ink)
    for axes in more:
        _histogram(axes, sheets, ink)


def _map(figure: Canvas, axes: Axes, sheets: Sheets, ink: Ink) -> None:
    n, norm = sheets.numbers, sheets["norm"]["norm"]
    top = max(float(np.nanpercentile(norm, BRIGHT)), 1e-12)
    half = (n["right"] - n["left"]) / (SIDE - 1) / 2, (n["top"] - n["bottom"]) / (SIDE - 1) / 2
    extent = (n["left"] - half[0], n["right"] + half[0], n["bottom"] - half[1], n["top"] + half[1])
    image = axes.imshow(
        norm, cmap=ink.sequential, vmin=0.0, vmax=top, extent=extent, origin="lower", interpolation="bicubic"
    )
    quiver_on_grid(axes, sheets["field"], sheets, ink.on_map, ink, full=top)
    axes.set_xlim(n["left"], n["right"])
    axes.set_ylim(n["bottom"], n["top"])
    axes.set_aspect("equal", anchor="NW")
    ink.dress(axes, grid=False, ticks=4)
    axes.set_xlabel(ink.text(f"x ({UNIT})"))
    axes.set_ylabel("y")
    ink.colour_bar(figure, image, axes, "norm of grad D")


def _curve(figure: Canvas, axes: Axes, sheets: Sheets, ink: Ink) -> None:
    norm = sheets["norm"]
    axes.plot(norm["x"].ravel(), norm["norm"].ravel(), color=ink.colours.discriminator)
    axes.set_ylim(bottom=0.0)
    ink.dress(axes, ticks=4)
    axes.set_xlabel(ink.text(f"x ({UNIT})"))
    axes.set_ylabel("norm of grad D")


def _histogram(axes: Axes, sheets: Sheets, ink: Ink) -> None:
    bins, colours = sheets["distribution"], ink.colours
    edges = np.append(bins["from"], bins["to"][-1:])
    looks = (
        ("real", "real", {"color": colours.real, "linestyle": "solid"}),
        ("fake", "generated", {"color": colours.fake, "linestyle": (0, (4.0, 1.2, 1.0, 1.2))}),
        ("between", "between", {"color": colours.secondary, "linestyle": (0, (1.2, 1.2))}),
    )
    for name, words, how in looks:
        axes.stairs(bins[name], edges, label=words, linewidth=ink.line, **how)
    if sheets.numbers["held_at_one"]:
        axes.axvline(1.0, zorder=1, **ink.truth)
    axes.set_xlim(0.0, float(edges[-1]))
    axes.set_ylim(bottom=0.0)
    ink.dress(axes, ticks=4)
    axes.set_xlabel("norm of grad D")
    axes.set_ylabel("density")
    ink.legend(axes)


def aspect(sheets: Sheets, part: CriticFieldPart, ink: Ink) -> float:
    """Height over width."""
    if not part.histogram:
        return 0.86
    return 1.42 if ink.narrow else 0.46
