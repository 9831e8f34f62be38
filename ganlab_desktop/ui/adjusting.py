"""Settings that are dragged: the newest value of each goes out as soon as the edit before it is done."""

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.ui.engine_client import EngineError
from ganlab_desktop.ui.session import Session
from ganlab_desktop.ui.wording import in_words


class Adjusting(QObject):
    """Edits settings as often as the engine answers, and no more often; values in between are passed over."""

    refused = Signal(str)  # why the last wish could not be met

    def __init__(self, session: Session, awaiting: Awaiting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._awaiting = session, awaiting
        self._wanted: dict[str, Any] = {}
        self._busy = False

    @Slot(str, object)
    def want(self, path: str, value: Any) -> None:
        self._wanted[path] = value
        if not self._busy:
            self._busy = True
            self._awaiting.start(self._edit())

    async def _edit(self) -> None:
        try:
            while self._wanted:
                wanted, self._wanted = self._wanted, {}
                await self._session.edit(wanted)
        except (ExperimentError, EngineError) as error:
            self._wanted = {}
            self.refused.emit(in_words(str(error)))
        finally:
            self._busy = False
