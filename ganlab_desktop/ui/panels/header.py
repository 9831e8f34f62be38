"""A panel's header: title, what it shows, and its key numbers at the right end."""

from html import escape
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.plots.marks import SIZE, Mark, draw_mark
from ganlab_desktop.ui.plots.text import tabular

_HEIGHT, _EDGE, _GAP = 28, 10.0, 12.0
_INNER = 4.0  # between a number's mark, label and value
_TELLING = 0.5  # share of an explanation that still says something


class Number(NamedTuple):
    """A key number: its label, its value as text, and the colour (a field of Colours) and mark of its meaning."""

    label: str
    value: str
    colour: str = "text"
    mark: Mark = ""


class Header(QWidget):
    """Painted in one go, without layouts, because its numbers change many times a second.

    Where it is narrow, the explanation is elided first and then left to the tool tip; then numbers go, the last one
    first.
    """

    def __init__(self, title: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.explanation = ""
        self.age = ""
        self.numbers: tuple[Number, ...] = ()
        self._colours = DARK
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_explanation(explanation)

    def set_numbers(self, numbers: tuple[Number, ...]) -> None:
        if numbers != self.numbers:
            self.numbers = numbers
            self._tell()
            self.update()

    def set_explanation(self, explanation: str, more: str = "") -> None:
        """What the panel shows, in a few words; the tool tip has them in full, and more."""
        self.explanation = explanation
        paragraphs = [escape(text, quote=False) for text in (explanation, more) if text]
        self.setToolTip("".join(f"<p>{text}</p>" for text in paragraphs))  # rich text wraps
        self._tell()
        self.update()

    def set_age(self, age: str) -> None:
        """How old the picture is, in words; empty where it is fresh."""
        if age != self.age:
            self.age = age
            self.update()

    def apply_theme(self, colours: Colours) -> None:
        self._colours = colours
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(round(2 * _EDGE + QFontMetricsF(self._bold()).horizontalAdvance(self.title)), _HEIGHT)

    def sizeHint(self) -> QSize:
        return QSize(300, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._colours
        bold, plain = self._bold(), tabular(self.font())
        baseline = (_HEIGHT + QFontMetricsF(plain).capHeight()) / 2
        end = _EDGE + QFontMetricsF(bold).horizontalAdvance(self.title)
        painter.setFont(bold)
        painter.setPen(QPen(colours.text))
        painter.drawText(QPointF(_EDGE, baseline), self.title)
        right = self._paint_numbers(painter, end + _GAP, baseline, bold, plain)
        painter.setFont(plain)
        metrics = QFontMetricsF(plain)
        if self.age:
            width = metrics.horizontalAdvance(self.age)
            if right - width > end + _GAP:
                right -= width
                painter.setPen(QPen(colours.secondary))
                painter.drawText(QPointF(right, baseline), self.age)
                right -= _GAP
        room = QRectF(end + _GAP - 2, 0, right - end - _GAP, _HEIGHT)
        text = metrics.elidedText(self.explanation, Qt.TextElideMode.ElideRight, room.width())
        if len(text) > _TELLING * len(self.explanation):
            painter.setPen(QPen(colours.secondary))
            painter.drawText(QPointF(room.left(), baseline), text)

    def _paint_numbers(self, painter: QPainter, left: float, baseline: float, bold: QFont, plain: QFont) -> float:
        """Paint the numbers that fit between `left` and the edge; returns where they begin."""
        heavy, light = QFontMetricsF(bold), QFontMetricsF(plain)
        widths = [
            (SIZE + _INNER) * bool(n.mark)
            + (light.horizontalAdvance(n.label) + _INNER) * bool(n.label)
            + heavy.horizontalAdvance(n.value)
            for n in self.numbers
        ]
        shown = len(widths)
        while shown and sum(widths[:shown]) + _GAP * (shown - 1) > self.width() - _EDGE - left:
            shown -= 1
        x = begin = self.width() - _EDGE - sum(widths[:shown]) - _GAP * max(shown - 1, 0)
        for number, width in zip(self.numbers[:shown], widths, strict=False):
            place, ink = x, getattr(self._colours, number.colour)
            if number.mark:
                draw_mark(painter, number.mark, QPointF(place, (_HEIGHT - SIZE) / 2), ink)
                place += SIZE + _INNER
            if number.label:
                painter.setFont(plain)
                painter.setPen(QPen(self._colours.secondary))
                painter.drawText(QPointF(place, baseline), number.label)
                place += light.horizontalAdvance(number.label) + _INNER
            painter.setFont(bold)
            painter.setPen(QPen(ink))
            painter.drawText(QPointF(place, baseline), number.value)
            x += width + _GAP
        return begin - _GAP if shown else begin

    def _bold(self) -> QFont:
        return tabular(self.font(), bold=True)

    def _tell(self) -> None:
        numbers = ", ".join(f"{n.label} {n.value}" for n in self.numbers)
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(f"{self.explanation}. {numbers}" if numbers else self.explanation)
