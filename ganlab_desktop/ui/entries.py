"""One entry of a list in the form: its name, the buttons that move and remove it, and room for its settings."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

ICONS = {"moveUp": "arrow-up", "moveDown": "arrow-down", "remove": "x"}  # of the buttons
_UP, _DOWN = -1, 1  # places in the list
_IN_SIGHT = 40  # px from the edge
KEYS = {_UP: "Alt+Up", _DOWN: "Alt+Down"}  # that move an entry which has the keyboard
LISTS = str(QT_TRANSLATE_NOOP("Entry", "Lists whose order counts"))
MOVES = {
    _UP: str(QT_TRANSLATE_NOOP("Entry", "Move the entry with the focus up")),
    _DOWN: str(QT_TRANSLATE_NOOP("Entry", "Move the entry with the focus down")),
}


class Entry(QWidget):
    """What the user wants of it goes out as signals. Where the order of the list matters it can be moved."""

    removal_wanted = Signal()
    move_wanted = Signal(int)  # by so many places

    def __init__(self, title: str, about: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = title
        self._moves: dict[int, QToolButton] = {}
        name = QLabel(title, self)
        name.setObjectName("strong")
        name.setToolTip(about)
        self._line = QHBoxLayout()
        self._line.setContentsMargins(0, 4, 0, 2)
        self._line.addWidget(name, 1)
        self.remove = self._button("remove", self.tr("Remove"), self.tr("Remove {0}").format(title))
        self.remove.clicked.connect(self.removal_wanted)
        self._line.addWidget(self.remove)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addLayout(self._line)

    def allow_moves(self, *, up: bool, down: bool) -> None:
        """Offer to move it up and down, now where there is a place for it."""
        offers = ((_UP, up, self.tr("Move up"), "moveUp"), (_DOWN, down, self.tr("Move down"), "moveDown"))
        for by, there, said, name in offers:
            keys = QKeySequence(KEYS[by])
            shown = keys.toString(QKeySequence.SequenceFormat.NativeText)
            button = self._button(name, f"{said} ({shown})", f"{said}: {self._title}")
            button.setEnabled(there)
            self._line.insertWidget(self._line.count() - 1, button)
            self._moves[by] = button
            shortcut = QShortcut(keys, self)
            for signal in (button.clicked, shortcut.activated):
                signal.connect(self._move_up if by == _UP else self._move_down)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def receive(self, by: int, *, focused: bool) -> None:
        """Be where another entry was moved to: stay in sight, with the keyboard where that had it, once it is shown."""
        button = self._moves[by] if self._moves[by].isEnabled() else self._moves[-by]
        QTimer.singleShot(0, self, lambda: self._arrive(button, focused))

    def _button(self, name: str, tip: str, spoken: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setToolTip(tip)
        button.setAccessibleName(spoken)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @Slot()
    def _move_up(self) -> None:
        self._move(_UP)

    @Slot()
    def _move_down(self) -> None:
        self._move(_DOWN)

    def _move(self, by: int) -> None:
        if self._moves[by].isEnabled():
            self.move_wanted.emit(by)

    def _arrive(self, button: QToolButton, focused: bool) -> None:
        if focused:
            button.setFocus()
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None:
            above.ensureWidgetVisible(button, 0, _IN_SIGHT)
