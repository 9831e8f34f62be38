"""The way to moments of the run: wishes that come faster than answers give way to the newest."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ganlab_desktop.ui.engine_client import EngineClient
from ganlab_desktop.wire import messages as m

if TYPE_CHECKING:
    from ganlab_desktop.ui.session import Session

Moment = tuple[int, int]  # finished iterations, and phases of the next one


class Seeking(QObject):
    """What the user wants to see of the run's time; the session tells what is seen."""

    def __init__(self, client: EngineClient, session: "Session") -> None:
        super().__init__(session)
        self._client, self._session = client, session
        self._wish: Moment | None = None  # that is to be asked for next
        self._asked: Moment | None = None  # that the engine is asked for

    async def to(self, step: int, phase: int = 0) -> None:
        """Show the run as it was at a moment."""
        self._wish = (max(step, 0), max(phase, 0))
        if self._asked is not None:
            return
        try:
            while self._wish is not None:
                self._asked, self._wish = self._wish, None
                self._session.take_past(await self._client.request(m.Seek(self._client.next_id(), *self._asked)))
        finally:
            self._asked = None

    async def back(self) -> None:
        """Show the end of the iteration before, or of the one that is going on."""
        step, phase = self._destination
        await self.to(step if phase else step - 1)

    async def phase_back(self) -> None:
        """Show the phase before."""
        step, phase = self._destination
        phases = len(self._session.scene.phases) if self._session.scene is not None else 1
        if phase or step:
            await self.to(*((step, phase - 1) if phase else (step - 1, phases - 1)))

    async def stay(self) -> None:
        """Go no further on the way to a moment."""
        self._wish = None
        await self._session.pause()

    @property
    def _destination(self) -> Moment:
        """Where the run will be seen once all is done that was asked for."""
        session = self._session
        wanted = self._wish or self._asked or session.aim or (session.step, session.phase)
        return wanted if wanted[0] <= session.head else (session.head, 0)
