"""Edits taken back: by other edits, made now. Time never moves."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ganlab_desktop.engine.timeline import Timeline
from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment


class Change(NamedTuple):
    """An edit at a step, from one experiment to another, that named these paths."""

    step: int
    before: Experiment
    after: Experiment
    named: tuple[str, ...]

    @property
    def reverse(self) -> "Change":
        """The same the other way round."""
        return self._replace(before=self.after, after=self.before)

    @property
    def settings(self) -> dict[str, Any]:
        """The settings, by path, that lead to the experiment after.

        Whole sections, for lists and kinds change as one; but weights that a setting stands for are named.
        """
        old, new = paths.as_dict(self.before), paths.as_dict(self.after)
        sections = {key: value for key, value in new.items() if old.get(key) != value and key != "generator"}
        weights = {paths.join(paths.split(path)[:2]) for path in self.named if path.startswith("generator.")}
        return sections | {path: paths.flatten(self.after)[path] for path in sorted(weights)}


class Undoing:
    """What can be taken back of a run's edits, those of its file included, and what can be made again."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._done: list[Change] = []
        self._undone: list[Change] = []
        before = timeline.first
        for edit in timeline.edits:
            self.edited(edit.step, before, edit.experiment, edit.changes)
            before = edit.experiment

    @property
    def last(self) -> Change | None:
        """The edit that would be taken back."""
        return self._done[-1] if self._done else None

    @property
    def next(self) -> Change | None:
        """The edit that would be made again."""
        return self._undone[-1] if self._undone else None

    def edited(self, step: int, before: Experiment, after: Experiment, changes: Mapping[str, Any]) -> None:
        """A user has changed settings. A slider's many edits at one step are one."""
        change, last = Change(step, before, after, tuple(changes)), self.last
        if before == after:
            return
        if last is not None and not self._undone and (last.step, last.named) == (step, change.named):
            self._done[-1] = change._replace(before=last.before)
        else:
            self._done.append(change)
        self._undone.clear()

    def undone(self) -> None:
        """The last edit has been taken back."""
        self._undone.append(self._done.pop())

    def redone(self) -> None:
        """The next edit has been made again."""
        self._done.append(self._undone.pop())

    def restoring(self, *, again: bool) -> dict[str, Any]:
        """The settings that take the last edit back, or make the next one again. Raises ExperimentError."""
        if again:
            if self.next is None:
                raise ExperimentError("", "there is no edit to make again")
            return self.next.settings
        if self.last is None:
            raise ExperimentError("", "there is no edit to take back")
        return self.last.reverse.settings
