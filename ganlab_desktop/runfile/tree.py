"""The tree of runs in a run file: a fork goes on from where it left its parent, and shares what lies before."""

import json
import sqlite3
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.experiment import Experiment

FOREVER = 2**62
DELETED, CLOSED_SINCE = 1, 2  # a run that was deleted, and whether the file was closed in order since
_OF_A_RUN = ("edits", "series", "states", "events", "moves", "keyframes", "bookmarks", "thumbnails")  # tables


class RunEntry(NamedTuple):
    """A run of the tree: `forked_at` is the step at which it left its parent, `step` that of its newest state. A fork
    has no title until somebody gives it one."""

    id: int
    parent: int | None
    forked_at: int
    title: str
    colour: str
    note: str
    created: str
    deleted: int  # 0, DELETED or CLOSED_SINCE
    step: int


class Stretch(NamedTuple):
    """The part of a run on the way from the root to another: up to a step, after so many edits of the whole way."""

    run: int
    until: int
    edits: int


Parents = Mapping[int, tuple[int | None, int | None, int | None]]  # by run: its parent, the fork's step and edits

ENTRIES = """
    SELECT id, parent, coalesce(forked_at, 0), title, colour, note, created, deleted,
        coalesce((SELECT max(step) FROM states WHERE run = runs.id), 0)
    FROM runs ORDER BY id"""
PARENTS = "SELECT id, parent, forked_at, forked_edits FROM runs"


def lineage(parents: Parents, run: int | None) -> tuple[Stretch, ...]:
    """The way from the root to a run. Raises ValueError where the parents lead to no root: a parent is older."""
    until, edits = FOREVER, FOREVER
    way: list[Stretch] = []
    at = run
    while at is not None:
        if at not in parents or (way and at >= way[-1].run):
            raise ValueError(f"run {run} has no root")
        way.append(Stretch(at, until, edits))
        at, forked_at, forked_edits = parents[at]
        # A fork at a step that its parent had inherited itself shares no more than its parent does.
        until, edits = min(until, forked_at or 0), min(edits, forked_edits or 0)
    return tuple(reversed(way))


def add(
    connection: sqlite3.Connection, experiment: Experiment, facts: Mapping[str, Any], fork: Stretch | None = None
) -> int:
    """Add a run of an experiment, as a fork or as a root of its own. Its number."""
    parent, forked_at, forked_edits = fork or (None, None, None)
    since = 0
    if fork is not None:
        (since,) = connection.execute("SELECT since FROM runs WHERE id = ?", (parent,)).fetchone()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    row = connection.execute(
        "INSERT INTO runs (parent, forked_at, forked_edits, title, experiment, created, facts, since, colour, note, "
        "deleted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '', 0)",
        (
            *(parent, forked_at, forked_edits, experiment.title if fork is None else ""),
            *(files.to_toml(experiment), now, json.dumps(dict(facts)), since),
        ),
    ).lastrowid
    assert row is not None
    return row


def purge(connection: sqlite3.Connection, kept: Collection[int]) -> int:
    """Remove the runs that were deleted and have no forks, as long as there are any, but for some. How many there
    were."""
    gone = 0
    sql = "SELECT id FROM runs WHERE deleted AND id NOT IN (SELECT parent FROM runs WHERE parent NOT NULL)"
    while leaves := [row for row in connection.execute(sql).fetchall() if row[0] not in kept]:
        for table in _OF_A_RUN:
            connection.executemany(f"DELETE FROM {table} WHERE run = ?", leaves)
        connection.executemany("DELETE FROM runs WHERE id = ?", leaves)
        gone += len(leaves)
    connection.execute("UPDATE runs SET deleted = ? WHERE deleted = ?", (CLOSED_SINCE, DELETED))
    return gone
