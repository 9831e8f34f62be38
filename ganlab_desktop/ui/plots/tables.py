"""Colour tables: 256 colours as (256,) uint32 in Qt's RGB32 layout."""

from functools import cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from ganlab_desktop.palette import Colours

Table = NDArray[np.uint32]

_MUTED = {"dark": 0.60, "light": 0.42}  # share of the full colour at the ends, so that points of that colour stand out
_EASE = 1.25  # above 1 the middle stays neutral for longer


@cache
def diverging(colours: Colours) -> Table:
    """Fake, neutral panel colour, real: both ends muted."""
    end = _MUTED[colours.name]
    position = np.linspace(-1.0, 1.0, 256)
    share = (end * np.abs(position) ** _EASE)[:, None]
    colour = np.where(position[:, None] < 0, _rgb(colours.fake), _rgb(colours.real))
    return _packed(share * colour + (1.0 - share) * _rgb(colours.panel))


@cache
def cividis() -> Table:
    """Norms and densities: cividis (Nunez, Anderton and Renslow 2018), safe for colour-blind eyes."""
    return _packed(np.asarray(pg.colormap.get("cividis").getLookupTable(nPts=256))[:, :3])


def _rgb(colour: str) -> NDArray[np.float64]:
    ink = QColor(colour)
    return np.array([ink.red(), ink.green(), ink.blue()], dtype=np.float64)


def _packed(rgb: NDArray[np.generic]) -> Table:
    red, green, blue = np.rint(rgb).astype(np.uint32).T
    return (0xFF << 24 | red << 16 | green << 8 | blue).astype(np.uint32)
