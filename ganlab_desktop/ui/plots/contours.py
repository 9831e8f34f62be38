"""Level lines of a function on a regular grid."""

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]

# Marching squares (Lorensen and Cline 1987, in two dimensions). A cell's corners, counter-clockwise from the lower
# left, give the bits 1, 2, 4, 8 where they lie above the level; its edges are 0 bottom, 1 right, 2 top, 3 left.
# Per case the edges that up to two segments join; -1 for none. The saddles 5 and 10 are told apart by the centre.
_NONE = (-1, -1)
_SEGMENTS = np.array(
    [
        (_NONE, _NONE),
        ((3, 0), _NONE),
        ((0, 1), _NONE),
        ((3, 1), _NONE),
        ((1, 2), _NONE),
        ((3, 0), (1, 2)),
        ((0, 2), _NONE),
        ((3, 2), _NONE),
        ((2, 3), _NONE),
        ((2, 0), _NONE),
        ((0, 1), (2, 3)),
        ((2, 1), _NONE),
        ((1, 3), _NONE),
        ((1, 0), _NONE),
        ((0, 3), _NONE),
        (_NONE, _NONE),
        ((0, 1), (2, 3)),  # 5 with a centre above the level
        ((3, 0), (1, 2)),  # 10 with a centre above the level
    ]
)


def contour(values: NDArray[np.generic], level: float, box: Box) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The line where `values` (rows, columns) pass through a level, as x and y (2 n,): n separate segments.

    The first and last rows and columns lie on the box's edges (left, right, bottom, top). Cells with a corner that
    is not finite are left out.
    """
    v = np.asarray(values, dtype=np.float64)
    rows, columns = v.shape
    corners = np.stack([v[:-1, :-1], v[:-1, 1:], v[1:, 1:], v[1:, :-1]])
    case = np.einsum("cij,c->ij", corners > level, np.array([1, 2, 4, 8]))
    crossed = (case > 0) & (case < 15) & np.isfinite(corners).all(axis=0)
    row, column = np.nonzero(crossed)
    if not len(row):
        return np.empty(0), np.empty(0)
    case, corners = case[row, column], corners[:, row, column]
    centre_above = corners.mean(axis=0) > level
    case = np.where((case == 5) & centre_above, 16, np.where((case == 10) & centre_above, 17, case))
    with np.errstate(divide="ignore", invalid="ignore"):  # edges without a crossing are computed and not used
        share = (level - corners) / (np.roll(corners, -1, axis=0) - corners)
    bottom, right, top, left = share
    zero, one = np.zeros(len(row)), np.ones(len(row))
    x = column + np.stack([bottom, one, 1.0 - top, zero])
    y = row + np.stack([zero, right, one, 1.0 - left])
    edges = _SEGMENTS[case].reshape(-1, 2)
    cell = np.repeat(np.arange(len(row)), 2)[edges[:, 0] >= 0]
    edges = edges[edges[:, 0] >= 0]
    return (
        box[0] + x[edges, cell[:, None]].ravel() * (box[1] - box[0]) / (columns - 1),
        box[2] + y[edges, cell[:, None]].ravel() * (box[3] - box[2]) / (rows - 1),
    )
