"""The letters that mark chosen images, the same wherever they are shown."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.plots.text import tabular

LETTERS, NUMBERS = "ABC", "123"  # of generated and of real images
_LARGEST, _SMALLEST = 14.0, 9.0  # pixels a side
_SHARE = 0.45  # of an image's side


def draw_badge(painter: QPainter, image: QRectF, letters: str, colours: Colours, *, real: bool = False) -> None:
    """A frame around an image in the colour of what it is, and its letters in its upper left corner."""
    ink = QColor(colours.real if real else colours.fake)
    painter.save()
    painter.setPen(QPen(ink, 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(image)
    side = min(_LARGEST, max(_SMALLEST, _SHARE * image.width()))
    place = QRectF(image.x() - 1.0, image.y() - 1.0, side * (0.4 + 0.6 * len(letters)), side)
    painter.fillRect(place, ink)
    painter.setFont(tabular(painter.font(), round(0.8 * side), bold=True))
    painter.setPen(QColor(colours.panel))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, letters)
    painter.restore()
