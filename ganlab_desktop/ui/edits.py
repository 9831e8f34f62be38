"""Edits of the run: taken back, made again, and listed."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ganlab_desktop.ui.actions import Actions
from ganlab_desktop.ui.session import Session

_SHOWN = 90  # characters of an edit in the menu


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

    def undo(self) -> None:
        """Take the last edit back."""
        if self._session.scene is not None and self._session.scene.undo:
            self._do(self._session.undo())

    def redo(self) -> None:
        """Make the edit again that was taken back last."""
        if self._session.scene is not None and self._session.scene.redo:
            self._do(self._session.undo(again=True))

    @Slot(object)
    def _tell(self, scene: Any) -> None:
        """Let the menu say what would be taken back or made again."""
        for name, what in (("undo", scene.undo), ("redo", scene.redo)):
            self._actions[name].setStatusTip(what)
            self._actions[name].setToolTip(what or self.tr("There is none"))


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
