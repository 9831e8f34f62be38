"""Functions known on a regular grid over a box: finer pictures of them, and values between the points."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.ui.plots.contours import Box


def refined(values: NDArray[np.generic], factor: int = 3) -> NDArray[np.float32]:
    """Values (rows, columns) at `factor` times as many points, by Catmull-Rom splines along both axes.

    Linear interpolation alone shows the grid as star-shaped creases.
    """
    rows, columns = values.shape
    return _spline(rows, factor) @ values.astype(np.float32) @ _spline(columns, factor).T


def at(values: NDArray[np.generic], box: Box, x: float, y: float) -> float:
    """The value at a place by bilinear interpolation; NaN outside the box."""
    rows, columns = values.shape
    if not (box[0] <= x <= box[1] and box[2] <= y <= box[3]) or rows < 2 or columns < 2:
        return float("nan")
    u = (x - box[0]) / (box[1] - box[0]) * (columns - 1)
    v = (y - box[2]) / (box[3] - box[2]) * (rows - 1)
    column, row = min(int(u), columns - 2), min(int(v), rows - 2)
    u, v = u - column, v - row
    corners = values[row : row + 2, column : column + 2].astype(np.float64)
    return float(np.array([1.0 - v, v]) @ corners @ np.array([1.0 - u, u]))


@cache
def _spline(points: int, factor: int) -> NDArray[np.float32]:
    """Weights ((points - 1) * factor + 1, points) of the Catmull-Rom spline through the points."""
    position = np.arange((points - 1) * factor + 1) / factor
    left = np.minimum(position.astype(int), points - 2)
    t = position - left
    weights = np.stack(
        [
            -0.5 * t + t**2 - 0.5 * t**3,
            1.0 - 2.5 * t**2 + 1.5 * t**3,
            0.5 * t + 2.0 * t**2 - 1.5 * t**3,
            -0.5 * t**2 + 0.5 * t**3,
        ]
    )
    matrix = np.zeros((len(position), points), np.float32)
    for offset, weight in zip((-1, 0, 1, 2), weights, strict=True):
        np.add.at(matrix, (np.arange(len(position)), np.clip(left + offset, 0, points - 1)), weight)
    return matrix
