"""Runs as pages of a notebook."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.palette import LIGHT

_WIDTH, _HEIGHT = 480, 120  # of the drawing
_MOST = 240  # points of a curve
_MARGIN = 4


def run_page(experiment: Experiment, step: int, path: Path | None, curves: Mapping[str, NDArray[Any]]) -> str:
    """A run as HTML: what it is, where it stands, and its losses."""
    rows = {
        "step": f"{step:,} of {experiment.schedule.steps:,}",
        "data": type(experiment.data).__name__,
        "objective": type(experiment.objective).__name__,
        "file": str(path) if path is not None else "in memory",
    }
    cells = "".join(f"<tr><th align='left'>{name}</th><td>{escape(text)}</td></tr>" for name, text in rows.items())
    return f"<b>{escape(experiment.title or 'Run')}</b><table>{cells}</table>{_losses(curves)}"


def _losses(curves: Mapping[str, NDArray[Any]]) -> str:
    """The losses of both players as a drawing with a legend; nothing where there are none."""
    named = {"discriminator_loss": ("D", LIGHT.discriminator, ""), "generator_loss": ("G", LIGHT.fake, "6 3")}
    drawn = {name: _thinned(curves[name]) for name in named}
    finite = np.concatenate([values[np.isfinite(values)] for values in drawn.values()])
    if len(finite) < 2:
        return ""
    low, high = float(finite.min()), float(finite.max())
    lines, legend = "", ""
    for name, values in drawn.items():
        title, colour, dashes = named[name]
        points = " ".join(
            f"{_MARGIN + (_WIDTH - 2 * _MARGIN) * place / max(len(values) - 1, 1):.1f},"
            f"{_HEIGHT - _MARGIN - (_HEIGHT - 2 * _MARGIN) * (value - low) / ((high - low) or 1.0):.1f}"
            for place, value in enumerate(values.tolist())
            if np.isfinite(value)
        )
        lines += f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-dasharray='{dashes}'/>"
        last = values[np.isfinite(values)]
        word = f"loss of {title}{' (dashed)' if dashes else ''}: {last[-1]:.3g}" if len(last) else ""
        legend += f"<span style='color:{colour}'>{word}</span> &nbsp; "
    style = f"background:{LIGHT.panel}; border:1px solid {LIGHT.hairline}"
    size = f"width='{_WIDTH}' height='{_HEIGHT}' style='{style}'"
    return f"<svg {size} role='img' aria-label='losses over the steps'>{lines}</svg><br><small>{legend}</small>"


def _thinned(values: NDArray[Any]) -> NDArray[Any]:
    """At most so many means of equally long parts of a curve."""
    every = max(1, -(-len(values) // _MOST))
    count = len(values) // every
    means: NDArray[Any] = values[: count * every].reshape(count, every).mean(1)
    return means
