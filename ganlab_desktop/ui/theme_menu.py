"""The choice of dark, light or as the system, as a menu."""

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from ganlab_desktop.ui.theme import Mode, Theme


def mode_names() -> dict[Mode, str]:
    """What can be chosen, and what it is called."""
    translate = QCoreApplication.translate
    return {
        "system": translate("theme", "Follow system"),
        "dark": translate("theme", "Dark"),
        "light": translate("theme", "Light"),
    }


class ThemeMenu(QMenu):
    """Mirrors the theme, which can be chosen elsewhere too."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._group = QActionGroup(self)
        for mode, name in mode_names().items():
            action = QAction(name, self)
            action.setCheckable(True)
            action.setData(mode)
            self._group.addAction(action)
            self.addAction(action)
        self._group.triggered.connect(self._choose)
        theme.changed.connect(self._mirror)
        self._mirror()

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self._theme.set_mode(action.data())

    @Slot()
    def _mirror(self) -> None:
        for action in self._group.actions():
            action.setChecked(action.data() == self._theme.mode)
