"""The range of steps that is played again and again."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Slot

from ganlab_desktop.ui.session import Session


class Looping(QObject):
    """What the user can do to it; `do` runs a wish."""

    def __init__(self, session: Session, do: Callable[[Coroutine[Any, Any, Any]], None], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._do = session, do

    def begin(self) -> None:
        """Begin the loop at the step that is shown; it goes on to its end, or to the newest step."""
        step, loop = self._session.step, self._session.loop
        self.between(step, loop[1] if loop is not None and loop[1] > step else self._session.head)

    def end(self) -> None:
        """End the loop at the step that is shown; it starts at its beginning, or at the earliest step."""
        step, loop, scene = self._session.step, self._session.loop, self._session.scene
        earliest = scene.first if scene is not None else 0
        self.between(loop[0] if loop is not None and loop[0] < step else earliest, step)

    @Slot(int, int)
    def between(self, first: int, last: int) -> None:
        """Loop between two steps."""
        if first < last:
            self._do(self._session.set_loop((first, last)))
        else:
            self._session.log.emit("warning", self.tr("A loop needs an end after its beginning."))

    def leave(self) -> None:
        """Loop no longer."""
        self._do(self._session.set_loop(None))
