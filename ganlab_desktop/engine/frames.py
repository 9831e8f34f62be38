"""What the window is told: scenes of a run, and frames that answer its credits."""

from collections.abc import Callable, Iterator

import numpy as np

from ganlab_desktop.engine.beside import Beside
from ganlab_desktop.engine.checkup import Checkup
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.lane import Measurement
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.selecting import best_of
from ganlab_desktop.engine.shown import Shown
from ganlab_desktop.engine.sight import Sight
from ganlab_desktop.engine.timeline import Timeline
from ganlab_desktop.experiment import files, rules
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.paths import differences
from ganlab_desktop.gan.data.images import ImageSet
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.likeness import no_comparison
from ganlab_desktop.measure.moves import Moves
from ganlab_desktop.measure.studies import STUDIES
from ganlab_desktop.measure.studies.lipschitz import no_bound
from ganlab_desktop.measure.studies.losses import left_out
from ganlab_desktop.measure.studies.truth import no_density, no_optimum, no_value
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import (
    BestStep,
    Bookmarked,
    Chunk,
    Edited,
    Finding,
    Frame,
    Grant,
    Keyframes,
    Modes,
    PhaseInfo,
    Scene,
    TreeRun,
)

ROWS_PER_FRAME = 20_000
SHOWN_REAL = 512
SHOWN_IMAGES = 64
SHOWN_KEYFRAMES = 400


def scene_of(document: Document, past: Replica | None = None) -> Scene:
    """The run of a document as the window is told of it, as it is or as it was."""
    run = document.run
    aim = None if past is None else past.aimed_at
    return _scene(document, past or run, run.timeline, run.step, document.number, aim)


def beside_scene(document: Document, beside: Beside) -> Scene:
    """The run on the second canvas as the window is told of it."""
    return _scene(document, beside.replica, beside.timeline, beside.end, beside.number)


def _scene(
    document: Document,
    shown: Shown,
    timeline: Timeline,
    head: int,
    branch: int,
    aim: tuple[int, int] | None = None,
) -> Scene:
    run, game, standing, experiment = document.run, shown.game, shown.standing, shown.standing.experiment
    data, undoing = game.data, document.undoing
    rng, labels = Streams(experiment.seed).at(0, Stream.SHOWN_REAL), None
    if experiment.conditional:
        real, labels = data.labelled(rng, SHOWN_REAL)
    else:
        real = data.sample(rng, SHOWN_REAL)
    if data.image is not None:
        real = real[:SHOWN_IMAGES]
    modes, best = data.modes, best_of(run) if branch == document.number else None
    return Scene(
        run=run.id,
        branch=branch,
        layout=standing.layout,
        step=game.step,
        head=head,
        first=timeline.keyframes[0].step,
        aim=aim,
        edits=tuple(_edited(timeline)),
        runs=tuple(TreeRun(*entry[:-2], bool(entry.deleted), entry.step) for entry in document.runs()),
        undo="" if undoing.last is None else _changed(undoing.last.before, undoing.last.after),
        redo="" if undoing.next is None else _changed(undoing.next.before, undoing.next.after),
        bookmarks=tuple(Bookmarked(*mark) for mark in sorted(timeline.bookmarks.items())),
        best=None if best is None else BestStep(best.step, run.experiment.selection.metric, best.score),
        experiment=files.to_toml(experiment),
        dim=data.dim,
        image=data.image,
        no_comparison=no_comparison(data) if isinstance(data, ImageSet) else "",
        box=data.box,
        real=Array.of(real),
        output=game.objective.output,
        phases=tuple(PhaseInfo(phase.player, phase.name, phase.update) for phase in game.phases),
        device=str(game.device),
        threads=run.threads,
        path=str(document.path or ""),
        objective_since=standing.objective_since,
        data_since=standing.data_since,
        saved=document.saved,
        untitled=document.untitled,
        modes=None
        if modes is None
        else Modes(Array.of(modes.centres), Array.of(modes.covariances), Array.of(modes.weights)),
        warnings=(*document.notices, *data.notices, *rules.warnings(experiment)),
        kept=document.kept,
        neutral=game.objective.neutral,
        no_density=no_density(experiment, data),
        no_optimum=no_optimum(experiment, data, game.objective),
        no_bound=no_bound(experiment),
        left_out=", ".join(left_out(experiment)),
        no_value=no_value(experiment, data, game.objective),
        classes=data.classes if experiment.conditional else 0,
        real_labels=None if labels is None else Array.of(labels[: len(real)].astype(np.int32)),
    )


def _edited(timeline: Timeline) -> Iterator[Edited]:
    before = timeline.first
    for edit in timeline.edits:
        yield Edited(edit.step, _changed(before, edit.experiment))
        before = edit.experiment


def _changed(before: Experiment, after: Experiment) -> str:
    """A line of the settings that differ, with their old and new values."""
    changes = differences(before, after)
    if "data.path" in changes:
        changes.pop("data.content", None)  # the file's name says more
    return "; ".join(f"{path}: {old} \N{RIGHTWARDS ARROW} {new}" for path, (old, new) in changes.items())


