"""Edits in a run file, read as far as they are sound. One that is damaged keeps its place among the others, which are
counted: what it led to is taken from a state that it led to, else it is left out and the experiment before goes on."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.runfile.rows import Edit

_COLUMNS = ("step", "changes", "experiment")


def read(
    connection: sqlite3.Connection, run: int, most: int, before: Sequence[Edit], first: str, damage: list[str]
) -> list[Edit]:
    """A run's own edits in order, no more than `most`, after those `before` them of an experiment that was `first` (as
    TOML). A line per damaged one is added to `damage`, once."""
    found = list(before)
    numbers = [row[0] for row in connection.execute("SELECT id FROM edits WHERE run = ? ORDER BY id", (run,))]
    for number in numbers[: max(most, 0)]:
        step, text, toml = _row(connection, number)
        changes = _object(text)
        last_step, last_toml = (found[-1].step, found[-1].experiment) if found else (0, first)
        sound = isinstance(step, int) and changes is not None and _is_experiment(toml)
        step = step if isinstance(step, int) else last_step
        if not _is_experiment(toml):
            toml = next(_reached(connection, run, len(found) + 1), last_toml)
        line = f"run {run}'s edit at step {step:,} is damaged"
        if not sound and line not in damage:
            damage.append(line)
        found.append(Edit(step, changes or {}, str(toml)))
    return found[len(before) :]


def _row(connection: sqlite3.Connection, number: int, columns: Sequence[str] = _COLUMNS) -> tuple[Any, ...]:
    """The values of an edit; None for one that cannot be read."""
    try:
        found = connection.execute(f"SELECT {', '.join(columns)} FROM edits WHERE id = ?", (number,)).fetchone()
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        if len(columns) == 1:
            return (None,)
        return tuple(_row(connection, number, (column,))[0] for column in columns)
    return tuple(found)


def _object(text: object) -> dict[str, Any] | None:
    try:
        value = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


@lru_cache(maxsize=4096)  # the comparison of runs asks again and again
def _is_experiment(toml: object) -> bool:
    try:
        files.from_toml(toml if isinstance(toml, str) else "")
    except ExperimentError:
        return False
    return isinstance(toml, str)


def _reached(connection: sqlite3.Connection, run: int, edits: int) -> Iterator[str]:
    """The experiments of states that so many edits led to."""
    for (number,) in connection.execute("SELECT id FROM states WHERE run = ?", (run,)).fetchall():
        try:
            row = connection.execute("SELECT facts FROM states WHERE id = ?", (number,)).fetchone()
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            continue
        facts = _object(row[0]) or {}
        if facts.get("edits") == edits and _is_experiment(toml := facts.get("experiment")):
            yield str(toml)
