"""How far the reading of images has come, for a window that may stop it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from ganlab_desktop.gan.data.images import watching
from ganlab_desktop.wire.messages import Answer, Reading

_PATIENCE = 0.3  # seconds that need no word
_INTERVAL = 0.1  # seconds between two words


class Readings:
    """Watches jobs of the training thread. `stop` may be called from any thread, and stops what is read now."""

    def __init__(self, send: Callable[[Answer], None]) -> None:
        self._send = send
        self._stopped = False
        self._next = 0.0
        self._told = False

    def stop(self) -> None:
        self._stopped = True

    @contextmanager
    def watched(self) -> Iterator[None]:
        """A block whose reading of images is told to the window, the end of it too."""
        self._stopped = self._told = False
        self._next = monotonic() + _PATIENCE
        try:
            with watching(self._progress):
                yield
        finally:
            if self._told:
                self._send(Reading(0, 0))

    def _progress(self, done: int, count: int) -> bool:
        if monotonic() >= self._next and count:
            self._next, self._told = monotonic() + _INTERVAL, True
            self._send(Reading(done, count))
        return not self._stopped
