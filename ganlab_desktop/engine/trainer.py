"""The training thread: it alone owns the run, and takes commands between iterations."""

import logging
import math
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import torch

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.frames import scene_of
from ganlab_desktop.engine.jobs import Jobs, Turn
from ganlab_desktop.engine.onlookers import Onlookers
from ganlab_desktop.engine.pace import Speedometer
from ganlab_desktop.engine.playback import FORWARDS, Clock, Course
from ganlab_desktop.engine.reading import Readings
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.replying import replied
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.selecting import Selecting
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.wire.messages import Answer, Content, Log, Paused, Player, Saved, Scene

_log = logging.getLogger(__name__)

Reason = Literal["finished", "stepped", "diverged", "failed"]

_SLICE = 0.01  # seconds of replaying between two looks at what else there is to do
_INEXACT = (
    "this past is replayed, but not exactly: it was made by another PyTorch, processor or number of threads, or of "
    "other data"
)
_DIVERGED = "The networks' losses or weights are no longer finite numbers"


class Trainer:
    """Runs one document after another.

    `post` and `stop` may be called from any thread and only leave a job behind; what a job may call is for the training
    thread. `onlookers` see the open run.
    """

    def __init__(self, send: Callable[[Answer], None]) -> None:
        self._send = send
        self._jobs = Jobs()
        self._readings = Readings(send)
        self.onlookers = Onlookers(send, self._jobs.wake.set)
        self._document: Document | None = None
        self._selecting: Selecting | None = None
        self._past: Replica | None = None  # what is shown in the run's place
        self._playing = False
        self._left: int | None = None  # iterations until a pause, None for no end
        self._only: Player | None = None
        self._course = FORWARDS
        self._clock = Clock()
        self._speed = Speedometer()
        self._passed = 0  # iterations that were trained or shown again
        self._told: object = None  # what held where the window was last told of it
        self._told_inexact = False
        self._cut_short = False  # whether jobs are done that waited for a moment which will not come
        self._unwritten = ""  # why the file could not be written when it was last tried
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="training")
        self._thread.start()

    # --- from the command thread --------------------------------------------------------------------------------------

    def post(self, request: int, job: Callable[[], Content], turn: Turn = Turn.IN_ORDER) -> None:
        """Do a job between iterations and reply to the request with what it returns or why it failed."""
        self._jobs.put(lambda: self._send(replied(request, job, self._readings.watched())), turn)

    def stop_reading(self) -> None:
        """Stop reading images for the job at hand, which is refused then."""
        self._readings.stop()

    def stop(self, *, for_good: bool = True) -> None:
        """Commit the run file and end the thread. What was deleted goes `for_good` where the user has left."""
        self._jobs.put(partial(self._stop, for_good=for_good))
        self._thread.join()

    # --- jobs, on the training thread ---------------------------------------------------------------------------------

    def show(self, document: Document) -> Scene:
        """Put a document in the place of the one before, which is closed."""
        self.close()
        self._document = document
        document.start_writing(self._saved, partial(self._writing_failed, document))
        return self._look_at_run()

    def save_as(self, path: Path) -> Scene:
        """Go on in another file."""
        document = self.document()
        document.save_as(path)
        self.onlookers.second.renew(document)
        return self.scene()

    def _turn(self, change: Callable[[Document], None]) -> Scene:
        """Have the document come to another run, and show where it stands then, also if it fails half-way."""
        document = self.document()
        run = document.run
        try:
            change(document)
        except BaseException:
            if document.run is not run:
                self._send(self._look_at_run())
            raise
        return self._look_at_run() if document.run is not run else self.scene()

    def _look_at_run(self) -> Scene:
        """Show the run that the document has come to, at rest."""
        self._pause()
        document = self.document()
        run = document.run
        self._end_looking()
        self._told_inexact = False
        torch.set_num_threads(run.threads)
        self.onlookers.begin(document)
        self._selecting = Selecting(run)
        self._speed.start(self._passed)
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
        document = self.document()
        self._told = (self._past or document.run).standing
        return scene_of(document, self._past)

    def play(self, course: Course = FORWARDS) -> None:
        """Train until paused, or show again what was. Raises ExperimentError for a loop that begins where it ends."""
        if course.loop is not None and course.loop[0] >= course.loop[1]:
            raise ExperimentError("", "a loop needs an end after its beginning")
        if not course.trains:
            self._leave_present()
        self._start(None, course=course)

    def pause(self) -> None:
        """Stop; an iteration at hand is finished first. On the way to a moment of the past, go no further."""
        if not self._playing:
            self._go_no_further()
        self._pause()
        past, run = self._past, self.document().run
        if past is not None and (past.game.step, past.game.position) == (run.step, run.game.position):
            self._return()

    def _go_no_further(self) -> None:
        """Stay on the way to a moment of the past. What waits for the moment is refused."""
        self._cut_short = True
        self._jobs.finish()
        self._cut_short = False
        if self._past is not None:
            self._past.stay()

    def _leave_present(self) -> None:
        """Let a replica stand in for the run, where it is."""
        run = self.document().run
        if self._past is None:
            run.timeline.keep(run.game)
            past = Replica(run.timeline, run.game.device)
            past.aim(run.step, run.game.position)
            self._past = past
            self.onlookers.turn(past)

    def step(self, count: int, only: Player | None) -> None:
        """Train `count` iterations; with `only`, one player moves alone. From the past, these are played again."""
        if self._past is not None and only is not None:
            raise ExperimentError("", "one player alone can move at the newest step only; go there first (End)")
        if self._past is None:
            self._sound_run().finish_iteration()
        arriving = self._past is not None and self._seeking and not self._past.phase  # which counts as an iteration
        self._start(max(1, count) + arriving, only)

    def step_phase(self, to: int | None = None) -> Scene | None:
        """Run one phase, or go to where `to` phases of the iteration have run, and rest there."""
        self._pause()
        run, past = self.document().run, self._past
        step, phase = (past.step, past.phase) if past is not None else (run.step, run.game.position)
        count = self._phases_after(step)
        to = phase + 1 if to is None else min(max(to, 0), count)
        if step == run.step and to > run.game.position:  # nobody has been there yet
            self._return()
            for _ in range(to - run.game.position):
                self._sound_run().advance_phase()
            return self.scene() if past is not None else None
        return self.seek(step, to) if to < count else self.seek(step + 1, 0)

    def _phases_after(self, step: int) -> int:
        """How many phases lead from a step to the next; of a lone move only its end can be shown."""
        run = self.document().run
        return 1 if run.timeline.alone(step + 1) else len((self._past or run).game.phases)

    def seek(self, step: int, phase: int) -> Scene:
        """Show the run as it was at a moment. Raises ExperimentError where nothing is known of it."""
        run = self.document().run
        self._pause()
        moment = max((step, phase), (0, 0))
        if moment >= (run.step, run.game.position):
            self._return()
            return self.scene()
        past = self._past or Replica(run.timeline, run.game.device)
        try:
            past.aim(moment[0], min(moment[1], self._phases_after(moment[0]) - 1))
        except LookupError as error:
            raise ExperimentError("", str(error)) from None
        self._past = past
        self.onlookers.turn(past)
        self.onlookers.expect_glimpse(at_once=True)
        return self.scene()

    def _return(self) -> None:
        """Show the present again."""
        if self._past is not None:
            self._past = None
            self.onlookers.turn(None)

    def edit(self, changes: dict[str, Any]) -> Scene:
        """Change settings of the open run; where the past is shown, of a fork. Training rests if the edit cannot be
        saved."""
        if self._past is not None:
            return self.fork(changes)
        return self._change(lambda document: document.edit(changes))

    def undo(self, *, again: bool) -> Scene:
        """Take the last edit back, or make it again. Training rests if that cannot be saved."""
        if self._past is not None:
            raise ExperimentError("", "edits are taken back at the newest step only; go there first (End)")
        return self._change(lambda document: document.undo(again=again))

    def _change(self, change: Callable[[Document], None]) -> Scene:
        self._sound_run()
        try:
            change(self.document())
        except RunFileError as error:
            self._rest("failed", f"the change is in force, but could not be saved: {error}")
        return self.scene()

    def fork(self, changes: dict[str, Any]) -> Scene:
        """Go on in a run of its own from the iteration that is shown."""
        shown = self._past or self._sound_run()
        self._complete()
        step = shown.game.step
        scene = self._turn(lambda document: document.fork(shown, changes))
        self._send(Log("info", f"forked at step {step:,}; the run that it left is kept"))
        return scene

    def _complete(self) -> None:
        """Come to the moment of the past that is on its way. Raises ExperimentError where the way was cut short."""
        if self._cut_short:
            raise ExperimentError("", "the way to that step was cut short")
        if self._past is not None:
            self._past.work(math.inf)

    def turn_to(self, number: int) -> Scene:
        """Go on with another run of the document."""
        return self._turn(lambda document: document.turn_to(number))

    def duplicate(self, seed: int) -> Scene:
        """Begin the same experiment with another seed, as another run of the document."""
        return self._turn(lambda document: document.duplicate(seed))

    def revert(self) -> Scene:
        """Go back to where the user opened or last saved the document."""
        self._pause()
        document = self.document()
        if document.path is not None and not document.kept:  # open for reading only: the file is as it was
            return self.show(Document.open(document.path))
        return self._turn(Document.revert)

    def describe(self, number: int, **values: str | bool) -> Scene:
        """Change a run's title, colour or note, delete it or take that back."""
        return self._turn(lambda document: document.describe(number, **values))

    def show_beside(self, number: int | None, step: int | None) -> None:
        """Show another run on a second canvas, at the step shown or at one of its own; None shows none."""
        self.onlookers.second.show(self.document(), number, step)

    def _give_up_past(self) -> None:
        """Show the present again where a replay has failed, half-way through an iteration as it may be."""
        if self._past is not None:
            self._go_no_further()
            self._return()
            self._send(self.scene())

    def _end_looking(self) -> None:
        """End all that looks at the run at hand."""
        self._past = None
        self.onlookers.end()

    def bookmark(self, step: int | None, note: str | None) -> Scene:
        """Mark a step with a note, or with None take its mark away; without a step, the one that is shown."""
        document, past = self.document(), self._past
        timeline = document.run.timeline
        if step is None:
            self._complete()
            if past is not None:
                timeline.insert(past.game, past.standing.edits)
            else:
                timeline.keep(document.run.game)
            step = (past or document.run).game.step
            note = note or timeline.bookmarks.get(step, "")
        elif step not in timeline.bookmarks:
            raise ExperimentError("", f"step {step:,} has no bookmark")
        try:
            document.bookmark(step, note)
        except RunFileError as error:
            self._rest("failed", f"the bookmark is set, but could not be saved: {error}")
        return self.scene()

    def set_speed(self, per_second: float, *, phases: bool) -> None:
        """Limit training to so many iterations, or phases, a second; 0 lifts the limit."""
        self._clock.set(per_second, phases=phases)

    def _start(self, count: int | None, only: Player | None = None, course: Course = FORWARDS) -> None:
        if self._past is None:
            self._sound_run()
        self._left, self._only, self._course = count, only, course
        self._playing = True
        self._clock.start()
        self._speed.start(self._passed)

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
            self._jobs.work(lambda: self._seeking)
            try:
                self._go_on()
            except Exception as error:  # out of memory, a driver's fault: training stops, and the window is told
                _log.exception("training failed")
                self._give_up_past()
                self._rest("failed", f"{type(error).__name__}: {error}", save=False)
            if not self._playing and not self._seeking and not self.onlookers.second.catching_up and not self._jobs:
                self._jobs.wake.wait(0.5)
                self._jobs.wake.clear()

    def _go_on(self) -> None:
        """An iteration if one is due, the file, and a frame if one is wanted."""
        document = self._document
        if document is None:
            return
        if self._past is not None and self._seeking:
            if self._past.work(_SLICE) and self._playing:
                self._arrive(document.run, self._past)
        elif self._playing:
            self._iterate(document.run)
        if not self._seeking:
            step = (self._past or document.run).game.step
            self.onlookers.second.follow(document, step, _SLICE, playing=self._playing)
        if self._past is not None and not self._past.exact and not self._told_inexact:
            self._told_inexact = True
            self._send(Log("warning", _INEXACT))
        if lost := document.run.timeline.take_lost():
            self._send(Log("warning", f"{document.path}: {lost}"))
        document.tick(resting=not self._playing)
        self.onlookers.serve(lambda: self._speed.read(self._passed), self._aim, playing=self._playing)
        if document.run.diverged and self._playing:
            self._rest("diverged", f"{_DIVERGED} since step {document.run.diverged_at:,}")

    @property
    def _seeking(self) -> bool:
        """Whether a moment of the past is on its way."""
        return self._aim is not None

    @property
    def _aim(self) -> tuple[int, int] | None:
        return self._past.aimed_at if self._past is not None else None

    def _iterate(self, run: Run) -> None:
        """Train, or show again, the iteration or the phase that is due."""
        if not self._clock.ready():
            return
        past = self._past
        if past is None:
            if self._clock.phases and self._only is None:
                run.advance_phase()
            else:
                run.advance(self._only)
            self._count(run, whole=run.game.position == 0)
            return
        moment = (past.game.step, past.game.position)
        phases = self._phases_after if self._clock.phases else None
        following = self._course.after(moment, run.timeline.keyframes[0].step, run.step, phases)
        if following is None:
            self._rest("stepped")
            return
        past.aim(*following)
        self.onlookers.expect_glimpse(at_once=False)
        if past.work(_SLICE):
            self._arrive(run, past)

    def _arrive(self, run: Run, past: Replica) -> None:
        """A moment of the past is shown again; what follows the newest one is trained."""
        whole = past.game.position == 0
        if self._course.trains and past.game.step >= run.step:
            self._return()
            self._send(self.scene())
        elif past.standing != self._told:
            self._send(self.scene())
        self._count(run, whole=whole)

    def _count(self, run: Run, *, whole: bool) -> None:
        """Rest where enough iterations have passed; a `whole` one has just done so."""
        if not whole:
            return
        self._passed += 1
        if self._past is None:
            self._select(run)
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._rest("stepped")
        elif self._past is None and run.step == run.experiment.schedule.steps:
            self._rest("finished", f"{run.step:,} steps, as the schedule asks")

    def _select(self, run: Run) -> None:
        """Look at the run where its step is due to be compared with the others, and rest where none better comes. A
        command that waits keeps a look from training its classifier first."""
        selecting = self._selecting
        if selecting is None or not selecting.look_if_due(lambda: not self._jobs):
            return
        if selecting.trouble:
            self._send(Log("warning", selecting.trouble))
            return
        self._send(self.scene())
        if selecting.given_up and self._playing and self._left is None:
            self._rest("finished", selecting.verdict)

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

    def _saved(self, step: int) -> None:
        document = self._document
        self._unwritten = ""
        if document is not None:
            self._send(Saved(step, str(document.path)))

    def _writing_failed(self, document: Document, text: str) -> None:
        self._jobs.put(lambda: self._rest_unwritten(document, text))

    def _rest_unwritten(self, document: Document, text: str) -> None:
        """Rest and say why. At rest writing is tried again and again, which is told once."""
        if document is not self._document:
            return
        if self._playing or text != self._unwritten:
            self._rest("failed", text, save=False)
        self._unwritten = text

    def close(self, *, for_good: bool = True) -> None:
        """Save and close the open document, if there is one."""
        self._pause()
        self._end_looking()
        if self._document is not None:
            try:
                self._document.close(for_good=for_good)
            except RunFileError as error:
                self._send(Log("error", str(error)))
            self._document = None

    def _stop(self, *, for_good: bool) -> None:
        self._go_no_further()
        self.close(for_good=for_good)
        self._stopping = True
