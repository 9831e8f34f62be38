"""Which way the game turns: the smallest game of the same kind, and this one near where it stands."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.parts import DynamicsPart
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.figures.plane import quiver_on_grid
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, fits, look, view_of
from ganlab_desktop.export.sheets import Sheet, Sheets

_CIRCLE = np.linspace(0.0, 2.0 * np.pi, 181)


def gather(visit: Visit, part: DynamicsPart, tell: Tell) -> Sheets:
    """The Dirac-GAN's field, paths and eigenvalues, and the spectrum of the run's own game."""
    if not fits(visit, "dynamics"):
        raise ExportError("dynamics: this game's losses are not functions of single samples of points")
    seen = look(visit, "dynamics", view_of(visit.run.game, (0.0, 0.0, 0.0, 0.0), 2))
    arrays = seen.arrays
    sheets: dict[str, Sheet] = {}
    if part.which != "own" and "field" in arrays:
        vectors = arrays["field"]
        n = seen.numbers
        side = n["left"] + (np.arange(vectors.shape[1]) + 0.5) * (n["right"] - n["left"]) / vectors.shape[1]
        theta, psi = np.meshgrid(side, side)
        sheets["field"] = Sheet({"x": theta, "y": psi, "dx": vectors[..., 0], "dy": vectors[..., 1]})
        sheets |= {name: _pairs(arrays[name], "theta", "psi") for name in ("flow", "descent")}
        if "step_eigenvalues" in arrays:
            sheets["step_eigenvalues"] = _pairs(arrays["step_eigenvalues"], "real", "imaginary")
    if part.which != "smallest" and "spectrum" in arrays:
        sheets["spectrum"] = _pairs(arrays["spectrum"], "real", "imaginary")
    if not sheets:
        raise ExportError("dynamics: the smallest GAN does not know this objective, and this game has no spectrum")
    return Sheets(sheets, dict(seen.numbers))


def _pairs(values: NDArray[np.generic], first: str, second: str) -> Sheet:
    return Sheet({first: values[:, 0], second: values[:, 1]})


def draw(figure: Canvas, sheets: Sheets, part: DynamicsPart, ink: Ink) -> None:
    """The phase plane beside the eigenvalues of a step and of the run's game."""
    drawings = {"field": _plane, "step_eigenvalues": _circle, "spectrum": _spectrum}
    there = [name for name in drawings if name in sheets]
    widths = {"field": 1.3}
    rows: Any = [there] if len(there) < 3 else [["field", "step_eigenvalues"], ["spectrum", "spectrum"]]
    ratios = [widths.get(name, 1.0) for name in rows[0]]
    heights = [1.0] if len(rows) == 1 else [1.0, 0.7]
    for name, axes in figure.subplot_mosaic(rows, width_ratios=ratios, height_ratios=heights).items():
        drawings[name](axes, sheets, ink)


def _plane(axes: Axes, sheets: Sheets, ink: Ink) -> None:
    n, field, colours = sheets.numbers, sheets["field"], ink.colours
    longest = float(np.hypot(field["dx"], field["dy"]).max())
    quiver_on_grid(axes, field, sheets, ink.soft(colours.text, 0.4), ink, full=max(longest, 1e-30))
    flow, descent = sheets["flow"], sheets["descent"]
    axes.plot(flow["theta"], flow["psi"], label="flow", **ink.truth)
    axes.plot(descent["theta"], descent["psi"], label="steps", color=colours.discriminator)
    axes.plot([0.0], [0.0], "o", color=colours.real, markersize=3.0 * ink.unit)
    axes.set_xlim(n["left"], n["right"])
    axes.set_ylim(n["bottom"], n["top"])
    axes.set_aspect("equal")
    ink.dress(axes, grid=False, ticks=4)
    axes.set_xlabel("theta of G")
    axes.set_ylabel("psi of D")
    ink.legend(axes)


def _circle(axes: Axes, sheets: Sheets, ink: Ink) -> None:
    values = sheets["step_eigenvalues"]
    axes.plot(np.cos(_CIRCLE), np.sin(_CIRCLE), **ink.truth)
    axes.plot(values["real"], values["imaginary"], "o", color=ink.colours.discriminator, markersize=3.0 * ink.unit)
    axes.set_aspect("equal")
    axes.margins(0.12)
    ink.dress(axes, grid=False, ticks=4)
    axes.set_title("one step")
    axes.set_xlabel("real part")
    axes.set_ylabel("imaginary part")


def _spectrum(axes: Axes, sheets: Sheets, ink: Ink) -> None:
    values = sheets["spectrum"]
    axes.axvline(0.0, zorder=1, **ink.truth)
    axes.plot(values["real"], values["imaginary"], "o", color=ink.colours.discriminator, markersize=2.6 * ink.unit)
    axes.margins(0.1)
    ink.dress(axes, ticks=4)
    axes.set_title("eigenvalues of this game")
    axes.set_xlabel("real part")
    axes.set_ylabel("imaginary part")


def aspect(sheets: Sheets, part: DynamicsPart, ink: Ink) -> float:
    """Height over width."""
    return {1: 0.8, 2: 0.56}.get(sum(name in sheets for name in ("field", "step_eigenvalues", "spectrum")), 0.98)