class FrameMaker:
    """Makes the frames of one run, which is number `branch` of its document. For the training thread; `on_measured` is
    called from the measuring ones."""

    def __init__(self, run: Run, on_measured: Callable[[], None], branch: int = 1) -> None:
        self._run = run
        self._branch = branch
        self._on_measured = on_measured
        self._present = Sight(run, on_measured)
        self._past: Sight | None = None
        self._moves = Moves(run.game)
        self._moves_wanted = False
        self._checkup = Checkup(run)
        self._told: object = None
        self._labels: dict[str, int] = {}  # the class that the newest row of a study is of

    def look_at(self, past: Replica | None) -> None:
        """Show a moment of the past from now on; None shows the run as it is."""
        if past is None and self._past is not None:
            self._past.close()
            self._past = None
            self._present.show_again()
        elif past is not None and self._past is None:
            self._past = Sight(past, self._on_measured)

    def measure(self, *, resting: bool) -> None:
        """Keep the studies going that panels in sight asked for, and while training those that are always wanted.

        Called after every iteration, so that successive moves can be compared.
        """
        if self._past is not None:
            self._past.measure(resting=True)
            return
        if self._moves_wanted:
            row = self._moves.take()
            if row is not None:
                self._keep("moves", self._run.step, row)
        for measured in self._present.measure(resting=resting):
            if measured.row:
                self._keep_measured(measured)
            if measured.study == "health":
                self._checkup.take(measured.step, measured.row)
        self._checkup.check_divergence()

    def make(
        self,
        grant: Grant,
        *,
        playing: bool,
        rate: float,
        beside: Beside | None = None,
        aim: tuple[int, int] | None = None,
    ) -> Frame | None:
        """The frame for a credit, or None while there is nothing to tell that was not told before."""
        run, sight = self._run, self._past or self._present
        game, standing = sight.shown.game, sight.shown.standing
        self._moves_wanted = "moves" in grant.probes
        measured = sight.want(grant)
        told = (game.step, game.position, standing.edits, playing, measured, run.step, aim)
        run.flush(check=False)  # many times a second; every snapshot for the file checks
        rows = {name: len(history) for name, history in run.history.items()}
        findings = self._checkup.findings
        news = len(findings) != grant.acknowledged.get("findings", 0)
        keyframes = None if playing else self._keyframes(grant)
        waiting = news or keyframes is not None or any(rows[name] > grant.acknowledged.get(name, 0) for name in rows)
        second = beside.look(grant, resting=not playing) if beside is not None else None
        if told == self._told and not waiting and second is None and not sight.stale(grant.probes):
            return None
        self._told = told
        return Frame(
            credit=grant.credit,
            run=run.id,
            branch=self._branch,
            layout=standing.layout,
            step=game.step,
            head=run.step,
            playing=playing,
            phase=game.position,
            aim=aim,
            steps_per_second=rate,
            probe_share=sight.share,
            chunks=tuple(self._chunks(grant)),
            pictures=sight.take(grant.probes, resting=not playing or self._past is not None),
            findings=tuple(Finding(*finding) for finding in findings) if news else None,
            beside=second,
            keyframes=keyframes,
        )

    def _keyframes(self, grant: Grant) -> Keyframes | None:
        """Where states are kept, for a window that asks for that and knows of another number of them."""
        known = self._run.timeline.keyframes
        if grant.acknowledged.get("keyframes", len(known)) == len(known):
            return None
        steps = np.array([keyframe.step for keyframe in known], np.int64)
        shares = (steps - steps[0]) / max(steps[-1] - steps[0], 1)
        _, shown = np.unique(np.floor(shares * (SHOWN_KEYFRAMES - 1)), return_index=True)  # one a part of the line
        return Keyframes(len(known), Array.of(steps[shown]))

    def _keep_measured(self, measured: Measurement) -> None:
        """Put a study's row into the history, after a gap where the row before is of another class."""
        name = measured.study
        if self._labels.get(name, measured.label) != measured.label:
            gap = np.full((1, len(measured.row)), np.nan, np.float32)
            self._run.history[name].append(np.array([measured.step], np.int64), gap)
        self._labels[name] = measured.label
        self._keep(name, measured.step, measured.row, STUDIES[name].SPACING)

    def _keep(self, series: str, step: int, row: tuple[float, ...], spacing: float = 0.0) -> None:
        """Put a row into the history, unless it is empty or comes too soon after the one before (see Study)."""
        history, values = self._run.history[series], np.array([row], np.float32)
        if not np.isnan(values).all() and step - history.last_step >= spacing * (step - self._run.standing.data_since):
            history.append(np.array([step], np.int64), values)

    def _chunks(self, grant: Grant) -> list[Chunk]:
        chunks = []
        for name, history in self._run.history.items():
            start = min(grant.acknowledged.get(name, 0), len(history))
            if start < len(history):
                steps, values = history.after(start, ROWS_PER_FRAME)
                chunks.append(Chunk(name, start, history.columns, Array.of(steps), Array.of(values)))
        return chunks

    def close(self) -> None:
        """End the measuring threads."""
        for sight in (self._present, self._past):
            if sight is not None:
                sight.close()
