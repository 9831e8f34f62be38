"""What the way of a training through parameter space tells: rotation, and how successive updates agree."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class PathAngle(NamedTuple):
    """Along a straight path, for each share of it (S,): the cosine between the path's direction and the field, and
    the field's norm.

    A cosine that changes sign from 1 to -1 where the norm has its minimum is an attracting point; a bump in it is
    rotation (Berard et al. 2020, fig. 2; their field has the opposite sign).
    """

    shares: FloatArray
    cosine: FloatArray
    norm: FloatArray


def path_angle(
    field: Callable[[FloatArray], FloatArray], start: FloatArray, end: FloatArray, shares: FloatArray
) -> PathAngle:
    """For the field (P,) -> (P,) along the points start + share (end - start); shares beyond 1 look past the end.

    The cosine is NaN where the field vanishes.
    """
    values = np.stack([field(start + share * (end - start)) for share in shares])
    return PathAngle(shares, _cosines(values, (end - start)[None]), np.linalg.norm(values, axis=1))


def update_norms(points: FloatArray) -> FloatArray:
    """The lengths (T - 1,) of the updates between successive parameters (T, P)."""
    norms: FloatArray = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return norms


def update_cosines(points: FloatArray) -> FloatArray:
    """The cosines (T - 2,) between successive updates of parameters (T, P): near 1 steady, near -1 zigzag."""
    updates = np.diff(points, axis=0)
    return _cosines(updates[1:], updates[:-1])


def _cosines(a: FloatArray, b: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    cosines = np.full(len(lengths), np.nan)
    np.divide((a * b).sum(1), lengths, out=cosines, where=lengths > 0)
    return cosines
