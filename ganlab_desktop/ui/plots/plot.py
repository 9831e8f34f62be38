"""A calm plot: faint grid, few ticks, no frame, no menu; mouse zoom and pan where wanted, double-click fits."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsTextItem, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.plots.text import tabular

TICK_PIXELS = 11  # size of tick labels
_STICK_OUT = 10  # pixels
_APART = 10  # pixels between two labels of the bottom axis
# Pixels: room for tick labels, half of the highest above the picture; fixed so that the picture never shifts.
_LEFT, _BARE, _BOTTOM, _ABOVE, _CAPTION = 38, 6, 20, 7, 17


class Plot(pg.GraphicsView):
    """One view with a left and a bottom axis; `counting` tells that the bottom one counts in whole numbers.

    Lighter than pyqtgraph's PlotWidget, which builds menus and controls that no panel here shows.
    """

    hovered = Signal(float, float)  # the mouse is at x, y in the view's units
    left = Signal()  # the mouse went away
    moved = Signal()  # the user zoomed or panned
    fit_wanted = Signal()  # double-click

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        equal: bool = False,
        zoom: tuple[bool, bool] = (False, False),
        counting: bool = False,
        grid: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view = _View(self, zoom)
        self.view.setAspectLocked(equal)
        self.bottom = (_CountingAxis if counting else _Axis)("bottom")
        self.side = _Axis("left")
        self.side.setWidth(_LEFT)
        self.bottom.setHeight(_BOTTOM)
        body = pg.GraphicsWidget()
        self._caption = QGraphicsTextItem(body)
        self._caption.setFont(tabular(self.font(), TICK_PIXELS))
        self._caption.document().setDocumentMargin(0)
        self._caption.setPos(_LEFT + 3, 1)
        self._words = ""
        self._layout = layout = QGraphicsGridLayout()
        layout.setContentsMargins(0, _ABOVE, 0, 0)
        layout.setSpacing(0)
        body.setLayout(layout)
        layout.addItem(self.side, 0, 0)
        layout.addItem(self.view, 0, 1)
        layout.addItem(self.bottom, 1, 1)
        for axis in (self.side, self.bottom):
            axis.linkToView(self.view)
            axis.setZValue(-200)  # the grid lies under the data
            axis.setPen(None)
            axis.enableAutoSIPrefix(False)
            axis.setTickDensity(0.6)
            axis.setStyle(
                tickFont=tabular(self.font(), TICK_PIXELS),
                tickLength=0,
                maxTickLevel=0,
                tickTextOffset=5,
                hideOverlappingLabels=False,
            )
            axis.setGrid(255 if grid else False)
        self.setCentralItem(body)
        self._zoom = any(zoom)
        self._shown = (0.0, 1.0, 0.0, 1.0)

    def sizeHint(self) -> QSize:
        return QSize(160, 110)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 70)

    def add(self, *items: pg.GraphicsObject) -> None:
        """Put items into the view; they never widen its range by themselves."""
        for item in items:
            self.view.addItem(item, ignoreBounds=True)

    def set_caption(self, caption: str) -> None:
        """A few words above the picture, in secondary text; may be rich text."""
        if caption != self._words:
            self._words = caption
            self._caption.setHtml(caption)
            self._layout.setContentsMargins(0, _CAPTION if caption else _ABOVE, 0, 0)

    def has_room(self, caption: str, beside: int) -> bool:
        """Whether a plain caption could be read whole, with so many pixels taken at the right."""
        width = QFontMetricsF(self._caption.font()).horizontalAdvance(caption)
        return self._caption.x() + width <= self.width() - beside

    @property
    def caption(self) -> str:
        return self._caption.toPlainText()

    def show_values(self, left: bool, bottom: bool) -> None:
        """Whether the axes carry numbers."""
        self.side.setStyle(showValues=left)
        self.side.setWidth(_LEFT if left else _BARE)
        self.bottom.setStyle(showValues=bottom)
        self.bottom.setHeight(_BOTTOM if bottom else _BARE)
        self._caption.setPos((_LEFT if left else _BARE) + 3, 1)

    def show_range(self, left: float, right: float, bottom: float, top: float) -> None:
        """Show this part of the plane, unless that moves the picture by less than half a pixel."""
        wanted = (left, right, bottom, top)
        if not np.isfinite(wanted).all() or left >= right or bottom >= top:
            return
        across, up = self._shown[1] - self._shown[0], self._shown[3] - self._shown[2]
        pixels = (self.width() / across, self.width() / across, self.height() / up, self.height() / up)
        if all(abs(a - b) * p < 0.5 for a, b, p in zip(wanted, self._shown, pixels, strict=True)):
            return
        self._shown = wanted
        self.view.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)

    def visible_box(self) -> tuple[float, float, float, float]:
        """What is shown: left, right, bottom, top."""
        (left, right), (bottom, top) = self.view.viewRange()
        return left, right, bottom, top

    def apply_theme(self, colours: Colours) -> None:
        self.setBackground(colours.panel)
        self._caption.setDefaultTextColor(QColor(colours.secondary))
        for axis in (self.side, self.bottom):
            axis.setTextPen(colours.secondary)
            axis.setTickPen(colours.hairline)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place = self.mapToScene(event.position().toPoint())
        if self.view.sceneBoundingRect().contains(place):
            point = self.view.mapSceneToView(place)
            self.hovered.emit(point.x(), point.y())
        else:
            self.left.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._zoom:
            super().wheelEvent(event)
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self._shown = (0.0, 1.0, 0.0, 1.0)  # whatever the user made of it, the next range counts
        self.fit_wanted.emit()


class _View(pg.ViewBox):
    def __init__(self, plot: Plot, zoom: tuple[bool, bool]) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.disableAutoRange()
        self.setMouseEnabled(*zoom)
        self.sigRangeChangedManually.connect(lambda *_: plot.moved.emit())


class _Axis(pg.AxisItem):
    """Round values whose labels stand apart, with room for the labels at the ends: with a grid, pyqtgraph drops a label
    that sticks out by a pixel."""

    finest = 0.0  # the least distance between two ticks

    def boundingRect(self) -> QRectF:
        left = -_STICK_OUT if self.orientation == "bottom" else 0  # at the right the widget ends
        return super().boundingRect().adjusted(left, -_STICK_OUT, 0, _STICK_OUT)

    def tickSpacing(self, minimum: float, maximum: float, size: float) -> list[tuple[float, float]]:
        levels: list[tuple[float, float]] = super().tickSpacing(minimum, maximum, size)[:1]
        if not levels:
            return levels
        spacing = max(levels[0][0], self.finest)
        if self.orientation == "bottom":
            while self._widest(minimum, maximum, spacing) + _APART > spacing / (maximum - minimum) * size:
                spacing = _rounder(spacing)
        return [(spacing, 0.0)]

    def _widest(self, minimum: float, maximum: float, spacing: float) -> float:
        """Pixels of the widest label at such a distance."""
        metrics = QFontMetricsF(self.style["tickFont"])
        values = spacing * np.arange(math.ceil(minimum / spacing), math.floor(maximum / spacing) + 1)
        labels = self.tickStrings(values.tolist(), self.scale, spacing)
        return max(map(metrics.horizontalAdvance, labels), default=-math.inf)


class _CountingAxis(_Axis):
    """Steps, or things by number: whole numbers, thousands and millions shortened."""

    finest = 1.0

    def tickValues(self, minimum: float, maximum: float, size: float) -> list[tuple[float, list[float]]]:
        levels = super().tickValues(minimum, maximum, size)
        return [(spacing, [value for value in values if value >= 0]) for spacing, values in levels]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [_short(value) for value in values]


def _rounder(spacing: float) -> float:
    """The next round number: 1, 2, 5, 10, ..."""
    unit = 10.0 ** math.floor(math.log10(spacing) + 1e-9)
    return unit * min(round_number for round_number in (2.0, 5.0, 10.0) if round_number > 1.01 * spacing / unit)


def _short(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g}M"
    if value >= 1_000:
        return f"{value / 1_000:g}k"
    return f"{value:.0f}"
