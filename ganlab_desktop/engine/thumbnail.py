"""A small picture of a run, by which people find its file again: the surface with samples, or generated images."""

import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from ganlab_desktop.experiment.pictures import surface_range
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.palette import DARK, diverging

SIDE = 128  # pixels
_ACROSS = 4  # generated images in a row, of which there are as many
_DIAMOND = ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0))  # pixels of a sample's marker about its place

Pixels = NDArray[np.uint8]


def drawn(seen: Mapping[str, Picture], neutral: float | None) -> bytes:
    """The PNG of what a Glance has seen; `neutral` is D's value where it cannot tell, None for a critic."""
    pixels = _mosaic(seen["wall"].arrays["images"]) if "wall" in seen else _points(seen, neutral)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _mosaic(images: NDArray[np.generic]) -> Pixels:
    """The first images (N, H, W, C) of a wall, side by side."""
    side = SIDE // _ACROSS
    wall = np.full((SIDE, SIDE, 3), _rgb(DARK.panel), np.uint8)
    for number, image in enumerate(images[: _ACROSS**2].astype(np.uint8)):
        row, column = divmod(number, _ACROSS)
        picture = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image).convert("RGB")
        place = np.s_[row * side : (row + 1) * side - 1, column * side : (column + 1) * side - 1]
        wall[place] = np.asarray(picture.resize((side - 1, side - 1)))
    return wall


def _points(seen: Mapping[str, Picture], neutral: float | None) -> Pixels:
    """Generated samples (N, dim) on the colours of the surface, plain ground where there is no discriminator; those on
    the line lie in its middle."""
    pixels, box = _surface(seen["surface"], neutral), seen["surface"].numbers
    fake = seen["samples"].arrays["fake"].astype(np.float64)
    fake = fake[np.isfinite(fake).all(axis=1)]
    x = (fake[:, 0] - box["left"]) / (box["right"] - box["left"]) * (SIDE - 1)
    y = np.full(len(fake), SIDE / 2)
    if fake.shape[1] > 1:
        y = (box["top"] - fake[:, 1]) / (box["top"] - box["bottom"]) * (SIDE - 1)
    for right, down in _DIAMOND:
        columns, rows = np.rint(x + right), np.rint(y + down)
        inside = (columns >= 0) & (columns < SIDE) & (rows >= 0) & (rows < SIDE)
        pixels[rows[inside].astype(int), columns[inside].astype(int)] = _rgb(DARK.fake)
    return pixels


def _surface(seen: Picture, neutral: float | None) -> Pixels:
    """The colours (SIDE, SIDE, 3) of a surface (R, R), the top row first."""
    values = seen.arrays.get("values", np.empty(0)).astype(np.float64)
    if not np.isfinite(values).any():
        return np.full((SIDE, SIDE, 3), _rgb(DARK.panel), np.uint8)
    low, high = surface_range(values, neutral)
    told = np.nan_to_num(np.clip((values[::-1] - low) / (high - low), 0.0, 1.0), nan=0.5)
    table = np.rint(255 * np.array(diverging(DARK))).astype(np.uint8)
    table = table[::-1] if seen.numbers.get("falling") else table
    colours = table[np.rint(told * (len(table) - 1)).astype(int)]
    return np.array(Image.fromarray(colours).resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def _rgb(colour: str) -> tuple[int, ...]:
    return ImageColor.getrgb(colour)[:3]
