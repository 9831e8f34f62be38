"""The process for studies, as the one that trains sees it."""

import itertools
import logging
import queue
import subprocess
import sys
import threading
from functools import cache

import msgspec

from ganlab_desktop.engine.lane import AFTER_FAILURE, CloseLane, Imported, Measurement, Offer, Tell
from ganlab_desktop.engine.priority import START_LOW
from ganlab_desktop.engine.stdio import write_all
from ganlab_desktop.gan.data.contents import find
from ganlab_desktop.wire.arrays import Array, WireError
from ganlab_desktop.wire.framing import MARKER, Decoder, encode

_log = logging.getLogger(__name__)

_COMMAND = (sys.executable, "-m", "ganlab_desktop.engine.study_server")
_PATIENCE = 10.0  # seconds

Outbox = queue.SimpleQueue[Offer | CloseLane | None]


class ApartLane:
    """A lane in the process for studies, whose interpreter the training does not wait for."""

    def __init__(self, tell: Tell) -> None:
        self._process = shared()
        self._number = self._process.enter(tell)

    def post(self, offer: Offer) -> None:
        """Take up an offer."""
        self._process.post(msgspec.structs.replace(offer, lane=self._number))

    def close(self) -> None:
        """Have no more told."""
        self._process.leave(self._number)


class StudyProcess:
    """Starts with the first offer, and again with the next one should it die. All lanes of this process share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._tell: dict[int, Tell] = {}
        self._pending: dict[int, Offer] = {}
        self._outbox: Outbox | None = None
        self._thread: threading.Thread | None = None
        self.process_id = 0  # while it runs

    def enter(self, tell: Tell) -> int:
        """The number of a new lane."""
        with self._lock:
            number = next(self._numbers)
            self._tell[number] = tell
            return number

    def post(self, offer: Offer) -> None:
        """Have an offer carried out; what is measured is told from another thread."""
        with self._lock:
            self._pending[offer.lane] = offer
            if self._outbox is None:
                self._outbox = queue.SimpleQueue()
                name = "studies apart"
                self._thread = threading.Thread(target=self._run, args=(self._outbox,), name=name, daemon=True)
                self._thread.start()
            self._outbox.put(offer)

    def leave(self, number: int) -> None:
        """End a lane. It is told nothing more."""
        with self._lock:
            del self._tell[number]
            self._pending.pop(number, None)
            if self._outbox is not None:
                self._outbox.put(CloseLane(number))

    def end(self) -> None:
        """Have the process end, and wait for that."""
        with self._lock:
            thread = self._thread
            if self._outbox is not None:
                self._outbox.put(None)
        if thread is not None:
            thread.join(_PATIENCE)

    def _run(self, outbox: Outbox) -> None:
        """One life of the process."""
        try:
            process = subprocess.Popen(
                _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, creationflags=START_LOW
            )
        except OSError as error:
            _log.error("no process for studies could be started: %s", error)
            self._lost(outbox)
            return
        self.process_id = process.pid
        reader = threading.Thread(target=self._read, args=(process, outbox), name="studies told", daemon=True)
        reader.start()
        assert process.stdin is not None
        with process.stdin as stdin:
            try:
                write_all(stdin.fileno(), MARKER)
                told: set[str] = set()
                while (message := outbox.get()) is not None:
                    name = getattr(message.experiment.data, "content", "") if isinstance(message, Offer) else ""
                    points = find(name)
                    if points is not None and name not in told:
                        told.add(name)
                        write_all(stdin.fileno(), encode(Imported(Array.of(points))))
                    write_all(stdin.fileno(), encode(message))
            except OSError:  # it has died, which its output says too
                pass
        reader.join()

    def _read(self, process: "subprocess.Popen[bytes]", outbox: Outbox) -> None:
        assert process.stdout is not None
        decoder = Decoder(msgspec.msgpack.Decoder(Measurement))
        try:
            with process.stdout as stdout:
                while data := stdout.read(1 << 20):
                    for measured in decoder.feed(data):
                        self._pass_on(measured)
        except WireError as error:
            _log.error("the process for studies sent %s", error)
            process.kill()
        self.process_id = 0
        if code := process.wait():
            _log.warning("the process for studies has ended with exit code %d", code)
        self._lost(outbox)

    def _pass_on(self, measured: Measurement) -> None:
        with self._lock:
            tell = self._tell.get(measured.lane)
            if measured.last:
                self._pending.pop(measured.lane, None)
        if tell is not None:
            tell(measured)

    def _lost(self, outbox: Outbox) -> None:
        """Tell those who wait that nothing will come."""
        outbox.put(None)
        with self._lock:
            self._outbox = None
            pending, self._pending = self._pending, {}
            waiting = [(self._tell[number], offer) for number, offer in pending.items() if number in self._tell]
        for tell, offer in waiting:
            for name in offer.studies:
                tell(Measurement(name, offer.step, 0, None, (), AFTER_FAILURE, last=name == offer.studies[-1]))


@cache
def shared() -> StudyProcess:
    """The one that all lanes go to."""
    return StudyProcess()
