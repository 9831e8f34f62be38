"""Edits that wait for a new start of the run."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ganlab_desktop.experiment import changes, paths
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes


class Pending(NamedTuple):
    """An edit that waits for a new start, and why it needs one."""

    value: Any
    reason: str


class PendingEdits(Mapping[str, Pending]):
    """The waiting edits by path. One of a kind, or of a list, takes those of the settings within it away."""

    def __init__(self) -> None:
        self._edits: dict[str, Pending] = {}

    def __getitem__(self, path: str) -> Pending:
        return self._edits[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._edits)

    def __len__(self) -> int:
        return len(self._edits)

    @property
    def wanted(self) -> dict[str, Any]:
        """The values by path."""
        return {path: pending.value for path, pending in self._edits.items()}

    def drafted(self, experiment: Experiment, wanted: Mapping[str, Any]) -> Experiment:
        """The experiment with the waiting edits and some more. Raises ExperimentError where it would not be valid."""
        collected = self.wanted
        for path in wanted:
            for gone in [old for old in collected if _within(old, path)]:
                del collected[gone]
        return with_changes(experiment, collected | dict(wanted))

    def reason(self, path: str) -> str:
        """Why a setting has to wait; empty where it need not."""
        known = changes.needs_restart(path)
        if known:
            return known
        owner = next((old for old in self._edits if _within(path, old) and old != path), "")
        return self._edits[owner].reason if owner else ""

    def collect(self, experiment: Experiment, path: str, value: Any, reason: str) -> None:
        """Let an edit wait, unless the experiment has the value already."""
        self.forget(path)
        try:
            unchanged = paths.value_at(experiment, path) == value
        except ExperimentError:  # the setting belongs to a kind that is itself collected
            unchanged = False
        if not unchanged:
            self._edits[path] = Pending(value, reason)

    def forget(self, path: str) -> None:
        """Drop the edit of a setting, and those within it."""
        for old in [old for old in self._edits if _within(old, path)]:
            del self._edits[old]

    def drop_reached(self, experiment: Experiment) -> bool:
        """Drop the edits that an experiment already has, and all where they do not fit it; whether any were."""
        before = len(self._edits)
        for path, pending in list(self._edits.items()):
            try:
                if paths.value_at(experiment, path) == pending.value:
                    del self._edits[path]
            except ExperimentError:
                continue
        try:
            self.drafted(experiment, {})
        except ExperimentError:
            self._edits.clear()
        return len(self._edits) != before

    def clear(self) -> None:
        """Drop all of them."""
        self._edits.clear()


def _within(path: str, root: str) -> bool:
    """Whether a path is the root's own or lies in the part of the experiment whose kind or entries the root sets."""
    if path == root:
        return True
    head = root.removesuffix(".kind") if root.endswith(".kind") else root
    return path.startswith((f"{head}.", f"{head}["))
