"""What the generator makes: images side by side, or points."""

import numpy as np
from matplotlib.axes import Axes

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.parts import SamplesPart
from ganlab_desktop.export.figures.images import mosaic, name_columns, name_rows, shape_of
from ganlab_desktop.export.figures.plane import scatter
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, see, view_of
from ganlab_desktop.export.sheets import UNIT, Column, Sheet, Sheets, points
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes.probe import to_numpy
from ganlab_desktop.measure.probes.samples import SHOWN, ShownReal
from ganlab_desktop.measure.probes.wall import SIDE

_BLOCKS = 3  # of pairs beside each other in a row
_PAIR = {"inputs": "given", "images": "made", "targets": "target"}


def gather(visit: Visit, part: SamplesPart, tell: Tell) -> Sheets:
    """The wall's images with their classes or pairs, or the canvas's points."""
    game = visit.run.game
    view = view_of(game, (0.0, 0.0, 0.0, 0.0), 2)
    if game.data.image is not None:
        seen = see(visit, "wall", view).arrays
        return Sheets({"images": Sheet({**seen})})
    seen = see(visit, "samples", view).arrays
    sheets = {"generated": points(seen["fake"], seen.get("labels"))}
    if part.real:
        sheets["real"] = real_points(game)
    left, right, bottom, top = view.box
    return Sheets(sheets, {"left": left, "right": right, "bottom": bottom, "top": top})


def real_points(game: Game) -> Sheet:
    """The run's shown real samples."""
    shown = ShownReal(game, SHOWN)
    return points(to_numpy(shown()), None if shown.labels is None else shown.labels.cpu().numpy())


def draw(figure: Canvas, sheets: Sheets, part: SamplesPart, ink: Ink) -> None:
    """Rows of images, or real discs and generated diamonds."""
    axes = figure.subplots()
    if "images" not in sheets:
        _points(axes, sheets, ink)
        return
    shown, columns = _shown(sheets["images"], part)
    if "targets" in sheets["images"]:
        middles = mosaic(axes, shown, columns, ink, spaced=tuple(range(len(_PAIR), columns, len(_PAIR))))
        name_columns(axes, middles, [ink.text(word) for word in _PAIR.values()] * (columns // len(_PAIR)))
        return
    mosaic(axes, shown, columns, ink)
    if "labels" in sheets["images"]:
        labels = sheets["images"]["labels"][: len(shown) : columns]
        name_rows(axes, [str(label) for label in labels], len(labels), shown.shape[1])
        axes.set_ylabel("class asked for")


def _shown(sheet: Sheet, part: SamplesPart) -> tuple[Column, int]:
    """The images in the order of their drawing, and how many stand in a row."""
    images = sheet["images"]
    if "targets" not in sheet:
        return images[: part.rows * SIDE], SIDE
    deepest = max(sheet[name].shape[3] for name in _PAIR)
    columns = [np.broadcast_to(sheet[name], (*sheet[name].shape[:3], deepest)) for name in _PAIR]
    in_turn = np.stack(columns, axis=1).reshape(-1, *columns[0].shape[1:])
    rows = min(part.rows, len(images) // _BLOCKS)
    return in_turn[: rows * _BLOCKS * len(_PAIR)], _BLOCKS * len(_PAIR)


def _points(axes: Axes, sheets: Sheets, ink: Ink) -> None:
    n = sheets.numbers
    on_line = "y" not in sheets["generated"]
    for kind in ("real", "generated"):
        if kind not in sheets:
            continue
        if on_line:
            colour = ink.colours.real if kind == "real" else ink.colours.fake
            style = "-" if kind == "real" else "--"
            axes.hist(
                sheets[kind]["x"],
                bins=60,
                range=(n["left"], n["right"]),
                density=True,
                histtype="step",
                color=colour,
                label=kind,
                linestyle=style,
                linewidth=ink.line,
            )
        else:
            shown = Sheet({name: values for name, values in sheets[kind].columns.items() if name != "labels"})
            scatter(axes, shown, ink, kind=kind)
    axes.set_xlim(n["left"], n["right"])
    axes.set_xlabel(ink.text(f"x ({UNIT})"))
    axes.set_ylabel("density" if on_line else "y")
    if not on_line:
        axes.set_ylim(n["bottom"], n["top"])
        axes.set_aspect("equal")
    ink.dress(axes, grid=on_line)
    ink.legend(axes)


def aspect(sheets: Sheets, part: SamplesPart, ink: Ink) -> float:
    """Height over width."""
    if "images" not in sheets:
        n = sheets.numbers
        return 0.62 if "y" not in sheets["generated"] else (n["top"] - n["bottom"]) / (n["right"] - n["left"])
    shown, columns = _shown(sheets["images"], part)
    return shape_of(shown, columns) + (0.06 if "targets" in sheets["images"] else 0.0)
