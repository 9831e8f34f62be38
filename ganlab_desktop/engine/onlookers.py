"""All that looks at the open run for the window: frames, previews beside the training, and the second canvas."""

from collections.abc import Callable
from time import perf_counter

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.frames import FrameMaker
from ganlab_desktop.engine.previews import Previews
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.second_canvas import SecondCanvas
from ganlab_desktop.wire.messages import Answer, Grant, Look

_GLIMPSES = 0.25  # seconds between the frames on the way to a moment of the past, after the first


class Onlookers:
    """For the thread that trains; `grant` and `look` may be called from any."""

    def __init__(self, send: Callable[[Answer], None], wake: Callable[[], None]) -> None:
        self._send, self._wake = send, wake
        self.second = SecondCanvas(send, wake)
        self._frames: FrameMaker | None = None
        self._previews: Previews | None = None
        self._grant: Grant | None = None
        self._next_glimpse = 0.0

    def grant(self, grant: Grant) -> None:
        """Take a credit for one frame; a newer one replaces it."""
        self._grant = grant
        self._wake()

    def look(self, look: Look) -> None:
        """Send a preview of a step of the open run."""
        previews = self._previews
        if previews is not None:
            previews.ask(look)

    def begin(self, document: Document) -> None:
        """Look at the run that a document has come to."""
        run = document.run
        self._frames = FrameMaker(run, self._wake, document.number)
        self._previews = Previews(run.id, document.number, run.timeline, self._send)

    def end(self) -> None:
        """Look no more."""
        if self._frames is not None and self._previews is not None:
            self._frames.close()
            self._previews.close()
            self._frames = self._previews = None
        self.second.clear()

    def turn(self, past: Replica | None) -> None:
        """Look at the run's past, or with None at the run itself."""
        if self._frames is not None:
            self._frames.look_at(past)

    def expect_glimpse(self, *, at_once: bool) -> None:
        """On the way to a moment of the past, send the next frame at once, or in a while."""
        self._next_glimpse = 0.0 if at_once else perf_counter() + _GLIMPSES

    def serve(self, rate: Callable[[], float], aim: tuple[int, int] | None, *, playing: bool) -> None:
        """Send a frame if one is wanted; `aim` is the moment that is on its way."""
        frames = self._frames
        if frames is None:
            return
        if aim is None:
            frames.measure(resting=not playing)
        elif perf_counter() < self._next_glimpse:
            return
        else:
            self.expect_glimpse(at_once=False)
        grant = self._grant
        if grant is None:
            return
        frame = frames.make(grant, playing=playing, rate=rate(), beside=self.second.beside, aim=aim)
        if frame is not None:
            if self._grant is grant:
                self._grant = None
            self._send(frame)
