"""A raster to paint on with the mouse or the keyboard."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganlab_desktop.experiment.drawing import HEAVIEST, rows_of, weights_of
from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.theme import mix

BRUSHES = (1, 12)  # cells across
_PIXELS = 416  # preferred side
_LIGHTEST = 0.3  # how much of the real data's colour a cell of weight 1 has; a full one has all of it
_TRACE = 0.16  # and how much of the text's colour an empty cell has that was filled before

Weights = NDArray[np.int64]
_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Painter(QWidget):
    """Cells with weights from 0 to 9, top row first. The left button paints, the right one erases; with the keyboard
    the arrows move the brush, Space paints and Delete erases. Cells that were filled at first stay faintly visible.
    """

    changed = Signal()

    def __init__(self, rows: Iterable[str], colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.weights: Weights = np.array(weights_of(rows))
        self.brush, self.weight, self.erasing = 2, HEAVIEST, False
        self._first, self._colours = self.weights.copy(), colours
        self._past: list[Weights] = []
        middle = len(self.weights) // 2 + 0.5
        self._place = QPointF(middle, middle)  # of the brush's middle, in cells from the upper left corner
        self._aimed = False  # whether the brush's outline is shown
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Drawing"))
        self.setAccessibleDescription(self.tr("Arrow keys move the brush, Space paints, Delete erases."))

    @property
    def rows(self) -> list[str]:
        """The drawing as the experiment keeps it."""
        return rows_of(self.weights.tolist())

    @property
    def empty(self) -> bool:
        return not self.weights.any()

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @Slot()
    def undo(self) -> None:
        """Take back the last stroke or clearing."""
        if self._past:
            self.weights = self._past.pop()
            self._tell()

    @Slot()
    def clear(self) -> None:
        """Empty every cell."""
        if not self.empty:
            self._past.append(self.weights.copy())
            self.weights[:] = 0
            self._tell()

    @Slot(int)
    def set_brush(self, cells: int) -> None:
        """How many cells across the brush is."""
        self.brush = cells
        self.update()

    @Slot(int)
    def set_weight(self, weight: int) -> None:
        """What the brush leaves."""
        self.weight = weight

    @Slot(bool)
    def set_erasing(self, on: bool) -> None:
        """Whether the left button and Space erase."""
        self.erasing = on

    def sizeHint(self) -> QSize:
        return QSize(_PIXELS, _PIXELS)

    def minimumSizeHint(self) -> QSize:
        return QSize(_PIXELS // 2, _PIXELS // 2)

    # --- mouse and keyboard -------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._place = self._cell_at(event.position())
            self._past.append(self.weights.copy())
            self._sweep(self._place, erase=self._erases(event.button()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        before, self._place = self._place, self._cell_at(event.position())
        self._aimed = True
        for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            if event.buttons() & button:
                self._sweep(before, erase=self._erases(button))
                return
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._finish()

    def leaveEvent(self, event: QEvent) -> None:
        self._aimed = False
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _MOVES:
            side, (across, down) = len(self.weights), _MOVES[key]
            x, y = (min(max(np.floor(at) + move, 0), side - 1) + 0.5 for at, move in self._moved(across, down))
            self._place, self._aimed = QPointF(x, y), True
            self.update()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._past.append(self.weights.copy())
            self._sweep(self._place, erase=self.erasing or key != Qt.Key.Key_Space)
            self._finish()
        else:
            super().keyPressEvent(event)

    def _moved(self, across: int, down: int) -> tuple[tuple[float, int], tuple[float, int]]:
        return (self._place.x(), across), (self._place.y(), down)

    def _erases(self, button: Qt.MouseButton) -> bool:
        return self.erasing or button == Qt.MouseButton.RightButton

    def _sweep(self, start: QPointF, *, erase: bool) -> None:
        """Move the brush in a line from `start` to where it is."""
        a, b = np.array(start.toTuple()), np.array(self._place.toTuple())
        middles = np.stack(np.meshgrid(*[np.arange(len(self.weights)) + 0.5] * 2), axis=-1)
        way = b - a
        along = ((middles - a) @ way / max(float(way @ way), 1e-12)).clip(0, 1)
        distance = np.linalg.norm(middles - a - along[..., None] * way, axis=-1)
        under = (np.floor(middles) == np.floor(b)).all(-1)  # a brush of one cell need not come near the middle of any
        self.weights[(distance <= self.brush / 2) | under] = 0 if erase else self.weight
        self._tell()

    def _finish(self) -> None:
        """End a stroke; one that changed nothing leaves nothing to undo."""
        if self._past and (self._past[-1] == self.weights).all():
            self._past.pop()
            self._tell()

    def _tell(self) -> None:
        self.changed.emit()
        self.update()

    # --- painting -----------------------------------------------------------------------------------------------------

    def _square(self) -> QRectF:
        """The largest square of whole pixels a cell in the middle of the widget."""
        cell = max(1, (min(self.width(), self.height()) - 2) // len(self.weights))
        side = cell * len(self.weights)
        return QRectF((self.width() - side) // 2, (self.height() - side) // 2, side, side)

    def _cell_at(self, position: QPointF) -> QPointF:
        """A place in the widget counted in cells from the raster's upper left corner."""
        square = self._square()
        return (position - square.topLeft()) * (len(self.weights) / square.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        square, colours = self._square(), self._colours
        painter.drawImage(square, picture(self.weights, colours, self._first))
        painter.setPen(QPen(QColor(colours.hairline), 1))
        middle = square.center()
        painter.drawLine(QPointF(middle.x(), square.top()), QPointF(middle.x(), square.bottom()))
        painter.drawLine(QPointF(square.left(), middle.y()), QPointF(square.right(), middle.y()))
        painter.setPen(QPen(QColor(colours.primary if self.hasFocus() else colours.secondary), 1))
        painter.drawRect(square.adjusted(-1, -1, 0, 0))
        if self._aimed:
            cell = square.width() / len(self.weights)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colours.text), 1))
            painter.setClipRect(square)
            radius = self.brush / 2 * cell
            painter.drawEllipse(square.topLeft() + self._place * cell, radius, radius)


def picture(weights: Weights, colours: Colours, before: Weights | None = None) -> QImage:
    """The raster (n, n) as an image of n by n pixels; where it is empty, what was filled `before` is faint."""
    ground = colours.panel
    shares = [0.0, *np.linspace(_LIGHTEST, 1.0, HEAVIEST)]
    table = [mix(colours.real, ground, share) for share in shares] + [mix(colours.text, ground, _TRACE)]
    trace = 0 if before is None else len(shares) * ((weights == 0) & (before > 0))
    pixels = np.array([QColor(colour).rgb() for colour in table], np.uint32)[weights + trace]
    height, width = pixels.shape
    return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()
