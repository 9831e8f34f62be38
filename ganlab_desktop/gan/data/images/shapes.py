"""Circles, squares, triangles and stars in colour, whose size, place, turn and hue are known factors."""

import math

import numpy as np

from ganlab_desktop.experiment.images import Shapes
from ganlab_desktop.gan.data.distribution import FloatArray, Labels
from ganlab_desktop.gan.data.images.pictures import (
    Bytes,
    Pictures,
    read_pictures,
    remembered,
    watch,
)
from ganlab_desktop.gan.data.images.strokes import Maps, centres, coverage, distances, hues, inside, painted
from ganlab_desktop.gan.streams import Stream, Streams

NAMES = ("circle", "square", "triangle", "star")
FACTORS = ("size", "x", "y", "rotation", "hue")

_BLOCK = 1000  # images whose factors are drawn together
_PIXELS = 1 << 16  # that are drawn together, so that they stay in the processor's cache
_SIZE, _SIZE_REACH, _PLACE_REACH = 0.55, 0.3, 0.35  # the reaches to either side, at full variation
_INNER = 0.45  # radius of a star's inner corners, where that of the outer ones is 1
_RADIUS = np.float32(0.9)  # of a circle, to be about as large as the others


def _corners(count: int, inner: float = 1.0) -> Maps:
    """Corners (count, 2) of a polygon on the unit circle, the first at its top, every second one nearer."""
    angles = np.arange(count) * 2 * math.pi / count
    radii = np.where(np.arange(count) % 2, inner, 1.0)
    return np.stack((radii * np.sin(angles), -radii * np.cos(angles)), 1).astype(np.float32)


_POLYGONS = {
    1: np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32) * np.float32(0.8),
    2: _corners(3),
    3: _corners(10, _INNER),
}
_SYMMETRY = np.array([360.0, 90.0, 120.0, 72.0])  # the turn, in degrees, after which a shape looks the same


@read_pictures.register
def _shapes(spec: Shapes) -> Pictures:
    return remembered(spec, lambda: _made(spec))


def _made(spec: Shapes) -> Pictures:
    labels, factors = factors_of(spec)
    return Pictures(drawn(labels, factors, spec.size), labels, NAMES, factors, FACTORS)


def factors_of(spec: Shapes) -> tuple[Labels, FloatArray]:
    """Which shape each image shows (N,), and its factors (N, F) as FACTORS names them: size and place in units of half
    a side, the rotation in degrees clockwise below the turn that changes nothing, the hue in turns."""
    streams, labels, factors = Streams(spec.seed), [], []
    for block in range(-(-spec.count // _BLOCK)):
        rng = streams.at(block, Stream.LAYOUT)
        shape = rng.integers(len(NAMES), size=_BLOCK)
        size = _SIZE + spec.jitter * _SIZE_REACH * rng.uniform(-1.0, 1.0, _BLOCK)
        place = spec.jitter * _PLACE_REACH * rng.uniform(-1.0, 1.0, (2, _BLOCK))
        rotation = _SYMMETRY[shape] * rng.uniform(0.0, 1.0, _BLOCK) * min(1.0, spec.jitter * 2)
        labels.append(shape)
        factors.append(np.stack((size, *place, np.where(shape == 0, 0.0, rotation), rng.random(_BLOCK)), 1))
    return np.concatenate(labels)[: spec.count], np.concatenate(factors)[: spec.count]


def drawn(labels: Labels, factors: FloatArray, size: int) -> Bytes:
    """The shapes `labels` (N,) as flat images (N, 3 size size), drawn by factors (N, F)."""
    count = len(labels)
    images = np.empty((count, 3 * size * size), np.uint8)
    together = max(1, _PIXELS // size**2)
    done = 0
    for label in range(len(NAMES)):
        alike = np.flatnonzero(labels == label)
        for start in range(0, len(alike), together):
            watch(done, count)
            chosen = alike[start : start + together]
            part = factors[chosen].astype(np.float32)
            images[chosen] = painted(coverage(_depth(label, part, size)), hues(part[:, 4]))
            done += len(chosen)
    return images


def _depth(label: int, factors: Maps, size: int) -> Maps:
    """How deep each pixel's middle is inside the shape, below 0 outside: (N, size, size)."""
    scale, x, y, rotation = factors.T[:4, :, None]
    if label == 0:
        at = centres(size)
        depth: Maps = scale[..., None] * _RADIUS - np.sqrt((at - x)[:, None, :] ** 2 + (at - y)[:, :, None] ** 2)
        return depth
    cosine, sine = np.cos(np.radians(rotation)), np.sin(np.radians(rotation))
    across, down = _POLYGONS[label].T
    corners = np.stack((scale * (cosine * across - sine * down) + x, scale * (sine * across + cosine * down) + y), -1)
    away = distances(corners, np.roll(corners, -1, 1), size)
    return away * np.where(inside(corners, size), np.float32(1), np.float32(-1))
