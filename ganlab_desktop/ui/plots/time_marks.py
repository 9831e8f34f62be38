"""What stands beside the curves of a time plot: values that theory names, and steps at which something happened."""

from collections.abc import Iterator
from html import escape
from itertools import product

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.text import tabular

TRIANGLE = 8.0  # pixels: the mark of an event at the top of its line
_SHARES = (0.3, 0.45, 0.15, 0.02)  # of the width, where a level's label may begin


class Level:
    """A dashed line at a value that theory names."""

    def __init__(self, plot: Plot, value: float, label: str) -> None:
        self.value = value
        self.line = pg.InfiniteLine(value, angle=0, movable=False)
        self.text = pg.TextItem(label, anchor=(0.0, 0.0))
        self.text.setFont(tabular(plot.font(), 11))
        self.line.setZValue(2)
        self.text.setZValue(3.8)
        if label:
            self.line.setToolTip(label)
        plot.add(self.line, self.text)

    def places(self, level: float, width: float, *, above: bool) -> Iterator[QRectF]:
        """Where the label may stand beside its line in a view of a width, all in pixels; the best place first: above or
        below the line as wanted, in the left half, behind the curves' busy start."""
        box = self.text.boundingRect()
        for share, over in product(_SHARES, (above, not above)):
            yield QRectF(share * width, level - box.height() if over else level, box.width(), box.height())

    def remove(self, plot: Plot) -> None:
        plot.view.removeItem(self.line)
        plot.view.removeItem(self.text)

    def apply_theme(self, colours: Colours) -> None:
        self.line.setPen(pg.mkPen(colours.truth, style=Qt.PenStyle.DashLine))
        self.text.setColor(colours.truth)


class Event:
    """A thin line at a step with a triangle at its top and its title beside it; its text is its tooltip."""

    def __init__(self, plot: Plot, step: int, title: str, text: str) -> None:
        self.step, self.title, self.text = step, title, text
        self.line = pg.InfiniteLine(step, angle=90, movable=False)
        self.line.addMarker("v", 1.0, TRIANGLE)
        self.label = pg.TextItem(title, anchor=(0.0, 0.0))
        self.label.setFont(tabular(plot.font(), 11))
        for item in (self.line, self.label):
            item.setZValue(2)
            item.setToolTip(f"<b>{escape(title)}</b><br>{escape(text)}")
        plot.add(self.line, self.label)

    def size(self) -> tuple[float, float]:
        """Width and height of the title in pixels."""
        box = self.label.boundingRect()
        return box.width(), box.height()

    def place(self, x: float, top: float) -> None:
        self.label.setPos(x, top)

    def remove(self, plot: Plot) -> None:
        plot.view.removeItem(self.line)
        plot.view.removeItem(self.label)

    def apply_theme(self, colours: Colours) -> None:
        self.line.setPen(pg.mkPen(colours.trouble))
        self.label.setColor(colours.trouble)
        self.label.fill = pg.mkBrush(colours.panel)
