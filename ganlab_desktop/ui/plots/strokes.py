"""Many short lines as one curve: arrows, ellipses and nets as x and y arrays, joined in pairs."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.generic]
Strokes = tuple[NDArray[np.float64], NDArray[np.float64]]

_HEAD = 0.28  # length of an arrow's head as a share of the arrow
_SPREAD = 0.40  # radians between the shaft and either side of the head
_DASHES = 32  # strokes around an ellipse


def arrows(origin: Points, vector: Points) -> Strokes:
    """Arrows at origin (n, 2) with their heads at origin + vector (n, 2): three strokes each, x and y (6 n,).

    Arrows with a coordinate that is not finite are left out.
    """
    finite = np.isfinite(origin).all(axis=1) & np.isfinite(vector).all(axis=1)
    start, along = origin[finite].astype(np.float64), vector[finite].astype(np.float64)
    tip = start + along
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    back, side = _HEAD * np.cos(_SPREAD) * along, _HEAD * np.sin(_SPREAD) * across
    strokes = np.stack([start, tip, tip, tip - back + side, tip, tip - back - side], axis=1)
    return strokes[:, :, 0].ravel(), strokes[:, :, 1].ravel()


def ellipses(centres: Points, covariances: Points, sigmas: float = 3.0) -> Strokes:
    """Dashed lines at `sigmas` standard deviations around centres (K, 2) with covariances (K, 2, 2)."""
    values, axes = np.linalg.eigh(covariances.astype(np.float64))
    stretch = axes * (sigmas * np.sqrt(np.maximum(values, 0.0)))[:, None, :]
    angle = np.arange(2 * _DASHES) * (np.pi / _DASHES)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    ring = centres[:, :, None] + stretch @ circle
    return ring[:, 0].ravel(), ring[:, 1].ravel()


def net(grid: Points) -> tuple[Strokes, NDArray[np.float64]]:
    """The edges of a net of points (rows, columns, 2), and how long each is, (n,); not finite ones left out."""
    edges = np.concatenate(
        [
            np.stack([grid[:, :-1], grid[:, 1:]], axis=2).reshape(-1, 2, 2),
            np.stack([grid[:-1], grid[1:]], axis=2).reshape(-1, 2, 2),
        ]
    ).astype(np.float64)
    edges = edges[np.isfinite(edges).all(axis=(1, 2))]
    length = np.hypot(*(edges[:, 1] - edges[:, 0]).T)
    return (edges[:, :, 0].ravel(), edges[:, :, 1].ravel()), length
