"""What the window knows: the run, its newest frame, its curves, and the edits that wait. Widgets mirror it."""

from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.ui.caption import caption
from ganlab_desktop.ui.engine_client import EngineClient, EngineError
from ganlab_desktop.ui.findings import told
from ganlab_desktop.ui.other_runs import OtherRuns
from ganlab_desktop.ui.pending import PendingEdits
from ganlab_desktop.ui.seeking import Seeking
from ganlab_desktop.ui.series import Series
from ganlab_desktop.ui.wording import in_words
from ganlab_desktop.wire import messages as m


class EngineState(Enum):
    """The engine process, as the user should think of it."""

    STARTING = "starting"
    RUNNING = "running"
    DEAD = "dead"


class Kept(NamedTuple):
    """A run that a file keeps; title and step are told for runs that the user has given no name."""

    path: str
    title: str = ""
    step: int = 0


class Speed(NamedTuple):
    """A limit of training speed: so many iterations a second, or phases; 0 for none."""

    per_second: float = 0.0
    phases: bool = False


FLAT_OUT = Speed()


class Session(QObject):
    """The one truth of the window. It changes only here, by what the engine says, and tells of every change."""

    scene_changed = Signal(object)  # Scene
    frame_arrived = Signal(object)  # Frame of the scene at hand
    playing_changed = Signal(bool)
    state_changed = Signal(object)  # EngineState
    document_changed = Signal()  # path, title or whether there is something to lose
    pending_changed = Signal()
    paused = Signal(object)  # Paused
    left = Signal(object, bool)  # Kept: the untitled run in whose place another stands now; whether it was `annotated`
    past_changed = Signal(int)  # a setting was changed in the past, so a fork goes on; the run that it left
    findings_changed = Signal()
    loop_changed = Signal()
    preview_arrived = Signal(object)  # Preview of the scene at hand
    log = Signal(str, str)  # level, text
    engine_died = Signal(str)

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self.scene: m.Scene | None = None
        self.experiment = Experiment()
        self.expected = False  # whether the experiment is the one that the engine is asked for, before there is a scene
        self.frame: m.Frame | None = None
        self.series: dict[str, Series] = {}
        self.findings: tuple[m.Finding, ...] = ()  # what goes wrong with this training, oldest first
        self.state = EngineState.STARTING
        self.playing = False
        self.saved_step = -1  # the step that the run file holds, -1 where none does
        self.touched = False  # whether the user did anything to this run
        self.speed = FLAT_OUT
        self.backwards = False  # whether the run is played backwards, while it is
        self.loop: tuple[int, int] | None = None  # the steps between which it is played again and again
        self._opened_at = 0  # the newest step of the run when it was opened
        self.keyframes: tuple[int, ...] = ()  # steps of states that are kept, as they were when the run last rested
        self.keyframe_count = 0  # of all of them
        self.aim: tuple[int, int] | None = None  # the moment of the past that is on its way
        self.rest = ""  # why training rests, as in Paused.reason; empty where the user paused it
        self.pending = PendingEdits()
        self.others = OtherRuns(client, self)
        self.seeking = Seeking(client, self)
        client.ready.connect(self._ready)
        client.frame_arrived.connect(self._frame_arrived)
        client.preview_arrived.connect(self._preview_arrived)
        client.scene_changed.connect(self._scene_arrived)
        client.paused.connect(self._paused)
        client.saved.connect(self._saved)
        client.log.connect(self.log)
        client.died.connect(self._died)

    # --- what is --------------------------------------------------------------------------------------------------

    @property
    def step(self) -> int:
        if self.frame is not None:
            return self.frame.step
        return self.scene.step if self.scene is not None else 0

    @property
    def head(self) -> int:
        """The newest step; `step` lies before it where the past is shown."""
        if self.frame is not None:
            return self.frame.head
        return self.scene.head if self.scene is not None else 0

    @property
    def phase(self) -> int:
        """How many phases of the iteration at hand have run."""
        return self.frame.phase if self.frame is not None else 0

    @property
    def path(self) -> str:
        """The user's document on the engine's machine; empty while the run is untitled."""
        return "" if self.scene is None or self.scene.untitled else self.scene.path

    @property
    def local(self) -> bool:
        """Whether the engine sees the files of this machine."""
        return self._client.local

    @property
    def program(self) -> str:
        """What the engine says it is."""
        return self._client.program

    @property
    def dirty(self) -> bool:
        """Whether leaving the run would lose something; a run that a file follows is saved as it trains."""
        scene = self.scene
        return scene is not None and not scene.kept and (self.touched or self.head > self._opened_at)

    @property
    def annotated(self) -> bool:
        """Whether the user has put something into the document that is his own: bookmarks, notes, further runs."""
        scene = self.scene
        return scene is not None and bool(scene.bookmarks or scene.runs[1:] or any(run.note for run in scene.runs))

    @property
    def altered(self) -> bool:
        """Whether the document has gone on since the user opened or last saved it."""
        scene = self.scene
        if scene is None or scene.saved is None:
            return False
        return scene.saved != m.Moment(scene.branch, self.head, len(scene.edits))

    @property
    def kept(self) -> Kept | None:
        """The run at hand while it is untitled and a file follows it."""
        scene = self.scene
        if scene is None or not scene.untitled or not scene.kept:
            return None
        return Kept(scene.path, self.title, self.head)

    @property
    def title(self) -> str:
        """The document's name, or what the experiment is called while it has none."""
        return Path(self.path).name if self.path else caption(self.experiment)

    @property
    def draft(self) -> Experiment:
        """The experiment with the edits that wait for a new start."""
        return self.pending.drafted(self.experiment, {})

    @property
    def phases(self) -> tuple[m.PhaseInfo, m.PhaseInfo] | None:
        """The phase that ran last and the next while an iteration is taken in phases; None between iterations."""
        if self.scene is None or self.frame is None or not 0 < self.frame.phase < len(self.scene.phases):
            return None
        return self.scene.phases[self.frame.phase - 1], self.scene.phases[self.frame.phase]

    def expect(self, experiment: Experiment) -> None:
        """Show an experiment until the engine has a run of it."""
        if self.scene is None:
            self.experiment, self.expected = experiment, True
            self.pending_changed.emit()

    # --- what the user wants --------------------------------------------------------------------------------------

    async def new(self, experiment: Experiment) -> None:
        """Start an untitled run."""
        await self._begin(self._new(experiment))

    async def open(self, path: str) -> None:
        """Open a run, or start one from an experiment's TOML file or from a file of points."""
        await self._begin(m.Open(self._client.next_id(), path))

    async def cut_off(self, documents: Sequence[str]) -> list[Kept]:
        """Runs that a crash has cut off, the newest first: untitled ones, and those of these documents."""
        reply = await self._client.request(m.Recover(self._client.next_id(), tuple(documents)))
        return [Kept(run.path, "" if run.path in documents else run.title, run.step) for run in reply.cut_off]

    async def peek(self, documents: Sequence[str]) -> tuple[m.Glimpse, ...]:
        """What documents are at a glance, in their order."""
        return (await self._client.request(m.Peek(self._client.next_id(), tuple(documents)))).glimpses

    async def survey(self) -> m.Machine | None:
        """What the engine's machine offers."""
        return (await self._client.request(m.Survey(self._client.next_id()))).machine

    async def explain(self) -> m.FileFormat | None:
        """What a run file holds, and how the one at hand is read."""
        path = self.scene.path if self.scene is not None else ""
        return (await self._client.request(m.Explain(self._client.next_id(), path))).format

    async def save(self, path: str) -> None:
        """Write the run to a .ganlab file and go on there, or its experiment to a .toml file."""
        self._take(await self._client.request(m.Save(self._client.next_id(), path)))

    async def revert(self) -> None:
        """Go back to where the user opened or last saved the document, and rest there."""
        await self.pause()
        await self._begin(m.Revert(self._client.next_id()), tell_left=False)

    async def restart(self) -> None:
        """Start again from step 0, with the collected edits; a run that trained goes on training."""
        await self._begin(m.Restart(self._client.next_id(), self.pending.wanted))

    def _new(self, experiment: Experiment) -> m.New:
        return m.New(self._client.next_id(), files.to_toml(experiment))

    async def fork(self) -> None:
        """Go on in a run of its own from the iteration that is shown."""
        await self._begin(m.Fork(self._client.next_id()), tell_left=False)

    async def turn_to(self, run: int) -> None:
        """Go on with another run of the document."""
        if self.scene is not None and run != self.scene.branch:
            await self._begin(m.TurnTo(self._client.next_id(), run), tell_left=False)

    async def duplicate(self, seed: int) -> None:
        """Begin the experiment anew with another seed, as another run of the document."""
        await self._begin(m.Duplicate(self._client.next_id(), seed), tell_left=False)

    async def describe(self, run: int, **told: Any) -> None:
        """Change a run's `title`, `colour` or `note`, or whether it is `deleted`."""
        self._take(await self._client.request(m.Describe(self._client.next_id(), run, **told)))

    async def _begin(
        self,
        command: m.New | m.Open | m.Restart | m.Revert | m.Fork | m.TurnTo | m.Duplicate,
        *,
        tell_left: bool = True,
    ) -> None:
        was_playing = self.playing
        reply = await self._client.request(command)
        left, annotated = self.kept if tell_left else None, self.annotated
        self._set_playing(False)
        self.touched, self.rest = False, ""
        self.pending.clear()
        self._take(reply)
        self.pending_changed.emit()
        if left is not None and self.scene is not None and left.path != self.scene.path:
            self.left.emit(left, annotated)
        if was_playing:
            await self.play()

    async def play(self, *, backwards: bool = False) -> None:
        """Train on, or show again what was: backwards, or between the ends of the loop."""
        self.backwards = backwards
        await self._client.request(m.Play(self._client.next_id(), backwards, self.loop))
        self._set_playing(True)

    async def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Play again and again between two steps from now on, or no longer."""
        self._change_loop(loop)
        if self.playing:
            await self.play(backwards=self.backwards)

    async def pause(self) -> None:
        await self._client.request(m.Pause(self._client.next_id()))
        self._set_playing(False)

    async def step_by(self, count: int = 1, only: m.Player | None = None) -> None:
        """Train some iterations and pause; `only` lets one player move."""
        self._touch()
        await self._client.request(m.Step(self._client.next_id(), count, only))

    async def step_phase(self, to: int | None = None) -> None:
        """Run the next phase of the iteration, or go to where `to` of its phases have run."""
        self._touch()
        self.rest = ""
        reply = await self._client.request(m.StepPhase(self._client.next_id(), to))
        self._set_playing(False)
        self._take(reply)

    def look(self, step: int, box: tuple[float, float, float, float] | None, label: int) -> None:
        """Ask for a preview of a step, of a part of the plane (None: of all the data) and a class."""
        self._client.grant(m.Look(step, box, label))

    def take_past(self, reply: m.Reply) -> None:
        """Rest at a moment of the run that was asked for."""
        self._set_playing(False)
        self._take(reply)

    async def bookmark(self, step: int | None = None, note: str | None = "") -> int:
        """Mark the step that is shown, or write another note to a mark; None takes it away. The step."""
        self._touch()
        reply = await self._client.request(m.Bookmark(self._client.next_id(), step, note))
        self._take(reply)
        return reply.scene.step if step is None and reply.scene is not None else step or 0

    @property
    def bookmarks(self) -> tuple[m.Bookmarked, ...]:
        """The steps that the user has marked, in order, as far as the run has come."""
        return tuple(mark for mark in self.scene.bookmarks if mark.step <= self.head) if self.scene is not None else ()

    @property
    def best(self) -> m.BestStep | None:
        """The step that scores best by the experiment's metric, where it asks for one."""
        return self.scene.best if self.scene is not None else None

    async def set_speed(self, speed: Speed) -> None:
        """Limit training."""
        self.speed = speed
        await self._client.request(m.SetSpeed(self._client.next_id(), *speed))

    async def edit(self, wanted: Mapping[str, Any]) -> None:
        """Change settings now; those that need a new start, or that the engine refuses to change, are collected.

        Raises ExperimentError where the experiment would not be valid; then nothing has changed.
        """
        self.pending.drafted(self.experiment, wanted)
        self._touch()
        later = {path: reason for path in wanted if (reason := self.pending.reason(path))}
        now = {path: value for path, value in wanted.items() if path not in later}
        if now:
            try:
                reply = await self._client.request(m.Edit(self._client.next_id(), now))
            except EngineError as refusal:
                if self.state is not EngineState.RUNNING:
                    raise
                later |= dict.fromkeys(now, str(refusal))
            else:
                for path in now:
                    self.pending.forget(path)
                left = self.scene.branch if self.scene is not None else 0
                self._take(reply)
                if self.scene is not None and self.scene.branch != left:
                    self._set_playing(False)
                    self.past_changed.emit(left)
        for path, reason in later.items():
            self.pending.collect(self.experiment, path, wanted[path], reason)
        self.pending_changed.emit()

    async def undo(self, *, again: bool = False) -> None:
        """Take the last edit back by another one, or make it again."""
        self._touch()
        self._take(await self._client.request(m.Undo(self._client.next_id(), again)))

    def drop_pending(self) -> None:
        """Drop the collected edits."""
        self.pending.clear()
        self.pending_changed.emit()

    async def restart_engine(self) -> None:
        """Start a new engine and go on from the run file, or from the beginning where there is none."""
        self._set_state(EngineState.STARTING)
        self._client.start()
        if self.speed != FLAT_OUT:
            await self.set_speed(self.speed)
        if self.scene is None or not self.scene.path:
            await self._begin(self._new(self.experiment), tell_left=False)
            return
        try:
            self._take(await self._client.request(m.Open(self._client.next_id(), self.scene.path)))
        except EngineError:
            if self.state is EngineState.RUNNING:
                await self._begin(self._new(self.experiment), tell_left=False)  # its file cannot be opened
            raise

    async def close(self) -> None:
        """End the engine in order."""
        await self._client.close()

    # --- what the engine says -------------------------------------------------------------------------------------

    @Slot(str)
    def _ready(self, program: str) -> None:
        self._set_state(EngineState.RUNNING)

    @Slot(object)
    def _scene_arrived(self, scene: m.Scene) -> None:
        before, self.scene, self.aim = self.scene, scene, scene.aim
        self.experiment = files.from_toml(scene.experiment)
        if before is None or (before.run, before.branch) != (scene.run, scene.branch):
            self.series.clear()
            self._find(())
            self.keyframes, self.keyframe_count = (), 0
            self._change_loop(None)
        else:
            for series in self.series.values():
                series.cut_after(scene.head)
        if before is None or _stamp(before) != _stamp(scene) or scene.step < self.step:
            self.frame = None
        if before is None or (before.path, before.run) != (scene.path, scene.run):
            self.saved_step = scene.head if scene.kept else -1
            self._opened_at = scene.head
        self.others.keep_known(before, scene)
        for warning in scene.warnings:
            if before is None or warning not in before.warnings:
                self.log.emit("warning", in_words(warning))
        if self.pending.drop_reached(self.experiment):
            self.pending_changed.emit()
        self.scene_changed.emit(scene)
        self.document_changed.emit()

    @Slot(object)
    def _frame_arrived(self, frame: m.Frame) -> None:
        if self.scene is None or _stamp(frame) != _stamp(self.scene):
            return
        try:
            self._extend(frame.chunks)
        except (ValueError, TypeError, IndexError, KeyError) as error:
            reason = self.tr("The engine sent a frame that this window cannot read ({0}); are both of one version?")
            self._client.distrust(reason.format(error))
            return
        if frame.findings is not None:
            self._find(frame.findings)
        if frame.keyframes is not None:
            self.keyframes = tuple(frame.keyframes.steps.numpy().tolist())
            self.keyframe_count = frame.keyframes.count
        was_dirty = self.dirty
        self.frame, self.aim = frame, frame.aim
        self._set_playing(frame.playing)
        self.frame_arrived.emit(frame)
        if self.dirty != was_dirty:
            self.document_changed.emit()

    @Slot(object)
    def _preview_arrived(self, preview: m.Preview) -> None:
        if self.scene is not None and (preview.run, preview.branch) == (self.scene.run, self.scene.branch):
            self.preview_arrived.emit(preview)

    def _change_loop(self, loop: tuple[int, int] | None) -> None:
        if loop != self.loop:
            self.loop = loop
            self.loop_changed.emit()

    def _extend(self, chunks: tuple[m.Chunk, ...]) -> None:
        for chunk in chunks:
            if chunk.series not in self.series:
                self.series[chunk.series] = Series()
            self.series[chunk.series].extend(chunk)

    def _find(self, findings: tuple[m.Finding, ...]) -> None:
        """Take over all findings of the run, and tell of those that are new."""
        known = {(finding.kind, finding.step) for finding in self.findings}
        changed, self.findings = findings != self.findings, findings
        for finding in findings:
            if (finding.kind, finding.step) not in known:
                title, text = told(finding)
                self.log.emit("warning", self.tr("step {0}: {1}. {2}").format(f"{finding.step:,}", title, text))
        if changed:
            self.findings_changed.emit()

    @Slot(object)
    def _paused(self, paused: m.Paused) -> None:
        self._set_playing(False)
        self.rest = paused.reason
        if paused.text:
            self.log.emit("warning" if paused.reason in ("diverged", "failed") else "info", paused.text)
        self.paused.emit(paused)

    @Slot(object)
    def _saved(self, saved: m.Saved) -> None:
        self.saved_step = saved.step
        self.document_changed.emit()

    @Slot(str)
    def _died(self, reason: str) -> None:
        self._set_playing(False)
        self._set_state(EngineState.DEAD)
        self.log.emit("error", reason)
        self.engine_died.emit(reason)

    def _take(self, reply: m.Reply) -> None:
        if reply.scene is not None:
            self._scene_arrived(reply.scene)

    def _set_playing(self, playing: bool) -> None:
        if playing:
            self.rest = ""
        if playing != self.playing:
            self.playing = playing
            self.playing_changed.emit(playing)

    def _set_state(self, state: EngineState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)

    def _touch(self) -> None:
        if not self.touched:
            self.touched = True
            self.document_changed.emit()


def _stamp(stamped: m.Scene | m.Frame) -> tuple[str, int, int]:
    return stamped.run, stamped.branch, stamped.layout
