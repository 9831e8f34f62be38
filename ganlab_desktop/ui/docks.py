"""Docks whose title bar is the panel's own header, with quiet buttons to float and to close."""

import math
from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import QPoint, QSize, Qt, Slot
from PySide6.QtGui import QColor, QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QToolButton, QWidget

from ganlab_desktop.ui.panels.header import Header
from ganlab_desktop.ui.theme import Theme, mix

_LIFT = 24  # px
_NARROWEST = 320  # px; pictures are readable at this width
_SLACK = 40  # px by which a width may differ from the first one and still be nobody's choice
_WIDEST_SHARE = 0.3  # of a window that shrinks
_WIDEST, _FIRST_SHARE = 560, 0.27  # px, and of the window, of the pictures at the right
_FITTING = (("likeness", "coverage"), ("latent", "critic_field"))  # of images, and of points, in one place
# What is shown at the first start, and what shares its place as tabs.
_STACKED: dict[str, tuple[str, ...]] = {
    "losses": ("schedule",),
    "coverage": ("likeness", "pairs", "likelihood", "quality", "truth"),
    "critic_field": ("latent", "generator", "dynamics", "memory"),
}


class Dock(QDockWidget):
    """One panel in a dock. The header moves into the title bar, so that nothing is said twice."""

    def __init__(self, panel: QWidget, header: Header, name: str, theme: Theme, parent: QMainWindow) -> None:
        super().__init__(header.title, parent)
        self.setObjectName(f"dock.{name}")
        self.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        self.panel = panel
        self.header = header
        self._theme = theme
        bar = QWidget(self)
        bar.setObjectName("dockTitle")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line = QHBoxLayout(bar)
        line.setContentsMargins(0, 0, 4, 0)
        line.setSpacing(0)
        line.addWidget(header, 1)
        self._float = self._button(bar, self.tr("Float or dock: {0}").format(header.title))
        self._close = self._button(bar, self.tr("Close: {0}").format(header.title))
        self._float.clicked.connect(self.float_or_dock)
        self._close.clicked.connect(self.close)
        line.addWidget(self._float)
        line.addWidget(self._close)
        self.setTitleBarWidget(bar)
        self.setWidget(panel)
        theme.changed.connect(self._recolour)
        self._recolour()

    @Slot()
    def float_or_dock(self) -> None:
        """Lift the panel a little off its place, towards the window's middle, or put it back."""
        window = self.window()
        middle = window.mapToGlobal(window.rect().center())
        self.setFloating(not self.isFloating())
        if self.isFloating():
            away = middle - self.geometry().center()
            self.move(self.pos() + QPoint(round(math.copysign(_LIFT, away.x())), round(math.copysign(_LIFT, away.y()))))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """A click on the header is one on the panel."""
        self.panel.contextMenuEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame a floating panel: with a title bar of its own Qt leaves room for a frame, but draws none."""
        super().paintEvent(event)
        if self.isFloating():
            painter = QPainter(self)
            painter.setPen(QColor(mix(self._theme.colours.secondary, self._theme.colours.panel, 0.6)))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _button(self, bar: QWidget, name: str) -> QToolButton:
        button = QToolButton(bar)
        button.setIconSize(QSize(12, 12))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setToolTip(name)
        button.setAccessibleName(name)
        return button

    def _recolour(self) -> None:
        ink = self._theme.colours.secondary
        self._float.setIcon(self._theme.icon("arrow-square-out", ink))
        self._close.setIcon(self._theme.icon("x", ink))


def raise_fitting(docks: Mapping[str, Dock], images: bool) -> None:
    """Put panels about images before those about points that share their places, or behind."""
    for pair in _FITTING:
        fitting, other = (docks[name] for name in (pair if images else reversed(pair)))
        if other.isVisible() and not other.visibleRegion().isEmpty() and not fitting.isFloating():
            fitting.show()
            fitting.raise_()


def make_room(window: QMainWindow, docks: Mapping[str, Dock]) -> None:
    """Take from the docks at the right what they can spare, for something that is about to appear in the middle."""
    for dock in docks.values():
        if window.dockWidgetArea(dock) == Qt.DockWidgetArea.RightDockWidgetArea and dock.isVisible():
            window.resizeDocks([dock], [dock.minimumSizeHint().width()], Qt.Orientation.Horizontal)


def give_way(window: QMainWindow, docks: Mapping[str, Dock]) -> None:
    """Take from docks that are wide for a window that has become smaller, so that not all is the canvas's loss, and
    leave them as wide as they have to be."""
    widest = max(_NARROWEST, round(_WIDEST_SHARE * window.width()))
    for dock in docks.values():
        area = window.dockWidgetArea(dock)
        beside = area in (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea)
        if not beside or not dock.isVisible() or dock.isFloating():
            continue
        wanted = min(max(dock.width(), _NARROWEST), widest)
        if dock.width() != wanted:
            window.resizeDocks([dock], [wanted], Qt.Orientation.Horizontal)


def lift(docks: Mapping[str, Dock]) -> bool:
    """Show floating docks again, now that the window is there: before, the window system could not tell whose they are
    and would leave them behind it. Whether there are any."""
    floating = [dock for dock in docks.values() if dock.isFloating() and dock.isVisible()]
    for dock in floating:
        dock.hide()
        dock.show()
        dock.raise_()
    return bool(floating)


def take_part(window: QMainWindow, docks: Mapping[str, Dock], before: int) -> None:
    """Give the pictures at the right their share of a window that has grown from a width, unless somebody has chosen
    another width for them."""
    right = Qt.DockWidgetArea.RightDockWidgetArea
    for dock in docks.values():
        if window.dockWidgetArea(dock) == right and dock.isVisible() and not dock.isFloating():
            if dock.width() <= _first_width(before) + _SLACK:
                window.resizeDocks([dock], [_first_width(window.width())], Qt.Orientation.Horizontal)
            return


def _first_width(window: int) -> int:
    return max(_NARROWEST, min(_WIDEST, round(_FIRST_SHARE * window)))


def place(window: QMainWindow, docks: Mapping[str, Dock]) -> None:
    """Put every dock where it belongs at first: the form at the left, pictures stacked at the right."""
    window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
    window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
    left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
    bottom = Qt.DockWidgetArea.BottomDockWidgetArea
    for name, dock in docks.items():
        dock.setFloating(False)
        area = {"experiment": left, "log": bottom, "runs": bottom}.get(name, right)
        window.addDockWidget(area, dock)
        dock.setVisible(name in ("experiment", *_STACKED))  # all at once, stacked, would stretch the window
    stacked = [docks[name] for name in _STACKED]
    for above, below in pairwise(stacked):
        window.splitDockWidget(above, below, Qt.Orientation.Vertical)
    for name, others in _STACKED.items():
        for one, next_one in pairwise((name, *others)):
            window.tabifyDockWidget(docks[one], docks[next_one])
    if {"log", "runs"} <= docks.keys():
        window.tabifyDockWidget(docks["log"], docks["runs"])
    form = docks["experiment"]
    window.resizeDocks([form], [form.panel.minimumSizeHint().width()], Qt.Orientation.Horizontal)
    window.resizeDocks(stacked[:1], [_first_width(window.width())], Qt.Orientation.Horizontal)
    window.resizeDocks(stacked, [100] * len(stacked), Qt.Orientation.Vertical)
