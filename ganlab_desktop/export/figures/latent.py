"""What the generator makes of a plane of latents."""

from dataclasses import replace

from matplotlib.collections import LineCollection

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exploration import Exploration
from ganlab_desktop.experiment.exports.parts import LatentPart
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.figures.images import mosaic, shape_of
from ganlab_desktop.export.figures.plane import draw_net, net_of, scatter
from ganlab_desktop.export.figures.samples import real_points
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, fits, look, see, view_of
from ganlab_desktop.export.sheets import UNIT, Sheet, Sheets
from ganlab_desktop.measure.probes.manifold import latent_grid

_CORNERS = (("A", 0, 0, "left"), ("B", -1, 0, "right"), ("C", 0, -1, "left"))


def gather(visit: Visit, part: LatentPart, tell: Tell) -> Sheets:
    """The images of the plane through three latents; of points a latent grid and its image."""
    game = visit.run.game
    view = view_of(game, (0.0, 0.0, 0.0, 0.0), 2)
    if game.data.image is not None:
        if not fits(visit, "latent_plane"):
            raise ExportError("latent: a generator that makes an image of another one has no plane of latents")
        wishes = Exploration(part.corners, (part.columns, part.rows), part.keeps_length)
        seen = look(visit, "latent_plane", replace(view, exploration=wishes))
        return Sheets({"images": Sheet({**seen.arrays})}, dict(seen.numbers))
    grid = see(visit, "manifold", view).arrays.get("grid")
    if grid is None or game.data.dim < 2 or game.experiment.latent.dim != 2:
        raise ExportError("latent: needs a latent and data of two dimensions, or images")
    left, right, bottom, top = view.box
    columns, rows = latent_grid(game.experiment.latent)
    sheets = {
        "latent": Sheet({"x": columns, "y": rows}, {"x": "latent units", "y": "latent units"}),
        "made": Sheet({"x": grid[..., 0], "y": grid[..., 1]}, {"x": UNIT, "y": UNIT}),
        "real": real_points(game),
    }
    return Sheets(sheets, {"left": left, "right": right, "bottom": bottom, "top": top})


def draw(figure: Canvas, sheets: Sheets, part: LatentPart, ink: Ink) -> None:
    """Images with their corners named; or the grid, of equal probability in every cell, beside what becomes of it."""
    if "images" in sheets:
        axes = figure.subplots()
        mosaic(axes, sheets["images"]["images"], part.columns, ink)
        (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        for name, across, down, side in _CORNERS:
            place = (left if across == 0 else right, top if down == 0 else bottom)
            above = down == 0
            axes.annotate(
                name,
                place,
                xytext=(0.0, 2.0 * ink.unit if above else -2.0 * ink.unit),
                textcoords="offset points",
                ha=side,
                va="bottom" if above else "top",
                fontweight="bold",
            )
        return
    before, after = figure.subplots(1, 2, width_ratios=(1.0, 1.0))
    n = sheets.numbers
    edges, _ = net_of(sheets["latent"])
    before.add_collection(LineCollection(list(edges), colors=ink.soft(ink.colours.fake, 0.8), linewidths=ink.hairline))
    before.autoscale_view()
    before.set_xlabel("z, first")
    before.set_ylabel("z, second")
    draw_net(after, sheets["made"], ink)
    scatter(after, sheets["real"], ink, kind="real")
    after.set_xlim(n["left"], n["right"])
    after.set_ylim(n["bottom"], n["top"])
    after.set_xlabel(ink.text(f"G(z), x ({UNIT})"))
    after.set_ylabel("y")
    for axes in (before, after):
        axes.set_aspect("equal")
        ink.dress(axes, grid=False, ticks=4)


def aspect(sheets: Sheets, part: LatentPart, ink: Ink) -> float:
    """Height over width."""
    if "images" in sheets:
        return shape_of(sheets["images"]["images"], part.columns) + 0.08
    return 0.54
