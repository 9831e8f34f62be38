"""Tells how far the engine has come in reading images, and offers to stop it."""

from PySide6.QtCore import QObject, Slot

from ganlab_desktop.ui.banner import Banner
from ganlab_desktop.ui.engine_client import EngineClient
from ganlab_desktop.wire.messages import Reading, StopReading


class ReadingNote(QObject):
    """A quiet line above everything for as long as it takes."""

    def __init__(self, client: EngineClient, banner: Banner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client, self._banner = client, banner
        self._shown = False
        client.reading.connect(self._tell)

    @Slot(object)
    def _tell(self, reading: Reading) -> None:
        if reading.count:
            text = self.tr("Reading images: {done} of {count}.")
            text = text.format(done=f"{reading.done:,}", count=f"{reading.count:,}")
            self._banner.note(text, self.tr("Stop"), self._stop)
            self._shown = True
        elif self._shown:
            self._shown = False
            self._banner.note_is_over()

    def _stop(self) -> None:
        self._client.grant(StopReading())
