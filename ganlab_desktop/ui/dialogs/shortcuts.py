"""The sheet of keyboard shortcuts, made from the registry of actions and from the keys of lists."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ganlab_desktop.ui import entries
from ganlab_desktop.ui.actions import MENUS, SUBMENUS, Actions, translated

_LONG = 8  # actions of a menu that has a column of its own
_NATIVE = QKeySequence.SequenceFormat.NativeText


class Shortcuts(QDialog):
    """One line per action that has a key, under its menu's name, the longest menu in a column of its own; then what
    has keys in some places only."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        columns = [self._column(), self._column()]
        for menu, name in MENUS.items():
            specs = [spec for spec in Actions.specs() if menu in (spec.menu, SUBMENUS.get(spec.menu)) and spec.shortcut]
            if specs:
                rows = [(translated(spec.tip), (spec.shortcut, spec.also)) for spec in specs]
                self._fill(columns[len(specs) >= _LONG], translated(name).replace("&", ""), rows)
        tr = partial(QCoreApplication.translate, "Entry")
        moves = [(tr(text), (entries.KEYS[by],)) for by, text in entries.MOVES.items()]
        self._fill(columns[0], tr(entries.LISTS), moves)
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

    def _fill(self, grid: QGridLayout, title: str, rows: Iterable[tuple[str, Iterable[str]]]) -> None:
        """Add what can be done and its keys below what stands in a column."""
        head = QLabel(title.upper(), self)
        head.setObjectName("head")
        head.setContentsMargins(0, 10, 0, 0)
        grid.addWidget(head, grid.rowCount(), 0, 1, 2)
        for text, alternatives in rows:
            named = [QKeySequence(keys).toString(_NATIVE) for keys in alternatives if keys]
            key = QLabel(self.tr(" or ").join(named), self)
            key.setObjectName("strong")
            row = grid.rowCount()
            grid.addWidget(QLabel(text, self), row, 0)
            grid.addWidget(key, row, 1, Qt.AlignmentFlag.AlignRight)
