"""One picture file as a square of bytes, whatever its format, depth, colours and orientation."""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from ganlab_desktop.gan.data.images.pictures import Bytes

LARGEST = 100_000_000  # pixels
_UNSAFE = {"EPS"}  # read by another program, which runs what is in the file
_METHOD = Image.Resampling.LANCZOS


@cache
def formats() -> tuple[str, ...]:
    """The formats that are read."""
    Image.init()
    return tuple(name for name in Image.ID if name not in _UNSAFE)


@cache
def suffixes() -> frozenset[str]:
    """The endings that files of these formats have."""
    known = formats()
    return frozenset(suffix for suffix, name in Image.registered_extensions().items() if name in known)


def read_picture(file: Path, size: int, channels: int, fit: str, background: str) -> Bytes:
    """The picture, or the first of an animated one, flat (channels size size), channels first.

    `fit` is crop or pad, `background` black or white. Raises whatever Pillow raises for a damaged file.
    """
    with Image.open(file, formats=formats()) as opened:
        if opened.width * opened.height > LARGEST:
            raise ValueError(f"has more than {LARGEST:,} pixels")
        opened.draft(None, (2 * size, 2 * size))  # large JPEGs are decoded at half their size or less
        opened.load()
        image = _opaque(_eight_bits(ImageOps.exif_transpose(opened)), background)
    image = image if image.mode in ("L", "RGB") else image.convert("RGB")
    image = image.convert("L" if channels == 1 else "RGB")
    if fit == "crop":
        image = ImageOps.fit(image, (size, size), _METHOD)
    else:
        image = ImageOps.pad(image, (size, size), _METHOD, color=background)
    return np.asarray(image, np.uint8).reshape(size, size, channels).transpose(2, 0, 1).ravel()


def _eight_bits(image: Image.Image) -> Image.Image:
    """Greys of 16 bits as 255ths of their range; floating point numbers from 0 to 1, or else from 0 to 255."""
    if image.mode.startswith("I"):
        return Image.fromarray(np.rint(np.asarray(image).clip(0, 65535) / 257).astype(np.uint8))
    if image.mode == "F":
        values = np.asarray(image)
        if not np.isfinite(values).all():
            raise ValueError("holds a value that is not finite")
        return Image.fromarray(np.rint(values.clip(0, 255) * (255 if values.max() <= 1 else 1)).astype(np.uint8))
    return image


def _opaque(image: Image.Image, background: str) -> Image.Image:
    """The picture on a ground where it is see-through."""
    if not image.has_transparency_data:
        return image
    seen = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, background), seen).convert("RGB")
