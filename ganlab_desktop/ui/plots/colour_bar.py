"""What the colours of a picture mean, as a thin bar with its values."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.plots.tables import Table
from ganlab_desktop.ui.plots.text import tabular

_THICK, _GAP = 8.0, 6.0


class ColourBar(QWidget):
    """The bar, a name before it and the values at its ends."""

    def __init__(self, name: str, length: int = 96, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._length = length
        self.name = name
        self.low = self.high = ""
        self._colours = DARK
        self._image: QImage | None = None
        self.setFont(tabular(self.font(), 11))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def set_table(self, table: Table) -> None:
        self._image = QImage(np.ascontiguousarray(table).data, 256, 1, 1024, QImage.Format.Format_RGB32).copy()
        self.update()

    def set_values(self, name: str, low: str, high: str) -> None:
        if (name, low, high) != (self.name, self.low, self.high):
            self.name, self.low, self.high = name, low, high
            self.setAccessibleDescription(f"{low} – {high}")
            self.updateGeometry()
            self.update()

    def apply_theme(self, colours: Colours) -> None:
        self._colours = colours
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        words = sum(metrics.horizontalAdvance(text) + _GAP for text in (self.name, _room(self.low), _room(self.high)))
        return QSize(round(words + self._length + _GAP + 2), 18)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = QFontMetricsF(self.font())
        baseline = (self.height() + metrics.capHeight()) / 2
        painter.setPen(QPen(self._colours.secondary))
        x = self.width() - metrics.horizontalAdvance(_room(self.high)) - 1
        painter.drawText(QPointF(x, baseline), self.high)
        x -= _GAP + self._length
        if self._image is not None:
            painter.drawImage(QRectF(x, (self.height() - _THICK) / 2, self._length, _THICK), self._image)
        x -= _GAP + metrics.horizontalAdvance(self.low)
        painter.drawText(QPointF(x, baseline), self.low)
        x = max(x - 2 * _GAP - metrics.horizontalAdvance(self.name), 0.0)
        painter.drawText(QPointF(x, baseline), self.name)


def _room(text: str) -> str:
    """What takes as much room as a value is given, so that the bar stands still while its values change."""
    return text if len(text) > 6 else "−88.88"
