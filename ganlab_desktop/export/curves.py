"""Curves over steps: their running mean, and few enough points to be drawn."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter
from numpy.typing import NDArray

from ganlab_desktop.experiment.running_mean import RunningMean
from ganlab_desktop.export.ink import Ink
from ganlab_desktop.export.sheets import Column

Floats = NDArray[np.float64]

_EARLY = 0.02  # of the last step: curves that begin before it are shown from step 0 on
_MARKED = 40  # looks up to which each is marked
_MOST = 1200  # points of a drawn curve


def running_mean(values: Column) -> Floats:
    """The exponential mean (n,) of values (n,), without its pull towards the start value 0 (Kingma and Ba 2015,
    section 3); gaps of NaN are bridged."""
    mean, _ = RunningMean()(np.asarray(values, np.float64)[:, None])
    return mean[:, 0]


def thinned(steps: Column, values: Column) -> tuple[Floats, Floats, Floats, Floats]:
    """Steps, the least, the greatest and the mean value of equally many rows each, no more than can be drawn."""
    every = -(-len(steps) // _MOST)
    count = len(steps) // every if every else 0
    rows = np.asarray(values, np.float64)[: count * every].reshape(count, -1)
    at = np.asarray(steps, np.float64)[every - 1 : count * every : every] if every else np.empty(0)
    return at, rows.min(axis=1, initial=np.inf), rows.max(axis=1, initial=-np.inf), rows.mean(axis=1)


def curve(axes: Axes, steps: Column, values: Column, ink: Ink, colour: str, words: str, *, raw: bool = True) -> None:
    """A noisy curve: its running mean, and faint behind it, if wanted, between which values it lies."""
    if raw:
        at, low, high, _ = thinned(steps, values)
        faint = ink.soft(colour, 0.3)
        axes.fill_between(at, low, high, color=faint, linewidth=0.4 * ink.unit, zorder=1)
    at, _, _, mean = thinned(steps, running_mean(values))
    axes.plot(at, mean, color=colour, label=ink.text(words), zorder=3)


def line(axes: Axes, steps: Column, values: Column, ink: Ink, colour: str, words: str) -> None:
    """A curve as it was measured; few looks are marked."""
    at, _, _, mean = thinned(steps, values)
    (drawn,) = axes.plot(at, mean, color=colour, label=ink.text(words), zorder=3)
    if len(at) <= _MARKED:
        drawn.set_marker("o")
        drawn.set_markersize(1.8 * ink.unit)


def steps_axis(axes: Axes, ink: Ink, ticks: int = 5) -> None:
    """The axis of steps, of few round numbers."""
    ink.dress(axes, ticks=ticks, whole="x")
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.set_xlabel("step")
    left, right = axes.dataLim.intervalx
    left = 0.0 if left <= _EARLY * right else left
    axes.set_xlim(left, max(right + 0.01 * (right - left), left + 1.0))
