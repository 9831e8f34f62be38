"""Images side by side."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ganlab_desktop.export.ink import Ink
from ganlab_desktop.export.sheets import Column
from ganlab_desktop.palette import rgb

_FINEST = 64  # pixels along an image, into which its own are divided, so that the gaps can be thin
_GAP = 3  # of them


def mosaic(axes: Axes, images: Column, columns: int, ink: Ink, spaced: tuple[int, ...] = ()) -> NDArray[np.float64]:
    """Draw images (N, H, W, C), bytes, in rows of so many; a wider gap goes before the columns in `spaced`. The middles
    of the columns (K,) along the axes."""
    count, height, width, depth = images.shape
    larger = max(1, _FINEST // height)
    high, wide = height * larger, width * larger
    rows = -(-count // columns)
    lefts = np.array(
        [place * (wide + _GAP) + 4 * _GAP * sum(at <= place for at in spaced) for place in range(columns)], float
    )
    sheet = np.empty((rows * (high + _GAP) - _GAP, int(lefts[-1]) + wide, 3))
    sheet[:] = rgb(ink.colours.panel)
    for number, image in enumerate(images):
        row, column = divmod(number, columns)
        pixels = np.repeat(np.repeat(np.asarray(image, np.float64) / 255.0, larger, 0), larger, 1)
        top, left = row * (high + _GAP), int(lefts[column])
        sheet[top : top + high, left : left + wide] = pixels if depth == 3 else np.repeat(pixels, 3, 2)
    axes.imshow(sheet, interpolation="nearest", extent=(0, sheet.shape[1], sheet.shape[0], 0))
    axes.spines[:].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    middles: NDArray[np.float64] = lefts + wide / 2
    return middles


def name_rows(axes: Axes, names: list[str], rows: int, height: int) -> None:
    """Names at the left of the rows of a mosaic of images of a height."""
    high = max(1, _FINEST // height) * height
    axes.set_yticks([row * (high + _GAP) + high / 2 for row in range(rows)], names, rotation=0)
    axes.tick_params(axis="y", length=0.0)


def name_columns(axes: Axes, middles: NDArray[np.float64], names: list[str]) -> None:
    """Names above the columns."""
    axes.set_xticks(list(middles), names)
    axes.tick_params(axis="x", length=0.0, top=False, labeltop=True, bottom=False, labelbottom=False)


def shape_of(images: Column, columns: int) -> float:
    """Height over width of a mosaic."""
    count, height, width, _ = images.shape
    return float(-(-count // columns) * height / (columns * width))
