"""A function on a grid as a smooth picture."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from ganlab_desktop.ui.plots.contours import Box
from ganlab_desktop.ui.plots.grids import refined
from ganlab_desktop.ui.plots.tables import Table

_FINE = 128  # points a side below which a picture is refined before it is coloured


class SmoothImage(pg.GraphicsObject):
    """Values (rows, columns) over a box, coloured by a table and interpolated; with `cells`, as cells of one colour.

    pyqtgraph's ImageItem draws pixels with hard edges, half a pixel off for values at grid points.
    """

    def __init__(self, *, cells: bool = False) -> None:
        super().__init__()
        self._cells = cells
        self._values: NDArray[np.generic] | None = None
        self._fine: NDArray[np.float32] | None = None
        self._levels = (0.0, 1.0)
        self._table: Table | None = None
        self._image: QImage | None = None
        self._pixels: NDArray[np.uint32] | None = None
        self._box = QRectF(0, 0, 1, 1)

    @property
    def levels(self) -> tuple[float, float]:
        """The values at the first and the last colour."""
        return self._levels

    @property
    def values(self) -> NDArray[np.generic] | None:
        return self._values

    def set_table(self, table: Table) -> None:
        self._table = table
        self._image = None
        self.update()

    def set_values(self, values: NDArray[np.generic], box: Box, levels: tuple[float, float]) -> None:
        """Show values whose first and last rows and columns lie on the box's edges (left, right, bottom, top); cells
        fill the box."""
        if self._fine is None or values is not self._values:
            self._values = values
            refine = not self._cells and max(values.shape) < _FINE
            self._fine = refined(values) if refine else values.astype(np.float32)
        self._levels = levels
        rows, columns = self._fine.shape
        beyond = 0 if self._cells else 1  # half a pixel lies beyond each edge
        across, up = (box[1] - box[0]) / (columns - beyond), (box[3] - box[2]) / (rows - beyond)  # the size of a pixel
        over = beyond / 2
        place = QRectF(box[0] - over * across, box[2] - over * up, columns * across, rows * up)
        if place != self._box:
            self.prepareGeometryChange()
            self._box = place
        self._image = None
        self.update()

    def clear(self) -> None:
        self._values = self._fine = self._image = None
        self.update()

    def boundingRect(self) -> QRectF:
        return self._box

    def paint(self, painter: QPainter, *_: object) -> None:
        if self._image is None:
            self._colour()
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self._cells)
            painter.drawImage(self._box, self._image)

    def _colour(self) -> None:
        if self._fine is None or self._table is None:
            return
        low, high = self._levels
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (self._fine - np.float32(low)) * np.float32(255.0 / max(high - low, 1e-30))
        index = np.clip(np.nan_to_num(scaled, nan=127.5, posinf=255.0, neginf=0.0), 0.0, 255.0).astype(np.uint8)
        self._pixels = np.ascontiguousarray(self._table[index])  # kept: the image does not own its memory
        rows, columns = index.shape
        self._image = QImage(self._pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
