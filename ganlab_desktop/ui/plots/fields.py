"""Vector fields on a regular grid of cells."""

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.ui.plots.contours import Box
from ganlab_desktop.ui.plots.strokes import Strokes, arrows
from ganlab_desktop.wire.messages import Picture

_LONGEST = 0.95  # an arrow's length at the full norm, in cells
_SHORTEST = 0.12  # below this share of a cell an arrow is a speck and is left out


def box_of(picture: Picture) -> Box:
    """The part of the plane that a picture shows: left, right, bottom, top."""
    n = picture.numbers
    return n["left"], n["right"], n["bottom"], n["top"]


def cell_centres(side: tuple[int, int], box: Box) -> NDArray[np.float64]:
    """Centres (rows, columns, 2) of the cells that divide a box."""
    rows, columns = side
    x = box[0] + (np.arange(columns) + 0.5) * (box[1] - box[0]) / columns
    y = box[2] + (np.arange(rows) + 0.5) * (box[3] - box[2]) / rows
    return np.stack(np.meshgrid(x, y), axis=2)


def quiver(vectors: NDArray[np.generic], box: Box, full: float) -> Strokes:
    """Arrows for vectors (rows, columns, 2) centred in the cells of a box; a norm of `full` fills its cell."""
    rows, columns = vectors.shape[:2]
    cell = min((box[1] - box[0]) / columns, (box[3] - box[2]) / rows)
    vectors = vectors.reshape(-1, 2).astype(np.float64)
    norm = np.hypot(vectors[:, 0], vectors[:, 1])
    with np.errstate(invalid="ignore", divide="ignore"):
        length = np.minimum(norm / full, 1.0) * _LONGEST * cell
        drawn = vectors * (length / norm)[:, None]
    seen = length > _SHORTEST * cell
    centres = cell_centres((rows, columns), box).reshape(-1, 2)
    return arrows((centres - drawn / 2)[seen], drawn[seen])
