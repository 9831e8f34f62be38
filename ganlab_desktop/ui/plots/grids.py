"""Functions known on a regular grid over a box: finer pictures of them, and values between the points."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.ui.plots.contours import Box


def refined(values: NDArray[np.generic], factor: int = 3) -> NDArray[np.float32]:
    """Values (rows, columns) at ((rows - 1) factor + 1, ...) points, by Catmull-Rom splines along both axes.

    Linear interpolation alone shows the grid as star-shaped creases.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # a diverged network's picture has holes
        return np.ascontiguousarray(_along_rows(_along_rows(values.astype(np.float32), factor).T, factor).T)


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


def _along_rows(values: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Splines along the first axis, as sums of slices: a matrix product would wake the threads of the BLAS, which
    compete with the training for the cores."""
    rows = len(values)
    padded = np.concatenate([values[:1], values, values[-1:]])
    fine = np.empty(((rows - 1) * factor + 1, *values.shape[1:]), np.float32)
    fine[::factor] = values
    for step, (a, b, c, d) in enumerate(_weights(factor), start=1):
        fine[step::factor] = a * padded[:-3] + b * padded[1:-2] + c * padded[2:-1] + d * padded[3:]
    return fine


@cache
def _weights(factor: int) -> NDArray[np.float32]:
    """Catmull-Rom weights (factor - 1, 4) of the four points around the places between two of them."""
    t = np.arange(1, factor) / factor
    weights = [
        -0.5 * t + t**2 - 0.5 * t**3,
        1.0 - 2.5 * t**2 + 1.5 * t**3,
        0.5 * t + 2.0 * t**2 - 1.5 * t**3,
        -0.5 * t**2 + 0.5 * t**3,
    ]
    return np.stack(weights, axis=1).astype(np.float32)
