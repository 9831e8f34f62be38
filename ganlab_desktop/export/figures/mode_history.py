"""Births and deaths of modes over the steps."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.parts import ModeHistoryPart
from ganlab_desktop.export.curves import steps_axis
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, look, measured, view_of
from ganlab_desktop.export.sheets import Sheet, Sheets, table

_FULL = 2.0  # times a mode's weight, at which the colours end
_MOST = 600  # looks that are drawn


def gather(visit: Visit, part: ModeHistoryPart, tell: Tell) -> Sheets:
    """The shares of good samples at each mode, or at neighbours where there are many, by step."""
    game = visit.run.game
    if game.data.image is not None or game.data.modes is None:
        raise ExportError("mode-history: these data have no modes")
    seen = look(visit, "modes", view_of(game, (0.0, 0.0, 0.0, 0.0), 2)).arrays
    steps, columns = measured(visit, "modes", tell, visit.run.standing.data_since)
    used = {name: columns[name] for name in list(columns)[: len(seen["weights"])]}
    rows = {"weight": seen["weights"], "first": seen["first"], "last": seen["last"]}
    return Sheets({"shares": table(steps, used), "rows": Sheet(rows)})


def draw(figure: Canvas, sheets: Sheets, part: ModeHistoryPart, ink: Ink) -> None:
    """One row a mode, from bottom up: dark where it is dead, the middle of the colours at its own weight. Each look
    stands for the steps around it."""
    axes = figure.subplots()
    shares, weights = sheets["shares"], sheets["rows"]["weight"].astype(float)
    every = -(-len(shares["step"]) // _MOST)
    steps = shares["step"][::every].astype(float)
    filled = np.stack([shares[name][::every] for name in shares.columns if name != "step"]) / weights[:, None]
    edges = np.array([steps[0], *(steps[1:] + steps[:-1]) / 2, max(steps[-1], steps[0] + 1.0)])
    rows = np.arange(len(weights) + 1) + 0.5
    mesh = axes.pcolormesh(edges, rows, filled, cmap=ink.sequential, vmin=0.0, vmax=_FULL, rasterized=True)
    steps_axis(axes, ink)
    axes.grid(visible=False)
    axes.yaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.set_ylabel("mode")
    ink.colour_bar(figure, mesh, axes, "share / weight")


def aspect(sheets: Sheets, part: ModeHistoryPart, ink: Ink) -> float:
    """Height over width."""
    return 0.55
