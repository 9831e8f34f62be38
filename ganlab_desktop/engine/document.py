"""A run together with its file, which may hold others: opened, edited, forked, saved and closed as one."""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ganlab_desktop.engine.beginning import beginning_of, begun_like, created, facts_of
from ganlab_desktop.engine.comparison import compared, curves_of
from ganlab_desktop.engine.history import in_columns
from ganlab_desktop.engine.imported import adopt, recall
from ganlab_desktop.engine.notices import inexact
from ganlab_desktop.engine.places import untitled_directory
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.shown import Shown
from ganlab_desktop.engine.timeline import Edit, Keyframe, LoneMoves, Timeline
from ganlab_desktop.engine.undoing import Undoing
from ganlab_desktop.engine.writing import Writer
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.data.contents import pinned
from ganlab_desktop.gan.plans import PLAYERS
from ganlab_desktop.gan.state import GameState
from ganlab_desktop.gan.weights import Weights
from ganlab_desktop.runfile.errors import DamagedFileError, RunFileError
from ganlab_desktop.runfile.rows import Edit as StoredEdit
from ganlab_desktop.runfile.rows import State
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.runfile.tree import DELETED, RunEntry
from ganlab_desktop.wire.messages import Comparison, Curves, Moment

_MOST_PLAYED = 10_000  # steps again on opening; a damaged file may speak of any step


