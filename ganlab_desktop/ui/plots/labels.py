"""Names of curves beside where they begin, apart from each other."""

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.text import tabular

_VEIL = 150  # of 255
_TIGHT = 0.8  # of a line's height: text has air above and below


class EndLabels:
    """A name over the left end of each curve. Names that would cover each other move apart; that of a curve which lies
    beyond the range stays at its edge."""

    def __init__(self, plot: Plot, names: Mapping[str, str]) -> None:
        self._plot = plot
        self.items = {key: pg.TextItem(name, anchor=(0.0, 1.0)) for key, name in names.items()}
        for item in self.items.values():
            item.setFont(tabular(plot.font(), 11))
            item.setZValue(4)
            plot.add(item)
        self.clear()

    def clear(self) -> None:
        for item in self.items.values():
            item.hide()

    def apply_theme(self, inks: Mapping[str, str], ground: str) -> None:
        """Take on a colour for each name, on a ground that lets a little of the curves through."""
        veil = QColor(ground)
        veil.setAlpha(_VEIL)
        for key, item in self.items.items():
            item.setColor(inks[key])
            item.fill = pg.mkBrush(veil)

    def place(self, x: NDArray[np.float64], curves: Mapping[str, NDArray[np.float64]]) -> None:
        """Name these curves, each (N,) over x (N,); those without a finite value stay nameless."""
        self.clear()
        left, right, bottom, top = self._plot.visible_box()
        line = (top - bottom) / max(self._plot.view.height(), 1.0)
        begins = {key: np.flatnonzero(np.isfinite(y)) for key, y in curves.items()}
        ends = sorted((float(curves[key][at[0]]), key) for key, at in begins.items() if len(at))
        height = _TIGHT * line * max((self.items[key].boundingRect().height() for _, key in ends), default=0.0)
        free, places = bottom, {}
        for y, key in ends:
            places[key] = max(y, free)
            free = places[key] + height
        free = top
        for key in reversed(places):
            places[key] = min(places[key], free - height)
            free = places[key]
        across = (right - left) / max(self._plot.view.width(), 1.0)
        for key, y in places.items():
            last = right - self.items[key].boundingRect().width() * across
            self.items[key].setPos(max(left, min(float(x[begins[key][0]]), last)), y)
            self.items[key].show()
