"""Images in rows and columns, some with letters, over a shading that shows between them."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.badge import draw_badge
from ganlab_desktop.ui.plots.tables import Table
from ganlab_desktop.ui.plots.text import tabular

_EDGE, _GAP = 4.0, 1.0
_HEAD = 6.0  # between images that head rows and columns and the others
_INSET, _LEAST_INSET = 0.09, 1.5  # share of a place, and pixels, that the shading keeps around an image
_LETTERS = 11  # pixels


class ImageGrid(QWidget):
    """Painted in one go. `headed` sets the first row and the first column apart; rows may have names before them. While
    there are no images it says what is waited for."""

    def __init__(self, waiting: str, parent: QWidget | None = None, *, headed: bool = False) -> None:
        super().__init__(parent)
        self.waiting = waiting
        self.images: list[QImage | None] = []
        self.letters: Mapping[int, str] = {}
        self.shading = QImage()
        self.tell: Callable[[int], str] = lambda number: ""  # what is said of an image under the mouse
        self._columns = 1
        self._names: Sequence[str] = ()
        self._head = _HEAD if headed else 0.0
        self._colours = DARK
        self.setFont(tabular(self.font(), _LETTERS))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def tall(self) -> int:
        """How tall it is where its images take all of its width."""
        rows = -(-len(self.images) // self._columns)
        return round(rows * self._across() / self._columns + self._head + _EDGE)

    def sizeHint(self) -> QSize:
        return QSize(220, 110)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 44)

    def show_images(
        self,
        images: Sequence[NDArray[np.generic] | None],
        columns: int,
        letters: Mapping[int, str],
        names: Sequence[str] = (),
        shading: QImage | None = None,
    ) -> None:
        """Show images (H, W, C), bytes, row after row; None leaves a place open. `shading` has a pixel for each."""
        self.images = [None if image is None else image_of(image) for image in images]
        self._columns, self.letters, self._names = columns, letters, names
        self.shading = QImage() if shading is None else shading
        self.update()

    def clear(self) -> None:
        self.show_images((), 1, {})

    def apply_theme(self, colours: Colours) -> None:
        self._colours = colours
        self.update()

    def place(self, number: int) -> QRectF:
        """Where an image is drawn."""
        whole = self._cell(number)
        inset = 0.0 if self.shading.isNull() else max(_LEAST_INSET, _INSET * whole.width())
        return whole.adjusted(inset, inset, -inset - _GAP, -inset - _GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.images:
            painter.setPen(self._colours.secondary)
            words = QRectF(self.rect()).adjusted(32, 0, -32, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.waiting)
            return
        if not self.shading.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._cell(0).united(self._cell(len(self.images) - 1)), self.shading)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for number, image in enumerate(self.images):
            if image is not None:
                painter.drawImage(self.place(number), image)
        painter.setPen(self._colours.secondary)
        for row, name in enumerate(self._names):
            cell = self._cell(row * self._columns)
            beside = QRectF(_EDGE, cell.y(), cell.x() - _EDGE - 6.0, cell.height())
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, name)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, letters in self.letters.items():
            draw_badge(painter, self.place(number), letters, self._colours)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self.number_at(QPointF(event.pos()))
            told = self.tell(number) if number >= 0 else ""
            QToolTip.showText(event.globalPos(), told or self.toolTip(), self)
            return True
        return super().event(event)

    def number_at(self, place: QPointF) -> int:
        """The image at a place; -1 where there is none."""
        there = (k for k, image in enumerate(self.images) if image is not None and self._cell(k).contains(place))
        return next(there, -1)

    def _cell(self, number: int) -> QRectF:
        rows = -(-len(self.images) // self._columns)
        across, down = self._across(), self.height() - _EDGE - self._head
        side = max(min(across / self._columns, down / max(rows, 1)), 1.0)
        column, row = number % self._columns, number // self._columns
        left = _EDGE + self._named() + (across - side * self._columns) / 2
        x = left + side * column + (self._head if column else 0.0)
        return QRectF(x, 1.0 + side * row + (self._head if row else 0.0), side, side)

    def _across(self) -> float:
        """The width that is left for images."""
        return self.width() - 2 * _EDGE - self._named() - self._head

    def _named(self) -> float:
        """The width that the rows' names take."""
        metrics = QFontMetricsF(self.font())
        return max((metrics.horizontalAdvance(name) + 6.0 for name in self._names), default=0.0)


def image_of(pixels: NDArray[np.generic]) -> QImage:
    """An image (H, W, C), bytes, of one channel or three."""
    height, width, channels = pixels.shape
    wanted = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
    data = np.ascontiguousarray(pixels[:, :, : 3 if channels == 3 else 1].astype(np.uint8, copy=False))
    return QImage(data.tobytes(), width, height, data.strides[0], wanted).copy()


def shading_of(values: NDArray[np.generic], levels: tuple[float, float], table: Table) -> QImage:
    """Values (rows, columns) as a picture with a pixel for each, the first row uppermost."""
    low, high = levels
    scaled = (values.astype(np.float64) - low) * (255.0 / max(high - low, 1e-30))
    index = np.clip(np.nan_to_num(scaled, nan=127.5, posinf=255.0, neginf=0.0), 0.0, 255.0).astype(np.uint8)
    pixels = np.ascontiguousarray(table[index])
    rows, columns = index.shape
    return QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
