"""Names of curves beside where they begin, apart from each other."""

from collections.abc import Mapping, Sequence

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
        tall = max((self.items[key].boundingRect().height() for _, key in ends), default=0.0)
        height, highest = _TIGHT * tall, (top - bottom) / line - tall / 2
        # Counted in pixels from the bottom up, and of the middles of the names, which stand on their places.
        middles = apart([(y - bottom) / line + tall / 2 for y, _ in ends], height, highest + height / 2)
        places = {key: bottom + (y - tall / 2) * line for (_, key), y in zip(ends, middles, strict=True)}
        across = (right - left) / max(self._plot.view.width(), 1.0)
        for key, y in places.items():
            last = right - self.items[key].boundingRect().width() * across
            self.items[key].setPos(max(left, min(float(x[begins[key][0]]), last)), y)
            self.items[key].show()


def apart(wanted: Sequence[float], height: float, room: float) -> list[float]:
    """The places nearest to those wanted for the middles of labels of a height, in the same order of size, at which
    none covers another and all lie between 0 and `room`, as far as there is room."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    placed = list(wanted)
    free = height / 2
    for at in order:
        placed[at] = max(placed[at], free)
        free = placed[at] + height
    free = room - height / 2
    for at in reversed(order):
        placed[at] = min(placed[at], free)
        free = placed[at] - height
    return placed