class Document:
    """A run and the file that keeps it, with the tree of runs that it is one of. Belongs to the training thread.

    `notices` are lines for the user about the file: that there is none, or what of it was damaged. `saved` is where
    the user opened or last saved it; None while it has no name.
    """

    def __init__(
        self, run: Run, file: RunFile | None, *, untitled: bool = False, notices: tuple[str, ...] = ()
    ) -> None:
        self.run = run
        self.untitled = untitled
        self.notices = notices
        self._file = file
        self.saved = None if untitled else self.moment
        self._begun = self.moment  # where the run at hand stood when it was taken up
        self._undoing = Undoing(run.timeline)
        self._writer: Writer | None = None
        self._on_saved: Callable[[int], None] = lambda step: None
        self._on_failed: Callable[[str], None] = lambda text: None

    @classmethod
    def new(
        cls, experiment: Experiment, path: Path, *, device: str | None = None, weights: Weights | None = None
    ) -> "Document":
        """A fresh run kept in a new file, which keeps the weights too that it begins with where they are given. Raises
        ExperimentError, RunFileError."""
        run = Run(pinned(experiment), device, weights)
        return cls(run, created(path, run))

    @classmethod
    def new_untitled(cls, experiment: Experiment, like: Run | None = None) -> "Document":
        """A fresh run kept in the user's data folder until it is given a name; in memory if that cannot be written. It
        begins with the weights that a run was given which it is to be `like`, where they fit."""
        run, notices = _fresh(pinned(experiment), like)
        try:
            file = created(untitled_directory() / f"{datetime.now():%Y-%m-%d %H.%M.%S.%f}.ganlab", run)
        except (OSError, RunFileError) as error:
            return cls(run, None, untitled=True, notices=(*notices, f"this run is kept in memory only: {error}"))
        return cls(run, file, untitled=True, notices=notices)

    @classmethod
    def open(
        cls, path: Path, *, device: str | None = None, number: int | None = None, readonly: bool = False
    ) -> "Document":
        """The run in a file, at its newest sound state: the one of a number, or the one shown last. Raises
        ExperimentError, RunFileError."""
        file = RunFile.open(path, readonly)
        try:
            file.choose(number)
            if not file.readonly:
                adopt(file)
            file.spared = {entry.id for entry in file.runs() if entry.deleted == DELETED}
            run = load_run(file, device)
        except BaseException:
            file.close()
            raise
        untitled = path.resolve().parent == untitled_directory(make=False).resolve()
        notices = tuple(f"{path.name}: {line}" for line in (*file.damage, *inexact(file, run)))
        if file.spared and not readonly:
            notices += (f"{path.name}: deleted runs that it still holds can be taken back: see the panel Runs",)
        if file.readonly and not readonly:
            notices += (f"{path.name} is open for reading only: save it under another name to keep what you train",)
        return cls(run, file, untitled=untitled, notices=notices)

    @property
    def moment(self) -> Moment:
        """Where the run stands."""
        return Moment(self.number, self.run.step, len(self.run.timeline.edits))

    @property
    def path(self) -> Path | None:
        """The file, None where the run is kept in memory only."""
        return self._file.path if self._file is not None else None

    @property
    def kept(self) -> bool:
        """Whether there is a file that follows the run."""
        return self._file is not None and not self._file.readonly

    def start_writing(self, on_saved: Callable[[int], None], on_failed: Callable[[str], None]) -> None:
        """Keep the file in step with the run from now on. Both functions are called from the writing thread."""
        if self._writer is not None:
            raise RuntimeError("this document is being written already")
        self._on_saved, self._on_failed = on_saved, on_failed
        if self._file is not None and self.kept:
            self.run.timeline.fetch = partial(_fetched, self._file)
            self._writer = Writer(self.run, self._file, on_saved, on_failed)

    def tick(self, *, resting: bool = False) -> None:
        """Save in the background if it is time; sooner while training is `resting`."""
        if self._writer is not None:
            self._writer.tick(resting=resting)

    def edit(self, changes: dict[str, Any]) -> None:
        """Change settings of the run and commit the edit.

        Raises ExperimentError, and then nothing has changed; RunFileError where it is in force but not saved.
        """
        before = self.run.experiment
        self.run.edit(changes)
        self.undoing.edited(self.run.step, before, self.run.experiment, changes)
        self.save()

    def undo(self, *, again: bool = False) -> None:
        """Take the last edit back by another one, or make it `again`. Raises as `edit`."""
        undoing = self.undoing
        changes = undoing.restoring(again=again)
        self.run.edit(changes)
        if again:
            undoing.redone()
        else:
            undoing.undone()
        self.save()

    @property
    def undoing(self) -> Undoing:
        """What can be taken back of the run at hand."""
        if self._undoing.timeline is not self.run.timeline:
            self._undoing = Undoing(self.run.timeline)
        return self._undoing

    def bookmark(self, step: int, note: str | None) -> None:
        """Mark a step with a note, or with None take the mark away, and commit that.

        Raises RunFileError where it is in force but not saved.
        """
        bookmarks = self.run.timeline.bookmarks
        if note is None:
            bookmarks.pop(step, None)
        else:
            bookmarks[step] = note
        self.save()

    # --- the tree of runs ---------------------------------------------------------------------------------------------

    @property
    def number(self) -> int:
        """The run's number in its tree."""
        return self._file.run if self._file is not None else 1

    def runs(self) -> list[RunEntry]:
        """All runs of the tree, this one included; none where there is no file."""
        return self._file.runs() if self._file is not None else []

    def fork(self, shown: Shown, changes: Mapping[str, Any]) -> None:
        """Add a run that goes on from where this one stands or stood, with some settings changed, and turn to it.

        Raises ExperimentError and RunFileError; then all is as before.
        """
        file = self._own_file()
        game, standing = shown.game, shown.standing
        game.accept(with_changes(standing.experiment, changes))
        self.save()
        state = State(*self.run.saved(game.state(), standing))
        self.turn_to(file.fork(state, standing.edits, standing.experiment))
        if changes:
            self.edit(dict(changes))

    def duplicate(self, seed: int) -> None:
        """Add a run of the same experiment with another seed, from step 0 on, and turn to it. It begins with the same
        weights where they were given. Raises ExperimentError, RunFileError."""
        file, experiment = self._own_file(), with_changes(self.run.experiment, {"seed": seed})
        self.save()
        first = beginning_of(begun_like(self.run, experiment)) if self.run.origin else None
        self.turn_to(file.add_run(experiment, facts_of(self.run), first))

    def turn_to(self, number: int) -> None:
        """Go on with another run of the tree. Raises ExperimentError, RunFileError; then all is as before."""
        file = self._file
        if file is None or number not in (entry.id for entry in file.runs()):
            raise ExperimentError("", f"there is no run {number} in this document")
        if not self.kept and (self.moment, self.run.timeline.bookmarks) != (self._begun, file.bookmarks()):
            raise ExperimentError("", "what came of this run is in no file yet: save it under another name first")
        self.save()
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.retire()
        before = file.run
        try:
            file.select(number)
            self.run = load_run(file, self.run.device)
            self._begun = self.moment
        except BaseException:
            file.select(before)
            raise
        finally:
            if writer is not None:
                self.start_writing(self._on_saved, self._on_failed)

    def describe(self, number: int, **values: str | bool) -> None:
        """Change a run's `title`, `colour` or `note`, or mark it as `deleted`, which can be taken back. The run at hand
        gives way to its nearest relative. Raises ExperimentError, RunFileError."""
        file = self._own_file()
        if values.get("deleted") and number == file.run:
            others = {entry.id: entry for entry in file.runs() if not entry.deleted and entry.id != number}
            if not others:
                raise ExperimentError("", "the only run of a document cannot be deleted")
            parent = next(entry.parent for entry in file.runs() if entry.id == number)
            self.turn_to(parent if parent in others else min(others))
        file.describe(number, **values)

    def timeline_of(self, number: int) -> tuple[Timeline, int]:
        """The past of a run of the tree, which need not be this one, and its newest step. Raises ExperimentError,
        RunFileError."""
        file = self._shared_file()
        self.save()
        ends = {entry.id: entry.step for entry in file.runs()}
        if number not in ends:
            raise ExperimentError("", f"there is no run {number} in this document")
        timeline = Timeline(file.first_experiment(number))
        _recall(timeline, file, ends[number], number)
        return timeline, ends[number]

    def curves(self, number: int) -> Curves:
        """The curves of a run of the tree. Raises ExperimentError, RunFileError."""
        return Curves(number, curves_of(self._shared_file(), number, self.run))

    def compared(self, step: int) -> Comparison:
        """All runs of the tree beside each other at a step. Raises ExperimentError, RunFileError."""
        file = self._shared_file()
        self.save()
        return Comparison(compared(file, step))

    def _shared_file(self) -> RunFile:
        if self._file is None:
            raise ExperimentError("", "this run is kept in memory only: there are no others beside it")
        return self._file

    def _own_file(self) -> RunFile:
        """The file if it can be written. Raises ExperimentError."""
        if self._file is None or self._file.readonly:
            why = "is open for reading only" if self._file is not None else "is kept in memory only"
            raise ExperimentError("", f"this run {why}: save it under a name of its own first")
        return self._file

    # --- its end ------------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the present state before returning. Raises RunFileError."""
        if self._writer is not None:
            self._writer.write_now()

    def commit(self) -> None:
        """Write the present state, and a keyframe of it, for other processes to read. Raises RunFileError, and
        ExperimentError where no file follows the run."""
        if not self.kept and (self._file is None or self.moment != self._begun):
            raise ExperimentError("", "what came of this run is in no file yet: save it under a name of its own first")
        if not self.run.diverged:
            self.run.timeline.keep(self.run.game)
        self.save()

    def save_as(self, path: Path) -> None:
        """Go on in another file, which is replaced whole. Raises RunFileError; then all is as before."""
        if self.path is not None and path.resolve() == self.path.resolve():
            if not self.kept:
                raise RunFileError(path, "is open for reading only; choose another name")
            self.save()
            self._mark_saved()
            return
        with suppress(RunFileError):  # its disk may be full; what it lacks is written to the other file
            self.save()
        old, writer, untitled = self._file, self._writer, self.untitled
        file = self._first_file(path) if old is None else self._copied(old, path)
        self._file, self._writer, self.untitled, self.notices = file, None, False, ()
        with suppress(RunFileError):  # all that the old file holds has been copied
            if writer is not None:
                writer.abandon()
            elif old is not None:
                old.close()
        self.start_writing(self._on_saved, self._on_failed)
        try:
            self.save()
        except RunFileError as error:  # this disk is full too by now; the old file stays
            self._on_failed(str(error))
        else:
            if old is not None and untitled:
                old.path.unlink(missing_ok=True)
        self._mark_saved()

    def _copied(self, old: RunFile, path: Path) -> RunFile:
        """Another file with all that the one at hand holds."""
        old.save_as(path)
        file = RunFile.open(path)
        file.spared = old.spared
        try:
            if old.readonly:
                file.truncate(self._begun.step)  # as the old one would have been on opening
        except BaseException:
            file.close()
            raise
        return file

    def _first_file(self, path: Path) -> RunFile:
        """The file of a run that was in memory only, written whole beside the path before it takes its place."""
        beside = path.with_name(f".{path.name}.part")
        try:
            file = created(beside, self.run, replace=True)
        except RunFileError as error:
            raise RunFileError(path, error.problem) from None
        writer = Writer(self.run, file, lambda step: None, lambda text: None)
        try:
            writer.write_now()
            file.save_as(path)
        except BaseException:
            for keyframe in self.run.timeline.keyframes:
                keyframe.row = None  # that file goes
            raise
        finally:
            writer.abandon()
            beside.unlink()
        return RunFile.open(path)

    def _mark_saved(self) -> None:
        """The user has saved: this is where he comes back to. A diverged run is not worth that."""
        if self.saved is None or not self.run.diverged:
            self.run.timeline.keep(self.run.game)
            self.saved = self.moment

    def revert(self) -> None:
        """Go back to where the user opened or last saved the document; what came since stays as a run of its own.

        Raises ExperimentError and RunFileError; the run is then the one at hand or the one that was saved.
        """
        saved = self.saved
        if saved is None:
            raise ExperimentError("", "this run has never been saved under a name: there is nothing to go back to")
        file = self._own_file()
        if saved.run != self.number:
            self.turn_to(saved.run)
        if self.moment == saved:
            file.describe(saved.run, deleted=False)
            return
        past = Replica(self.run.timeline.until(saved.step, saved.edits), self.run.game.device)
        try:
            past.aim(saved.step)
        except LookupError as error:
            raise ExperimentError("", str(error)) from None
        past.work(math.inf)
        self.fork(past, {})
        self.saved = self.moment

    def close(self, *, for_good: bool = True) -> None:
        """Write what is left and close the file; deleted runs leave it if that is `for_good`. Raises RunFileError; the
        file is closed all the same."""
        if self._writer is not None:
            self._writer.close(for_good=for_good)
        elif self._file is not None:
            self._file.close()


