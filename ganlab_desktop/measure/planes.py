"""Planes in a space of many dimensions, in coordinates that keep distances."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class Plane(NamedTuple):
    """origin (D,) and two orthonormal directions (2, D); one that is missing is 0. `share` is that of the variance of
    samples which the plane holds, where it is fitted to some."""

    origin: FloatArray
    directions: FloatArray
    share: float = float("nan")

    def at(self, places: NDArray[np.floating]) -> NDArray[np.float32]:
        """The points (N, D) at places (N, 2)."""
        points: NDArray[np.float32] = (self.origin + places @ self.directions).astype(np.float32)
        return points

    def places(self, samples: NDArray[np.floating]) -> NDArray[np.float32]:
        """Where samples (N, D) lie when they are brought to the plane the shortest way: (N, 2)."""
        found: NDArray[np.float32] = ((samples - self.origin) @ self.directions.T).astype(np.float32)
        return found


def plane_through(points: NDArray[np.floating]) -> Plane:
    """The plane through three points (3, D): the first is its origin, the second lies on its first axis."""
    origin, second, third = points.astype(np.float64)
    first = _unit(second - origin)
    away = third - origin
    return Plane(origin, np.stack((first, _unit(away - (away @ first) * first))))


def principal_plane(samples: NDArray[np.floating]) -> Plane:
    """The plane through the mean of samples (N, D), N > 1, along their first two principal components. The largest
    entry of either direction is positive, so that equal samples have equal planes."""
    mean = samples.mean(0, dtype=np.float64)
    centred = samples - mean
    count, dim = centred.shape
    values, vectors = np.linalg.eigh(centred.T @ centred if dim <= count else centred @ centred.T)
    found = vectors[:, :-3:-1].T if dim <= count else vectors[:, :-3:-1].T @ centred
    directions = np.zeros((2, dim))
    for row, direction in enumerate(found):
        unit = _unit(direction)
        directions[row] = unit * (np.sign(unit[np.abs(unit).argmax()]) or 1.0)
    total = float(np.maximum(values, 0.0).sum())
    return Plane(mean, directions, float(values[-2:].sum()) / total if total > 0 else float("nan"))


def _unit(vector: FloatArray) -> FloatArray:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-9 else np.zeros_like(vector)
