"""The sheet of keyboard shortcuts, made from the registry of actions."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from ganlab_desktop.ui.actions import MENUS, Actions, translated

_NATIVE = QKeySequence.SequenceFormat.NativeText


class Shortcuts(QDialog):
    """One line per action that has a key, under its menu's name."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 16)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        row = 0
        for menu, name in MENUS.items():
            specs = [spec for spec in Actions.specs() if spec.menu == menu and spec.shortcut]
            if not specs:
                continue
            head = QLabel(translated(name).replace("&", "").upper(), self)
            head.setObjectName("head")
            head.setContentsMargins(0, 10, 0, 0)
            grid.addWidget(head, row, 0, 1, 2)
            row += 1
            for spec in specs:
                named = [QKeySequence(keys).toString(_NATIVE) for keys in (spec.shortcut, spec.also) if keys]
                key = QLabel(self.tr(" or ").join(named), self)
                key.setObjectName("strong")
                grid.addWidget(QLabel(translated(spec.tip), self), row, 0)
                grid.addWidget(key, row, 1, Qt.AlignmentFlag.AlignRight)
                row += 1
        column.addLayout(grid)
        column.addSpacing(12)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
