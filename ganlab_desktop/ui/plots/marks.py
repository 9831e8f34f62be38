"""The marks that tell meanings apart without colour, drawn small in headers and on buttons as they are in the plots."""

import math
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

Mark = Literal[
    "", "line", "dash", "round", "diamond", "square", "waves", "net", "arrow", "field", "ring", "ratio", "star", "delta"
]
SIZE = 14.0  # pixels


def draw_mark(painter: QPainter, mark: Mark, corner: QPointF, colour: str) -> None:
    """Draw a mark into the square of SIZE at its upper left corner."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(corner)
    pen = QPen(QColor(colour), 1.4)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark in _FILLED:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(QColor(colour)))
    _DRAW[mark](painter)
    painter.restore()


def mark_icon(mark: Mark, on: str, off: str, disabled: str, ratio: float = 1.0) -> QIcon:
    """The mark as a button's icon: in one colour where the button is checked, in others elsewhere."""
    icon = QIcon()
    normal, faded = QIcon.Mode.Normal, QIcon.Mode.Disabled
    checked, unchecked = QIcon.State.On, QIcon.State.Off
    for ink, mode, state in (
        (on, normal, checked),
        (off, normal, unchecked),
        (disabled, faded, checked),
        (disabled, faded, unchecked),
    ):
        picture = QPixmap(round(SIZE * ratio), round(SIZE * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        draw_mark(painter, mark, QPointF(0, 0), ink)
        painter.end()
        icon.addPixmap(picture, mode, state)
    return icon


def _lines(*corners: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in corners])


def _net(painter: QPainter) -> None:
    for place in (4.5, 9.5):
        painter.drawLine(QPointF(1.5, place), QPointF(12.5, place))
        painter.drawLine(QPointF(place, 1.5), QPointF(place, 12.5))


def _arrow(painter: QPainter) -> None:
    painter.drawLine(QPointF(2.5, 11.5), QPointF(11.5, 2.5))
    painter.drawPolyline(_lines((6.0, 2.5), (11.5, 2.5), (11.5, 8.0)))


def _field(painter: QPainter) -> None:
    for y in (3.5, 10.5):
        painter.drawLine(QPointF(1.5, y), QPointF(12.5, y))
        painter.drawPolyline(_lines((10.0, y - 2.3), (12.5, y), (10.0, y + 2.3)))


def _waves(painter: QPainter) -> None:
    for y in (4.8, 9.2):
        path = QPainterPath(QPointF(1.0, y))
        path.cubicTo(QPointF(4.5, y - 5.5), QPointF(9.5, y + 5.5), QPointF(13.0, y))
        painter.drawPath(path)


def _star(painter: QPainter) -> None:
    radii, turn = (6.2, 2.6), math.pi / 5
    corners = [(radii[k % 2], k * turn) for k in range(10)]
    painter.drawPolygon(_lines(*((7 + r * math.sin(a), 7.4 - r * math.cos(a)) for r, a in corners)))


def _ratio(painter: QPainter) -> None:
    painter.drawLine(QPointF(2, 7), QPointF(12, 7))
    painter.setBrush(painter.pen().color())
    for y in (3.0, 11.0):
        painter.drawEllipse(QPointF(7, y), 1.0, 1.0)


_FILLED = {"round", "diamond", "square", "star"}
_DRAW = {
    "": lambda painter: None,
    "line": lambda painter: painter.drawLine(QPointF(1, 7), QPointF(13, 7)),
    "dash": lambda painter: painter.drawLines([QPointF(1, 7), QPointF(5.5, 7), QPointF(8.5, 7), QPointF(13, 7)]),
    "round": lambda painter: painter.drawEllipse(QRectF(2.5, 2.5, 9, 9)),
    "diamond": lambda painter: painter.drawPolygon(_lines((7, 1.2), (12.8, 7), (7, 12.8), (1.2, 7))),
    "square": lambda painter: painter.drawRect(QRectF(2.2, 2.2, 9.6, 9.6)),
    "ring": lambda painter: painter.drawEllipse(QRectF(2.2, 2.2, 9.6, 9.6)),
    "waves": _waves,
    "net": _net,
    "arrow": _arrow,
    "field": _field,
    "ratio": _ratio,
    "star": _star,
    "delta": lambda painter: painter.drawPolygon(_lines((7, 2), (12.4, 12), (1.6, 12))),
}
