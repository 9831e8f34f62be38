"""Steps that the user marks: a menu of them, and a small editor for their notes."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QMenu, QPushButton, QWidget

from ganlab_desktop.ui.scrubber import Track
from ganlab_desktop.ui.session import Session

_MOST = 200  # characters of a note
_SHOWN = 60  # of these in the menu


class Bookmarks(QObject):
    """What the user can do to bookmarks; `do` runs a wish."""

    def __init__(self, session: Session, do: Callable[[Coroutine[Any, Any, Any]], None], window: QWidget) -> None:
        super().__init__(window)
        self._session, self._do = session, do
        self.menu = BookmarksMenu(session, window)
        self.note = Note(window)
        self.note.settled.connect(self._write)
        self.note.removed.connect(self._remove)
        session.scene_changed.connect(self._follow)

    def mark(self) -> None:
        """Mark the step that is shown, and open the editor of its note."""
        self._do(self._mark())

    async def _mark(self) -> None:
        step = await self._session.bookmark()
        self.note.edit(step, self._notes().get(step, ""))

    def unmark(self) -> None:
        """Take the mark of the step that is shown away."""
        step = self._session.step
        if step in self._notes():
            self._remove(step)
        else:
            self._session.log.emit("warning", self.tr("Step {0} has no bookmark.").format(f"{step:,}"))

    def _notes(self) -> dict[int, str]:
        return {mark.step: mark.note for mark in self._session.bookmarks}

    @Slot(int, str)
    def _write(self, step: int, note: str) -> None:
        if self._notes().get(step, note) != note:
            self._do(self._session.bookmark(step, note))

    @Slot(int)
    def _remove(self, step: int) -> None:
        if self.note.step == step:
            self.note.hide()
        self._do(self._session.bookmark(step, None))

    @Slot()
    def _follow(self) -> None:
        """A note whose bookmark is gone is no longer edited."""
        if self.note.isVisible() and self.note.step not in self._notes():
            self.note.hide()


class Note(QFrame):
    """A line to write a note in, over its mark. Enter, or a click elsewhere, keeps it; Escape leaves it as it was."""

    settled = Signal(int, str)
    removed = Signal(int)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("note")
        self.step = 0
        self._window = window
        self._track: Track | None = None
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 6, 6, 6)
        line.setSpacing(8)
        self._name = QLabel(self)
        self._name.setObjectName("secondary")
        self.field = QLineEdit(self)
        self.field.setMaxLength(_MOST)
        self.field.setMinimumWidth(240)
        self.field.setPlaceholderText(self.tr("Note"))
        self.field.setAccessibleName(self.tr("Note of the bookmark"))
        self.field.editingFinished.connect(self.keep)
        self.remove = QPushButton(self.tr("Remove"), self)
        self.remove.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.remove.clicked.connect(lambda: self.removed.emit(self.step))
        for widget in (self._name, self.field, self.remove):
            line.addWidget(widget)
        self.hide()

    def stand_over(self, track: Track) -> None:
        """Appear over the marks of this line."""
        self._track = track

    def edit(self, step: int, note: str) -> None:
        """Open on the note of a step."""
        self.step = step
        self._name.setText(self.tr("Step {0}").format(f"{step:,}"))
        self.field.setText(note)
        self.adjustSize()
        if self._track is not None:
            place = self._track.mapTo(self._window, QPoint(round(self._track.place_of(step)), 0))
            left = min(max(place.x() - self.width() // 2, 8), self._window.width() - self.width() - 8)
            self.move(left, place.y() - self.height() - 34)
        self.show()
        self.raise_()
        self.field.setFocus()
        self.field.selectAll()

    @Slot()
    def keep(self) -> None:
        """Settle on what is written, if anything is."""
        if self.isVisible():
            self.hide()
            self.settled.emit(self.step, self.field.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.field.blockSignals(True)
            self.hide()
            self.field.blockSignals(False)
        else:
            super().keyPressEvent(event)


class BookmarksMenu(QMenu):
    """All bookmarks in order, read when it opens; choosing one goes there."""

    chosen = Signal(int)  # the step

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._triggered)

    @Slot()
    def fill(self) -> None:
        """List what is marked."""
        self.clear()
        for mark in self._session.bookmarks:
            note = mark.note if len(mark.note) <= _SHOWN else f"{mark.note[:_SHOWN]}..."
            text = self.tr("step {0}: {1}") if note else self.tr("step {0}")
            self.addAction(text.format(f"{mark.step:,}", note.replace("&", "&&"))).setData(mark.step)
        if self.isEmpty():
            self.addAction(self.tr("No step is marked yet (Ctrl+B)")).setEnabled(False)

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        self.chosen.emit(int(action.data()))
