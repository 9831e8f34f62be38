"""Filled bars and steps as one item each."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

_WIDTH = 0.72  # of the distance between two bars


def bar_outline(heights: NDArray[np.generic]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bars of these heights around 1, 2, 3, ... as one outline that a curve item fills down to 0."""
    centres = np.arange(1.0, len(heights) + 1.0)
    corners = np.array([-_WIDTH, -_WIDTH, _WIDTH, _WIDTH]) / 2
    x = (centres[:, None] + corners).ravel()
    shown = np.nan_to_num(heights.astype(np.float64))
    y = (shown[:, None] * np.array([0.0, 1.0, 1.0, 0.0])).ravel()
    return x, y


def marks_over(heights: NDArray[np.generic]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A dashed stroke over each bar at these heights: points to be joined in pairs."""
    centres = np.arange(1.0, len(heights) + 1.0)
    x = (centres[:, None] + np.array([-0.44, -0.16, 0.06, 0.34])).ravel()
    return x, np.repeat(heights.astype(np.float64), 4)


def step_curve(**options: Any) -> pg.PlotCurveItem:
    """An empty histogram: n + 1 edges and n heights. pyqtgraph refuses one without any bin."""
    return pg.PlotCurveItem([0.0, 1.0], [0.0], stepMode="center", **options)


def filled_curve() -> pg.PlotCurveItem:
    """An empty curve that fills down to 0."""
    curve = pg.PlotCurveItem(pen=None, fillLevel=0.0, antialias=False)
    curve.setSkipFiniteCheck(True)
    return curve
