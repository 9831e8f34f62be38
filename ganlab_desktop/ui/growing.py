"""Asks for what the canvas shows over the run: the past of its wall, one step after the other."""

from PySide6.QtCore import QObject, QTimer, Slot

from ganlab_desktop.ui.panels.canvas.growth import Growth
from ganlab_desktop.ui.session import Session
from ganlab_desktop.wire.messages import Preview

_PATIENCE_MS = 2000  # after which an unanswered look is given up: a newer one has taken its place


class Growing(QObject):
    """One look is on its way at a time, so that those of who hovers over the line of time come in between."""

    def __init__(self, session: Session, growth: Growth, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._growth = session, growth
        self._asked: int | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._ask)
        growth.wanting.connect(self._begin)
        session.preview_arrived.connect(self._take)

    @Slot()
    def _begin(self) -> None:
        if not self._patience.isActive():
            self._ask()

    @Slot()
    def _ask(self) -> None:
        self._asked = self._growth.missing() if self._growth.isVisible() else None
        if self._asked is not None:
            self._patience.start()
            self._session.look(self._asked, None, 0)

    @Slot(object)
    def _take(self, preview: Preview) -> None:
        if preview.step == self._asked:
            self._patience.stop()
            self._growth.take(preview)
            self._ask()
