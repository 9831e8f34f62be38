"""The other runs of the document, beside the one at hand: their curves, the second canvas, the comparison."""

from PySide6.QtCore import QObject, Signal

from ganlab_desktop.ui.engine_client import EngineClient
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire import messages as m


class OtherRuns(QObject):
    """What is shown of runs that are not at hand."""

    overlays_changed = Signal()
    beside_changed = Signal(object)  # the Scene of the run on the second canvas, None where there is none

    def __init__(self, client: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._client = client
        self.overlays: dict[int, dict[str, Series]] = {}  # their curves, by their number
        client.beside_changed.connect(self.beside_changed)

    async def overlay(self, run: int, shown: bool) -> None:
        """Show another run's curves beside this one's, or hide them."""
        self.overlays.pop(run, None)
        if shown:
            reply = await self._client.request(m.Overlay(self._client.next_id(), run))
            curves = self.overlays[run] = {}
            for chunk in reply.curves.chunks if reply.curves is not None else ():
                curves[chunk.series] = Series()
                curves[chunk.series].extend(chunk)
        self.overlays_changed.emit()

    async def show_beside(self, run: int | None, step: int | None = None) -> None:
        """Show another run on a second canvas, at the step shown or at one of its own; None shows none."""
        await self._client.request(m.ShowBeside(self._client.next_id(), run, step))

    async def compare(self, step: int) -> tuple[m.Compared, ...]:
        """All runs of the document at a step."""
        reply = await self._client.request(m.Compare(self._client.next_id(), step))
        return reply.comparison.runs if reply.comparison is not None else ()

    def keep_known(self, before: m.Scene | None, scene: m.Scene) -> None:
        """Hide the curves of runs that are gone, of another document, or at hand now."""
        known = {(run.id, run.created) for run in before.runs} if before is not None else set()
        shown = {run.id for run in scene.runs if (run.id, run.created) in known and not run.deleted} - {scene.branch}
        gone = [run for run in self.overlays if run not in shown]
        for run in gone:
            del self.overlays[run]
        if gone:
            self.overlays_changed.emit()
