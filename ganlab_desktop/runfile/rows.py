"""What a run file holds, row by row."""

from typing import Any, NamedTuple

from numpy.typing import NDArray


class State(NamedTuple):
    """All that training needs to go on from a step: tensors by name, and facts (counters, torch build, threads)."""

    step: int
    arrays: dict[str, NDArray[Any]]
    facts: dict[str, Any]


class Edit(NamedTuple):
    """Settings changed by path at a step, and the experiment (TOML) that they led to."""

    step: int
    changes: dict[str, Any]
    experiment: str


class LoneMoves(NamedTuple):
    """Iterations first + 1 .. last, in which one player moved alone."""

    first: int
    last: int
    player: str


class KeyframeEntry(NamedTuple):
    """Where a state to replay from lies: its row, the step, how many edits were in force, and its size in bytes."""

    row: int
    step: int
    edits: int
    size: int


class Event(NamedTuple):
    """Something that happened at a step, such as a health warning."""

    step: int
    kind: str
    text: str