def _fresh(experiment: Experiment, like: Run | None) -> tuple[Run, tuple[str, ...]]:
    """A run that begins with the weights that another was given, and a line where they do not fit it."""
    if like is None or not like.origin:
        return Run(experiment), ()
    try:
        return begun_like(like, experiment), ()
    except (ExperimentError, RunFileError) as error:
        return Run(experiment), (f"this run begins with weights that its seed draws: {error}",)


def load_run(file: RunFile, device: str | None = None) -> Run:
    """The run in an open file, at its newest state, with its history up to there.

    A damaged state is played again from what is sound, and so is what the run shares with others of its tree.
    Raises ExperimentError, and RunFileError where there are states but nothing to go on from: nothing is cut then.
    """
    known = len(file.damage)
    state = file.latest_state()
    damaged = len(file.damage) > known
    saved = 0 if state is None else state.step
    step = max(saved, _last_within_reach(file, saved, file.shared_until(), file.newest_row() if damaged else 0))
    if damaged and not step:
        raise DamagedFileError(file.path, "none of its saved states can be read; ganlab show reads its experiment")
    recall(file)
    try:
        run = Run(file.first_experiment(), device)
        run.origin = file.weights()
        _recall(run.timeline, file, step)
        run.take_threads(file.facts().get("threads"))
        if state is not None:
            run.restore(state.arrays, state.facts)
        if run.step < step:
            torch.set_num_threads(run.threads)
            run.go_back(step)
        run.timeline.keep(run.game)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, ExperimentError):
            raise
        raise DamagedFileError(file.path, f"its state cannot be restored ({error})") from None
    later = [edit for edit in file.edits() if edit.step > step]
    if damaged or later:
        file.damage.append(f"run {file.run} goes on from step {step:,}{_without(later)}")
    if lost := run.timeline.take_lost():
        file.damage.append(lost)
    if not file.readonly:
        file.truncate(step)
    for name, history in run.history.items():
        columns, steps, values = file.series(name)
        kept = np.count_nonzero(steps <= run.step)
        history.append(steps[:kept], in_columns(history.columns, columns, values[:kept]))
    return run


