"""Anti-aliased drawing of lines and polygons, many images at a time, in squares from -1 to 1 with y downwards."""

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.data.images.pictures import Bytes

Maps = NDArray[np.float32]


def centres(size: int) -> Maps:
    """Where the middles of pixels lie along a side: (size,)."""
    return ((2 * np.arange(size, dtype=np.float32) + 1) / size - 1).astype(np.float32)


def distances(starts: Maps, ends: Maps, size: int) -> Maps:
    """How far each pixel's middle is from the nearest of some segments: (N, size, size).

    `starts` and `ends` are the segments' ends (N, S, 2) as (x, y).
    """
    at = centres(size)
    count = len(starts)
    nearest = np.full((count, size, size), np.inf, np.float32)
    along, off, square = (np.empty_like(nearest) for _ in range(3))
    for start, end in zip(starts.swapaxes(0, 1), ends.swapaxes(0, 1), strict=True):
        x, y = at - start[:, :1], at - start[:, 1:]  # (N, size) from the segment's start
        u, v = (end - start).T[..., None]
        length = np.maximum(u * u + v * v, np.float32(1e-12))
        np.add((x * u / length)[:, None, :], (y * v / length)[:, :, None], out=along)
        np.clip(along, 0, 1, out=along)
        np.multiply(along, u[..., None], out=off)
        np.subtract(x[:, None, :], off, out=off)
        np.multiply(off, off, out=square)
        np.multiply(along, v[..., None], out=off)
        np.subtract(y[:, :, None], off, out=off)
        np.multiply(off, off, out=off)
        square += off
        np.minimum(nearest, square, out=nearest)
    return np.sqrt(nearest, out=nearest)


def inside(corners: Maps, size: int) -> NDArray[np.bool_]:
    """Whether each pixel's middle is inside a polygon of corners (N, S, 2), by the even-odd rule: (N, size, size)."""
    at = centres(size)
    within = np.zeros((len(corners), size, size), bool)
    for start, end in zip(corners.swapaxes(0, 1), np.roll(corners, -1, 1).swapaxes(0, 1), strict=True):
        (x0, y0), (x1, y1) = start.T[..., None], end.T[..., None]
        crosses = (at < y0) != (at < y1)  # (N, size) by row
        with np.errstate(divide="ignore", invalid="ignore"):
            border = x0 + (at - y0) * (x1 - x0) / (y1 - y0)
        within ^= crosses[:, :, None] & (at[None, None, :] < border[:, :, None])
    return within


def coverage(depth: Maps) -> Maps:
    """How much of each pixel is covered, 0 to 1, by how deep its middle is inside (below 0: outside), (N, size,
    size)."""
    covered: Maps = np.clip(depth * np.float32(depth.shape[1] / 2) + np.float32(0.5), 0, 1)
    return covered


def painted(covered: Maps, colours: Maps) -> Bytes:
    """Coverages (N, size, size) in colours (N, C) from 0 to 1 on black, as flat images (N, C size size)."""
    values = covered.reshape(len(covered), 1, -1) * (colours * np.float32(255))[..., None]
    return np.rint(values).astype(np.uint8).reshape(len(covered), -1)


def hues(turns: Maps) -> Maps:
    """Bright colours (N, 3) of hues (N,), of which 0 to 1 is one turn: red, green, blue, red."""
    pure = np.clip(np.abs((turns[:, None] * 6 + np.array([0, 4, 2], np.float32)) % 6 - 3) - 1, 0, 1)
    colours: Maps = (0.15 + 0.85 * pure).astype(np.float32)
    return colours
