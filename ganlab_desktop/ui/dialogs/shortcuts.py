"""The sheet of keyboard shortcuts, made from the registry of actions."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ganlab_desktop.ui.actions import MENUS, SUBMENUS, Action, Actions, translated

_LONG = 8  # actions of a menu that has a column of its own
_NATIVE = QKeySequence.SequenceFormat.NativeText


class Shortcuts(QDialog):
    """One line per action that has a key, under its menu's name, the longest menu in a column of its own."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        columns = [self._column(), self._column()]
        for menu, name in MENUS.items():
            specs = [spec for spec in Actions.specs() if menu in (spec.menu, SUBMENUS.get(spec.menu)) and spec.shortcut]
            if specs:
                self._fill(columns[len(specs) >= _LONG], translated(name).replace("&", ""), specs)
        side_by_side = QHBoxLayout()
        side_by_side.setSpacing(48)
        for grid in columns:
            grid.setRowStretch(grid.rowCount(), 1)
            side_by_side.addLayout(grid)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 16)
        column.addLayout(side_by_side)
        column.addSpacing(12)
        column.addWidget(buttons)

    @staticmethod
    def _column() -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        return grid

    def _fill(self, grid: QGridLayout, menu: str, specs: list[Action]) -> None:
        """Add a menu's actions below what stands in a column."""
        head = QLabel(menu.upper(), self)
        head.setObjectName("head")
        head.setContentsMargins(0, 10, 0, 0)
        grid.addWidget(head, grid.rowCount(), 0, 1, 2)
        for spec in specs:
            named = [QKeySequence(keys).toString(_NATIVE) for keys in (spec.shortcut, spec.also) if keys]
            key = QLabel(self.tr(" or ").join(named), self)
            key.setObjectName("strong")
            row = grid.rowCount()
            grid.addWidget(QLabel(translated(spec.tip), self), row, 0)
            grid.addWidget(key, row, 1, Qt.AlignmentFlag.AlignRight)
