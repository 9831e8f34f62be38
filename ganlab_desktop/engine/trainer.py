"""The training thread: it alone owns the run, and takes commands between iterations."""

import logging
import math
import threading
from collections import deque
from collections.abc import Callable
from time import perf_counter, sleep
from typing import Any, Literal

import torch

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.frames import FrameMaker, scene_of
from ganlab_desktop.engine.pace import Speedometer
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.wire.messages import (
    Answer,
    Comparison,
    Content,
    Curves,
    Grant,
    Log,
    Paused,
    Player,
    Reply,
    Saved,
    Scene,
)

_log = logging.getLogger(__name__)

Job = Callable[[], None]
Reason = Literal["finished", "stepped", "diverged", "failed"]

_SLICE = 0.01  # seconds of replaying between two looks at what else there is to do
_GLIMPSES = 0.25  # seconds between the frames on the way to a moment of the past, after the first
_INEXACT = "this past is replayed, but not exactly: it was made by another PyTorch, processor or number of threads"
_DIVERGED = "The networks' losses or weights are no longer finite numbers"


class Trainer:
    """Runs one document after another.

    `post`, `grant` and `stop` may be called from any thread and only leave a job behind; what a job may call is for
    the training thread.
    """

    def __init__(self, send: Callable[[Answer], None]) -> None:
        self._send = send
        self._jobs: deque[Job] = deque()
        self._wake = threading.Event()
        self._document: Document | None = None
        self._frames: FrameMaker | None = None
        self._past: Replica | None = None  # what is shown in the run's place
        self._grant: Grant | None = None
        self._playing = False
        self._left: int | None = None  # iterations until a pause, None for no end
        self._only: Player | None = None
        self._period = 0.0  # seconds an iteration is to take, 0 for as fast as it goes
        self._due = 0.0
        self._speed = Speedometer()
        self._next_glimpse = 0.0
        self._told_inexact = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="training")
        self._thread.start()

    # --- from the command thread --------------------------------------------------------------------------------------

    def post(self, request: int, job: Callable[[], Content]) -> None:
        """Do a job between iterations and reply to the request with what it returns or why it failed."""
        self._jobs.append(lambda: self._answer(request, job))
        self._wake.set()

    def grant(self, grant: Grant) -> None:
        """Take a credit for one frame; a newer one replaces it."""
        self._grant = grant
        self._wake.set()

    def stop(self) -> None:
        """Commit the run file and end the thread."""
        self._jobs.append(self._stop)
        self._wake.set()
        self._thread.join()

    # --- jobs, on the training thread ---------------------------------------------------------------------------------

    def show(self, document: Document) -> Scene:
        """Put a document in the place of the one before, which is closed."""
        self._pause()
        self.close()
        self._document = document
        document.start_writing(self._saved, self._writing_failed)
        return self._look_at_run()

    def _look_at_run(self) -> Scene:
        """Show the run that the document has come to."""
        document = self.document()
        run = document.run
        if self._frames is not None:
            self._frames.close()
        self._past = None
        self._told_inexact = False
        torch.set_num_threads(run.threads)
        self._frames = FrameMaker(run, self._wake.set, document.number)
        self._speed.start(run.step)
        return self.scene()

    @property
    def has_document(self) -> bool:
        """Whether a run is open."""
        return self._document is not None

    def document(self) -> Document:
        """The open document. Raises ExperimentError where none is."""
        if self._document is None:
            raise ExperimentError("", "no run is open")
        return self._document

    def scene(self) -> Scene:
        """The open run as the window is told of it."""
        return scene_of(self.document(), self._past)

    def play(self) -> None:
        """Train until paused."""
        self._start(None)

    def pause(self) -> None:
        """Stop training; an iteration at hand is finished first."""
        self._pause()

    def step(self, count: int, only: Player | None) -> None:
        """Train `count` iterations; with `only`, one player moves alone. From the past, these are played again."""
        if self._past is not None and only is not None:
            raise ExperimentError("", "one player alone can move at the newest step only; go there first (End)")
        if self._past is None:
            self._sound_run().finish_iteration()
        self._start(max(1, count), only)

    def step_phase(self) -> None:
        """Run one phase and rest there."""
        self._pause()
        if self._past is None:
            self._sound_run().advance_phase()
            return
        past = self._past
        within = past.phase + 1 < len(past.game.phases)
        self.seek(past.step if within else past.step + 1, past.phase + 1 if within else 0)

    def seek(self, step: int, phase: int) -> Scene:
        """Show the run as it was at a moment. Raises ExperimentError where nothing is known of it."""
        run = self.document().run
        assert self._frames is not None
        self._pause()
        moment = max((step, phase), (0, 0))
        if moment >= (run.step, run.game.position):
            self._return()
            return self.scene()
        past = self._past or Replica(run.timeline, run.game.device)
        phases = 1 if run.timeline.alone(step + 1) else len(past.game.phases)  # of a lone move only its end is shown
        try:
            past.aim(moment[0], min(moment[1], phases - 1))
        except LookupError as error:
            raise ExperimentError("", str(error)) from None
        self._past, self._next_glimpse = past, 0.0
        self._frames.look_at(past)
        return self.scene()

    def _return(self) -> None:
        """Show the present again."""
        if self._past is not None and self._frames is not None:
            self._past = None
            self._frames.look_at(None)

    def edit(self, changes: dict[str, Any]) -> Scene:
        """Change settings of the open run; where the past is shown, of a fork. Training rests if the edit cannot be
        saved."""
        if self._past is not None:
            return self.fork(changes)
        self._sound_run()
        try:
            self.document().edit(changes)
        except RunFileError as error:
            self._rest("failed", f"the change is in force, but could not be saved: {error}")
        return self.scene()

    def fork(self, changes: dict[str, Any]) -> Scene:
        """Go on in a run of its own from the iteration that is shown."""
        document, shown = self.document(), self._past or self._sound_run()
        self._pause()
        if self._past is not None:
            self._past.work(math.inf)
        step = shown.game.step
        document.fork(shown, changes)
        self._send(Log("info", f"forked at step {step:,}; the run that it left is kept"))
        return self._look_at_run()

    def turn_to(self, number: int) -> Scene:
        """Go on with another run of the document."""
        self._pause()
        self.document().turn_to(number)
        return self._look_at_run()

    def duplicate(self, seed: int) -> Scene:
        """Begin the same experiment with another seed, as another run of the document."""
        self._pause()
        self.document().duplicate(seed)
        return self._look_at_run()

    def describe(self, number: int, **values: str | bool) -> Scene:
        """Change a run's title, colour or note, delete it or take that back."""
        document = self.document()
        run = document.run
        document.describe(number, **values)
        if document.run is not run:
            self._pause()
            return self._look_at_run()
        return self.scene()

    def set_speed(self, steps_per_second: float) -> None:
        """Limit training to so many iterations a second; 0 lifts the limit."""
        self._period = 1.0 / steps_per_second if steps_per_second > 0.0 else 0.0
        self._due = perf_counter()

    def _start(self, count: int | None, only: Player | None = None) -> None:
        run = self._sound_run() if self._past is None else self.document().run
        self._left, self._only = count, only
        self._playing = True
        self._due = perf_counter()
        self._speed.start(run.step)

    def _sound_run(self) -> Run:
        """The open run. Raises ExperimentError where it has diverged."""
        run = self.document().run
        if run.diverged:
            raise ExperimentError("", f"{_DIVERGED}; start again, or open the run to go on from its last good state")
        return run

    def _pause(self) -> None:
        self._playing = False
        self._speed.rate = 0.0

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping:
            while self._jobs:
                self._jobs.popleft()()
            try:
                self._turn()
            except Exception as error:  # out of memory, a driver's fault: training stops, and the window is told
                _log.exception("training failed")
                self._rest("failed", f"{type(error).__name__}: {error}", save=False)
            if not self._playing and not self._seeking and not self._jobs:
                self._wake.wait(0.5)
                self._wake.clear()

    def _turn(self) -> None:
        """An iteration if one is due, the file, and a frame if one is wanted."""
        document = self._document
        if document is None:
            return
        if self._past is not None and self._seeking:
            self._past.work(_SLICE)
        elif self._playing:
            self._iterate(document.run)
        if self._past is not None and not self._past.exact and not self._told_inexact:
            self._told_inexact = True
            self._send(Log("warning", _INEXACT))
        document.tick()
        self._serve(document.run)
        if document.run.diverged and self._playing:
            self._rest("diverged", f"{_DIVERGED} since step {document.run.diverged_at:,}")

    @property
    def _seeking(self) -> bool:
        """Whether a moment of the past is on its way."""
        return self._past is not None and not self._past.arrived

    def _iterate(self, run: Run) -> None:
        if self._period:
            ahead = self._due - perf_counter()
            if ahead > 0.0:
                sleep(min(ahead, 0.01))
                if ahead > 0.01:
                    return
            self._due = max(self._due + self._period, perf_counter() - self._period)
        if self._past is not None:
            self._replay(run, self._past)
        else:
            run.advance(self._only)
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._rest("stepped")
        elif self._past is None and run.step == run.experiment.schedule.steps:
            self._rest("finished", f"{run.step:,} steps, as the schedule asks")

    def _replay(self, run: Run, past: Replica) -> None:
        """Play one iteration of the past again; what follows the newest one is trained."""
        before = past.standing
        past.aim(past.game.step + 1)
        past.work(math.inf)
        if past.game.step >= run.step:
            self._return()
            self._send(self.scene())
        elif past.standing != before:
            self._send(self.scene())

    def _rest(self, reason: Reason, text: str = "", *, save: bool = True) -> None:
        self._pause()
        document = self.document()
        if save:
            try:
                document.save()
            except RunFileError as error:
                reason, text = "failed", str(error)
        if document.run.diverged and reason != "failed":
            reason, text = "diverged", f"{_DIVERGED} since step {document.run.diverged_at:,}"
        self._send(Paused(document.run.step, reason, text))

    def _serve(self, run: Run) -> None:
        grant, frames = self._grant, self._frames
        if frames is None:
            return
        if self._seeking:
            if perf_counter() < self._next_glimpse:
                return
            self._next_glimpse = perf_counter() + _GLIMPSES
        else:
            frames.measure(resting=not self._playing)
        if grant is None:
            return
        frame = frames.make(grant, playing=self._playing, rate=self._speed.read(run.step))
        if frame is not None:
            if self._grant is grant:
                self._grant = None
            self._send(frame)

    def _answer(self, request: int, job: Callable[[], Content]) -> None:
        try:
            match job():
                case Scene() as scene:
                    self._send(Reply(request, scene=scene))
                case Curves() as curves:
                    self._send(Reply(request, curves=curves))
                case Comparison() as comparison:
                    self._send(Reply(request, comparison=comparison))
                case None:
                    self._send(Reply(request))
        except (ExperimentError, RunFileError) as error:
            self._send(Reply(request, error=str(error)))
        except Exception as error:  # a defect must reach the user as a message, not end the engine
            _log.exception("a command failed")
            self._send(Reply(request, error=f"unexpected {type(error).__name__}: {error}"))

    def _saved(self, step: int) -> None:
        document = self._document
        if document is not None:
            self._send(Saved(step, str(document.path)))

    def _writing_failed(self, text: str) -> None:
        self._jobs.append(lambda: self._rest("failed", text, save=False))
        self._wake.set()

    def close(self) -> None:
        """Save and close the open document, if there is one."""
        if self._frames is not None:
            self._frames.close()
            self._frames = None
        self._past = None
        if self._document is not None:
            try:
                self._document.close()
            except RunFileError as error:
                self._send(Log("error", str(error)))
            self._document = None

    def _stop(self) -> None:
        self._pause()
        self.close()
        self._stopping = True
