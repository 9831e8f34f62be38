"""Edits of the run: taken back, made again, and listed."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ganlab_desktop.ui.actions import Actions
from ganlab_desktop.ui.session import Session
from ganlab_desktop.ui.wording import in_words

_SHOWN = 90  # characters of an edit in the list
_NAMED = 48  # and in the actions that take it back and make it again


class Edits(QObject):
    """What the user can do to edits; `do` runs a wish."""

    def __init__(
        self,
        session: Session,
        actions: Actions,
        do: Callable[[Coroutine[Any, Any, Any]], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._actions, self._do = session, actions, do
        self.menu = EditsMenu(session, window)
        session.scene_changed.connect(self._tell)
        session.pending_changed.connect(self._tell)

    def undo(self) -> None:
        """Drop the edits that wait for a new start; where none does, take the last edit back."""
        if self._session.pending:
            self._session.drop_pending()
        elif self._session.scene is not None and self._session.scene.undo:
            self._do(self._session.undo())

    def redo(self) -> None:
        """Make the edit again that was taken back last."""
        if self._session.scene is not None and self._session.scene.redo:
            self._do(self._session.undo(again=True))

    @Slot()
    def _tell(self) -> None:
        """Let the menu say what would be taken back or made again."""
        scene, waiting = self._session.scene, len(self._session.pending)
        undone, again = (in_words(scene.undo), in_words(scene.redo)) if scene is not None else ("", "")
        if waiting:
            one, many = self.tr("the change that waits"), self.tr("the {0} changes that wait")
            undone = one if waiting == 1 else many.format(waiting)
        texts = (("undo", self.tr("&Undo"), undone), ("redo", self.tr("&Redo"), again))
        for name, text, what in texts:
            short = what if len(what) <= _NAMED else f"{what[:_NAMED].rstrip()}..."
            action = self._actions[name]
            action.setText(f"{text} {short}".replace("&", "&&").replace("&&", "&", 1) if what else text)
            action.setStatusTip(what)
            action.setToolTip(what or self.tr("There is none"))


class EditsMenu(QMenu):
    """All edits, newest first, read when it opens; choosing one shows the step at which it was made."""

    chosen = Signal(int)  # the step

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._triggered)

    @Slot()
    def fill(self) -> None:
        """List what was changed."""
        self.clear()
        for edit in reversed(self._session.scene.edits if self._session.scene is not None else ()):
            text = edit.text if len(edit.text) <= _SHOWN else f"{edit.text[:_SHOWN]}..."
            action = self.addAction(self.tr("step {0}: {1}").format(f"{edit.step:,}", text.replace("&", "&&")))
            action.setData(edit.step)
            action.setToolTip(edit.text)
        if self.isEmpty():
            self.addAction(self.tr("Nothing has been changed yet")).setEnabled(False)

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        self.chosen.emit(int(action.data()))
