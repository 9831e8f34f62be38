"""What the canvas says about the place under the mouse."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.ui.panels.canvas.specs import BEST
from ganlab_desktop.ui.plots.fields import box_of
from ganlab_desktop.ui.plots.grids import at
from ganlab_desktop.wire.messages import Picture, Scene

_NOTHING = -745.0  # log of the smallest float64: a density of zero, finite so that it can be interpolated


class Reading(NamedTuple):
    """D(x) (or the score), density, nearest mode (counted from 1; 0 for none) and its distance in sigmas, on the line
    also the best D and the generator's density; NaN where something is not known."""

    value: float
    density: float
    mode: int
    sigmas: float
    best: float = math.nan
    generated: float = math.nan


def read(scene: Scene, pictures: Mapping[str, Picture], x: float, y: float) -> Reading:
    """Everything known about a place in the plane, or at x on the line."""
    surface, best, generated = pictures.get("surface"), math.nan, math.nan
    value = density = math.nan
    if surface is not None:
        value = value_at(surface, "values", x, y)
        if "density" in surface.arrays:
            density = math.exp(min(value_at(surface, "density", x, y), 700.0))
    mode, sigmas = nearest_mode(scene, np.array([x, y][: scene.dim]))
    if scene.dim == 1:
        for name in (BEST, "gaussians"):  # what is exact comes last
            if name in pictures and "optimal" in pictures[name].arrays:
                best = value_at(pictures[name], "optimal", x, y)
        for name in ("truth", "gaussians"):
            if name in pictures and "generated" in pictures[name].arrays:
                generated = math.exp(min(value_at(pictures[name], "generated", x, y), 700.0))
    return Reading(value, density, mode, sigmas, best, generated)


def nearest_mode(scene: Scene, place: NDArray[np.float64]) -> tuple[int, float]:
    """The mode at the smallest Mahalanobis distance from a place (dim,), counted from 1, and that distance."""
    if scene.modes is None or not len(scene.modes.weights.numpy()) or scene.dim > 2:
        return 0, math.nan
    offset = place - scene.modes.centres.numpy().astype(np.float64)
    covariances = scene.modes.covariances.numpy().astype(np.float64)
    try:
        solved = np.linalg.solve(covariances, offset[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:  # a mode without width has no sigmas
        return 0, math.nan
    distance = np.sqrt(np.maximum(np.sum(offset * solved, axis=1), 0.0))
    nearest = int(np.argmin(distance))
    return nearest + 1, float(distance[nearest])


def value_at(picture: Picture, name: str, x: float, y: float) -> float:
    """What an array over the view holds at a place; NaN outside, where it has not the array, or where that is NaN."""
    if name not in picture.arrays:
        return math.nan
    values, box = picture.arrays[name].numpy(), box_of(picture)
    values = np.maximum(values, _NOTHING) if name in ("density", "generated") else values
    if values.shape[0] == 1:  # on the line
        values, box, y = np.repeat(values, 2, axis=0), (box[0], box[1], 0.0, 1.0), 0.0
    return at(values, box, x, y)
