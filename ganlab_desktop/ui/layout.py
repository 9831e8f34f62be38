"""Size, place and docks of the window: as at the first start, or as the last time, within the screen of today."""

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QMainWindow

from ganlab_desktop.ui.docks import Dock, give_way, place

DEFAULT_SIZE = QSize(1280, 800)
_VERSION = 1  # of saveState; another one is not restored
_FIRST_SHARE = 0.8  # of the screen's sides, at the first start
_TITLE_BAR = 40  # px; a guess before the window system has given the window its frame


def save(window: QMainWindow, settings: QSettings) -> None:
    """Keep the layout for the next time."""
    settings.setValue("window/geometry", window.saveGeometry())
    settings.setValue("window/state", window.saveState(_VERSION))


def restore(window: QMainWindow, docks: Mapping[str, Dock], settings: QSettings) -> None:
    """Take up the layout of the last time, unless it lies on no screen of today."""
    geometry, state = settings.value("window/geometry"), settings.value("window/state")
    primary = QGuiApplication.primaryScreen()
    if not isinstance(geometry, QByteArray):
        _resize_within(window, primary, (primary.availableSize() * _FIRST_SHARE).expandedTo(DEFAULT_SIZE))
        place(window, docks)
    else:
        window.restoreGeometry(geometry)
        screen = QGuiApplication.screenAt(window.frameGeometry().center())
        if screen is None:
            screen = primary
            window.move(screen.availableGeometry().topLeft())
        if not (window.isMaximized() or window.isFullScreen()):
            _resize_within(window, screen, window.size())
    if isinstance(state, QByteArray):
        window.restoreState(state, _VERSION)
        give_way(window, docks)


def _resize_within(window: QMainWindow, screen: QScreen, size: QSize) -> None:
    """Take a size as far as the screen has room for it and for the frame around it."""
    frame = window.frameGeometry().size() - window.size()
    if frame.height() <= 0:
        frame = QSize(0, _TITLE_BAR)
    window.resize(size.boundedTo(screen.availableSize() - frame))
