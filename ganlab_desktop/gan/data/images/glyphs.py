"""Digits drawn as strokes, whose form and place are known factors.

What varies is drawn in blocks of a counter-based stream, so that an image depends on the seed and its number alone.
"""

import math
from itertools import pairwise

import numpy as np

from ganlab_desktop.experiment.images import Glyphs, image_shape
from ganlab_desktop.gan.data.distribution import FloatArray, Labels
from ganlab_desktop.gan.data.images.pictures import (
    Bytes,
    Pictures,
    read_pictures,
    remembered,
    watch,
)
from ganlab_desktop.gan.data.images.strokes import Maps, coverage, distances, hues, painted
from ganlab_desktop.gan.streams import Stream, Streams

FACTORS = ("slant", "thickness", "scale", "width", "tilt", "bend", "x", "y", "hue")  # the hue has no effect in grey

_BLOCK = 1000  # images whose factors are drawn together
_PIXELS = 1 << 16  # that are drawn together, so that they stay in the processor's cache
_MIDDLE = np.array([0.0, 0.2, 0.7, 1.0, 0.0, 0.0, 0.0, 0.0, 0.5])
_REACH = np.array([0.0, 0.1, 0.16, 0.3, 0.16, 0.16, 0.18, 0.18, 0.0])  # to either side, at full variation

Polyline = list[tuple[float, float]]


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Polyline:
    """Part of an ellipse, by angles in degrees from the right over the bottom."""
    steps = max(2, round(abs(end - start) / 22))
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


_SIX = [[*_arc(0.5, 0.4, 1.05, 1.33, 262, 180), *_arc(0.0, 0.4, 0.55, 0.54, 180, 540)]]
_STROKES: tuple[list[Polyline], ...] = (
    [_arc(0.0, 0.0, 0.58, 0.95, 0, 360)],
    [[(-0.38, -0.55), (0.05, -0.95), (0.05, 0.95)]],
    [[*_arc(0.0, -0.4, 0.56, 0.55, 190, 390), (-0.58, 0.95), (0.6, 0.95)]],
    [[*_arc(-0.04, -0.48, 0.52, 0.47, 200, 450), *_arc(-0.04, 0.46, 0.6, 0.49, 270, 520)]],
    [[(0.25, 0.95), (0.25, -0.95), (-0.6, 0.35), (0.62, 0.35)]],
    [[(0.52, -0.95), (-0.4, -0.95), (-0.46, -0.1), *_arc(-0.02, 0.36, 0.58, 0.59, 235, 510)]],
    _SIX,
    [[(-0.55, -0.95), (0.55, -0.95), (-0.12, 0.95)]],
    [_arc(0.0, -0.48, 0.47, 0.46, 0, 360), _arc(0.0, 0.46, 0.57, 0.49, 0, 360)],
    [[(-x, -y) for x, y in line] for line in _SIX],
)
_SEGMENTS = tuple(
    np.array([ends for line in lines for ends in pairwise(line)], np.float32) for lines in _STROKES
)  # of each digit: (S, 2, 2)


@read_pictures.register
def _glyphs(spec: Glyphs) -> Pictures:
    return remembered(spec, lambda: _made(spec))


def factors_of(spec: Glyphs) -> tuple[Labels, FloatArray]:
    """Which digit each image shows (N,), and its factors (N, F) as FACTORS names them: degrees for the slant, a
    multiple of the usual for the width, turns for the hue, and units of half a side for all others."""
    streams, labels, factors = Streams(spec.seed), [], []
    reach = _REACH * spec.jitter
    reach[0] = spec.slant
    for block in range(-(-spec.count // _BLOCK)):
        rng = streams.at(block, Stream.LAYOUT)
        labels.append(rng.integers(10, size=_BLOCK))
        factors.append(_MIDDLE + reach * rng.uniform(-1.0, 1.0, (_BLOCK, len(FACTORS))))
        factors[-1][:, -1] = rng.random(_BLOCK)
    return np.concatenate(labels)[: spec.count], np.concatenate(factors)[: spec.count]


def drawn(labels: Labels, factors: FloatArray, size: int, channels: int) -> Bytes:
    """The digits `labels` (N,) as flat images (N, channels size size), drawn by factors (N, F)."""
    count = len(labels)
    images = np.empty((count, channels * size * size), np.uint8)
    together = max(1, _PIXELS // size**2)
    order = np.argsort(labels, kind="stable")
    done = 0
    for digit in range(10):
        alike = order[labels[order] == digit]
        for start in range(0, len(alike), together):
            watch(done, count)
            chosen = alike[start : start + together]
            images[chosen] = _drawn(digit, factors[chosen].astype(np.float32), size, channels)
            done += len(chosen)
    return images


def _drawn(digit: int, factors: Maps, size: int, channels: int) -> Bytes:
    slant, thickness, scale, width, tilt, bend, x, y, hue = factors.T[..., None, None]
    across, down = np.moveaxis(_SEGMENTS[digit], -1, 0)  # (S, 2) each
    bent = width * across + bend * np.sin(np.float32(math.pi) * down) - np.tan(np.radians(slant)) * down
    ends = np.stack((scale * bent + x, scale * (down + tilt * across) + y), -1)
    depth = thickness / 2 - distances(ends[:, :, 0], ends[:, :, 1], size)
    colours = hues(hue[:, 0, 0]) if channels == 3 else np.ones((len(factors), 1), np.float32)
    return painted(coverage(depth), colours)


def _made(spec: Glyphs) -> Pictures:
    shape = image_shape(spec)
    assert shape is not None
    labels, factors = factors_of(spec)
    images = drawn(labels, factors, spec.size, shape[0])
    return Pictures(images, labels, tuple("0123456789"), factors, FACTORS)
