"""Docks whose title bar is the panel's own header, with quiet buttons to float and to close."""

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QToolButton, QWidget

from ganlab_desktop.ui.panels.header import Header
from ganlab_desktop.ui.theme import Theme


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
        self._float.clicked.connect(lambda: self.setFloating(not self.isFloating()))
        self._close.clicked.connect(self.close)
        line.addWidget(self._float)
        line.addWidget(self._close)
        self.setTitleBarWidget(bar)
        self.setWidget(panel)
        theme.changed.connect(self._recolour)
        self._recolour()

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


def place(window: QMainWindow, docks: Mapping[str, Dock]) -> None:
    """Put every dock where it belongs at first: the form at the left, pictures stacked at the right."""
    left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
    for name, dock in docks.items():
        dock.setFloating(False)
        area = {"experiment": left, "log": Qt.DockWidgetArea.BottomDockWidgetArea}.get(name, right)
        window.addDockWidget(area, dock)
        dock.setVisible(name != "log")
    stacked = [dock for name, dock in docks.items() if name not in ("experiment", "log")]
    for above, below in pairwise(stacked):
        window.splitDockWidget(above, below, Qt.Orientation.Vertical)
    form = docks["experiment"]
    window.resizeDocks([form], [form.panel.minimumSizeHint().width()], Qt.Orientation.Horizontal)
    if stacked:
        width = max(320, min(560, round(0.27 * window.width())))
        window.resizeDocks(stacked[:1], [width], Qt.Orientation.Horizontal)
        window.resizeDocks(stacked, [100] * len(stacked), Qt.Orientation.Vertical)
