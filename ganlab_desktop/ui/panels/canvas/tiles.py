"""Images side by side in a picture, and which of them is where."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF


class Tiles(NamedTuple):
    """`total` images, `columns` in a row, in a picture that is drawn at a place, row after row. `gap` is the share of
    the way from one to the next that lies between them."""

    place: QRectF = QRectF()
    total: int = 0
    columns: int = 1
    gap: float = 0.0

    def cell(self, number: int) -> QRectF:
        """Where an image is, with the gap to the next one."""
        wide, high = self._pitch
        row, column = divmod(number, self.columns)
        return QRectF(self.place.x() + column * wide, self.place.y() + row * high, wide, high)

    def image(self, number: int) -> QRectF:
        """Where an image is."""
        cell = self.cell(number)
        return QRectF(cell.x(), cell.y(), cell.width() * (1 - self.gap), cell.height() * (1 - self.gap))

    def at(self, point: QPointF) -> int:
        """The image at a point; -1 where there is none."""
        if not self.total or not self.place.contains(point):
            return -1
        wide, high = self._pitch
        column = min(int((point.x() - self.place.x()) / wide), self.columns - 1)
        number = int((point.y() - self.place.y()) / high) * self.columns + column
        return number if number < self.total else -1

    def beside(self, number: int, right: int, down: int) -> int:
        """The image so many places from another one; -1 beyond the edge."""
        row, column = divmod(number, self.columns)
        row, column = row + down, column + right
        there = row * self.columns + column
        return there if 0 <= column < self.columns and row >= 0 and there < self.total else -1

    @property
    def _pitch(self) -> tuple[float, float]:
        rows = max(-(-self.total // self.columns), 1)
        return self.place.width() / (self.columns - self.gap), self.place.height() / (rows - self.gap)
