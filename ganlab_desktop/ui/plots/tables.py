"""Colour tables: 256 colours as (256,) uint32 in Qt's RGB32 layout."""

from functools import cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from ganlab_desktop import palette
from ganlab_desktop.palette import Colours

Table = NDArray[np.uint32]


@cache
def diverging(colours: Colours) -> Table:
    """Fake, neutral panel colour, real: both ends muted."""
    return _packed(255.0 * np.array(palette.diverging(colours)))


@cache
def cividis() -> Table:
    """Norms and densities: cividis (Nunez, Anderton and Renslow 2018), safe for colour-blind eyes."""
    return _packed(np.asarray(pg.colormap.get("cividis").getLookupTable(nPts=256))[:, :3])


def _packed(rgb: NDArray[np.generic]) -> Table:
    red, green, blue = np.rint(rgb).astype(np.uint32).T
    return (0xFF << 24 | red << 16 | green << 8 | blue).astype(np.uint32)