def _without(edits: Sequence[StoredEdit]) -> str:
    """What a run that goes on from before some edits is told to lack."""
    told = [f"{path} = {value} at step {edit.step:,}" for edit in edits for path, value in edit.changes.items()]
    return f", without what was changed later: {', '.join(told)}" if told else ""


def _last_within_reach(file: RunFile, saved: int, *steps: int) -> int:
    """The last of some steps that can be played to from a keyframe or the saved step; 0 where there is none."""
    known = [0, saved, *(keyframe.step for keyframe in file.keyframes())]
    return max(
        (step for step in steps if step - max(at for at in known if at <= max(step, 0)) <= _MOST_PLAYED), default=0
    )


def _recall(timeline: Timeline, file: RunFile, step: int, number: int | None = None) -> None:
    """Fill a timeline with what the file tells of a run up to a step, of the selected one where none is given."""
    timeline.edits = [
        Edit(edit.step, file.read_experiment(edit.experiment), edit.changes)
        for edit in file.edits(number)
        if edit.step <= step
    ]
    timeline.bookmarks = file.bookmarks(number)
    timeline.moves = [
        LoneMoves(move.first, min(move.last, step), player)
        for move in file.moves(number)
        for player in PLAYERS
        if move.player == player and move.first < step
    ]
    if file.since(number) or file.weights(number):
        timeline.keyframes.clear()  # what lies before cannot be replayed, and other weights are none of the seed's
    timeline.fetch = partial(_fetched, file)
    known = {(keyframe.step, keyframe.edits) for keyframe in timeline.keyframes}
    for row, at, edits, size in file.keyframes(number):
        if at <= step and (at, edits) not in known:
            timeline.add(Keyframe(at, edits, size, None, row))


def _fetched(file: RunFile, keyframe: Keyframe) -> GameState:
    assert keyframe.row is not None
    state = file.keyframe(keyframe.row)
    return GameState.of(state.arrays, state.facts)
