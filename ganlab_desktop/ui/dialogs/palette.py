"""The command palette: every action by a few letters of its name."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QBrush, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ganlab_desktop.ui.actions import MENUS, SUBMENUS, Action, Actions, translated
from ganlab_desktop.ui.fuzzy import fit
from ganlab_desktop.ui.theme import Theme

_SIZE = (600, 440)  # px
_TOP = 64  # px below the window's upper edge
_OWN = 1.0  # by which an action whose own name fits is worth more than one that fits with its menu's
_REFUSED = 1.0  # by which an action that is not possible is worth less than one that fits as well
_NATIVE = QKeySequence.SequenceFormat.NativeText
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Entry(NamedTuple):
    """An action as the palette lists it: where it stands and what it is called, its tip, why it is not possible where
    it is not, and whether it only opens a menu."""

    action: QAction
    name: str
    tip: str = ""
    refusal: str = ""
    opens: bool = False

    def worth(self, typed: str) -> float | None:
        """How well it fits what is typed; None where it does not. Of its tip only words and parts of them count."""
        own = fit(typed, self.name.rpartition(": ")[2])
        worth = fit(typed, self.name) if own is None else own + _OWN
        if worth is None and all(word in self.tip.casefold() for word in typed.casefold().split()):
            worth = 0.0
        return worth if worth is None or not self.refusal else worth - _REFUSED


class CommandPalette(QDialog):
    """Opened, never exec'ed. The text field keeps the focus; its arrow keys move the choice, Return runs it."""

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self.setWindowTitle(self.tr("Command palette"))
        self._colours, self._window = theme.colours, parent
        self._entries = _entries(actions)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Type what you want to do"))
        self.field.setAccessibleName(self.tr("Command"))
        self.field.installEventFilter(self)
        self.list = QTreeWidget(self)
        self.list.setAccessibleName(self.tr("Commands that fit"))
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.told = QLabel(self)
        self.told.setObjectName("secondary")
        self.told.setWordWrap(True)
        self.told.setMinimumHeight(2 * self.fontMetrics().height() + 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)
        column.addWidget(self.told)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self.run)
        self.list.itemClicked.connect(self.run)
        self.list.currentItemChanged.connect(self._tell)
        self.resize(*_SIZE)
        middle = parent.mapToGlobal(parent.rect().center())
        self.move(middle.x() - self.width() // 2, parent.mapToGlobal(QPoint(0, _TOP)).y())
        self.list.ensurePolished()  # rows are as high as they were when they came
        self._search("")

    @property
    def shown(self) -> list[Entry]:
        """What is listed, the best first."""
        return [_entry(self.list.topLevelItem(row)) for row in range(self.list.topLevelItemCount())]

    @Slot(str)
    def _search(self, typed: str) -> None:
        worths = [(entry, entry.worth(typed)) for entry in self._entries]
        found = [(entry, worth) for entry, worth in worths if worth is not None]
        if typed.strip():
            found.sort(key=lambda pair: -pair[1])
        self.list.clear()
        for entry, _ in found:
            key = entry.action.shortcut().toString(_NATIVE)
            row = QTreeWidgetItem(self.list, [entry.name, key])
            row.setData(0, Qt.ItemDataRole.UserRole, entry)
            row.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.setForeground(1, QBrush(self._colours.secondary))
            if entry.refusal:
                row.setForeground(0, QBrush(self._colours.secondary))
                row.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, entry.refusal)
        if (first := self.list.topLevelItem(0)) is not None:
            self.list.setCurrentItem(first)
        else:
            self.told.setText(self.tr("No command fits."))

    @Slot()
    def _tell(self) -> None:
        row = self.list.currentItem()
        if row is not None:
            entry = _entry(row)
            self.told.setText(entry.refusal or entry.tip)
            self.field.setAccessibleDescription(f"{entry.name}. {self.told.text()}")

    @Slot()
    def run(self) -> None:
        """Close, and do what is chosen, if that is possible."""
        row = self.list.currentItem()
        if row is None or _entry(row).refusal:
            return
        entry, window = _entry(row), self._window
        self.accept()
        QTimer.singleShot(0, window, lambda: _do(entry, window))  # with the focus back where it was

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _MOVES:
            QApplication.sendEvent(self.list, event)
            return True
        return super().eventFilter(watched, event)


def _do(entry: Entry, window: QWidget) -> None:
    menu = entry.action.menu()
    if entry.opens and isinstance(menu, QMenu):
        menu.popup(window.mapToGlobal(QPoint(window.width() // 2 - menu.sizeHint().width() // 2, _TOP)))
    else:
        entry.action.trigger()


def _entry(row: QTreeWidgetItem | None) -> Entry:
    assert row is not None
    entry: Entry = row.data(0, Qt.ItemDataRole.UserRole)
    return entry


def _entries(actions: Actions) -> list[Entry]:
    """All actions, and of those that only open a menu also what stands in it now."""
    entries = []
    registered = {actions[spec.id] for spec in actions.specs()}
    for spec in actions.specs():
        action, name = actions[spec.id], _plain(actions[spec.id].text())
        menu, opens = action.menu(), not spec.slot
        if spec.id not in SUBMENUS:
            why = _why(spec, action)
            entries.append(Entry(action, f"{_place(spec)}: {name}", action.toolTip(), why, opens))
        if opens and isinstance(menu, QMenu):
            listed = (one for one in menu.actions() if one.text() and one not in registered)
            entries += [Entry(one, f"{name}: {_plain(one.text())}", "", _why(spec, one)) for one in listed]
    return entries


def _place(spec: Action) -> str:
    """The name of the menu in which an action stands."""
    if spec.menu in MENUS:
        return _plain(translated(MENUS[spec.menu]))
    (owner,) = (one for one in Actions.specs() if one.id == spec.menu)
    return _plain(translated(owner.text))


def _plain(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix("...")


def _why(spec: Action, action: QAction) -> str:
    """Why an action is not possible; empty where it is."""
    if action.isEnabled():
        return ""
    if spec.needs == "engine":
        return translated("This needs a running engine.")
    if spec.needs == "run":
        return translated("This needs a run in a running engine.")
    return action.toolTip() or translated("This is not possible now.")
