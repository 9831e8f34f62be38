"""The second canvas: which run it shows, and how it keeps up with the first."""

from collections.abc import Callable

from ganlab_desktop.engine.beside import Beside
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.frames import beside_scene
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.wire.messages import Answer, BesideScene, Log


class SecondCanvas:
    """Shows one run after another, or none. For the training thread; `on_measured` is called from measuring ones."""

    def __init__(self, send: Callable[[Answer], None], on_measured: Callable[[], None]) -> None:
        self._send, self._on_measured = send, on_measured
        self.beside: Beside | None = None
        self._told_edits = -1  # of what the window was told of it

    @property
    def catching_up(self) -> bool:
        """Whether it is on its way to where it is to stand."""
        return self.beside is not None and not self.beside.arrived

    def show(self, document: Document, number: int | None, step: int | None) -> None:
        """Show a run of the document, at the step shown or at one of its own; None shows none. Raises ExperimentError,
        RunFileError."""
        self.clear()
        if number is None:
            return
        timeline, end = document.timeline_of(number)
        self.beside = Beside(number, timeline, end, step, document.run.game.device, self._on_measured)
        self._told_edits = -1

    def renew(self, document: Document) -> None:
        """Show the same anew: the document has gone to another file. Raises ExperimentError, RunFileError."""
        if self.beside is not None:
            self.show(document, self.beside.number, self.beside.own_step)

    def follow(self, document: Document, step: int, seconds: float, *, playing: bool) -> None:
        """Go about so many seconds' part of the way to the step shown, and tell the window what it sees there."""
        beside = self.beside
        if beside is None:
            return
        try:
            beside.follow(step)
            beside.work(seconds, playing=playing)
        except (RunFileError, LookupError) as error:
            self.clear()
            self._send(Log("error", str(error)))
            return
        beside.measure()
        if beside.replica.standing.edits != self._told_edits:
            self._told_edits = beside.replica.standing.edits
            self._send(BesideScene(beside_scene(document, beside)))

    def clear(self) -> None:
        """Show none."""
        if self.beside is not None:
            self.beside.close()
            self.beside = None
            self._send(BesideScene())
