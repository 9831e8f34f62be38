"""What a run file holds, told to people who read it with other programs."""

from collections.abc import Iterator
from textwrap import wrap
from typing import NamedTuple

_WIDTH = 116  # characters of a line of the page


class Table(NamedTuple):
    """What a table is for, and what stands in each of its columns."""

    purpose: str
    columns: dict[str, str]


ABOUT = (
    "A run file (.ganlab) is an SQLite database (application_id 'GANL', user_version 4). Read it with any client, "
    "also while it trains; write to it with this program only: it refuses a file whose tables were altered. "
    "While a run is open, its newest rows are in the log beside the file (-wal): copy both, or close it first."
)

_RUN = "The run that it belongs to."
_STEP = "The finished iterations."
_STATE = {
    "facts": "JSON: counters of the game and, in states, the experiment, the edits in force and the machine.",
    "tensors": "All numbers of the networks, optimisers and averages by name, as a safetensors file.",
    "sha256": "SHA-256 over the step, a newline, the length of facts, a newline, facts (UTF-8) and tensors.",
}

TABLES = {
    "meta": Table("Facts about the document.", {"key": "A name, such as created.", "value": "Its text."}),
    "runs": Table(
        "The tree of runs. A fork shares with its parent what lies before it: look there for earlier rows.",
        {
            "id": "The run's number; the first one is 1.",
            "parent": "The run that it was forked from; NULL for a root.",
            "forked_at": "The step at which it left its parent.",
            "forked_edits": "How many edits of its parents were in force there.",
            "title": "Its name for people.",
            "experiment": "The experiment before all edits, as TOML.",
            "created": "When it began (ISO 8601, UTC).",
            "facts": "JSON: what a replay must have in common to be exact (torch, cpu, threads, device), and where the "
            "weights come from that it began with, if its seed did not draw them.",
            "since": "The step from which on it can be replayed.",
            "colour": "Its colour in the window; empty for the next free one.",
            "note": "What a person wrote about it.",
            "deleted": "1 once it was deleted: it goes when the file is closed, not by a crash; 2 if it has stayed.",
        },
    ),
    "edits": Table(
        "Settings changed while it trained, in the order of id.",
        {
            "id": "Grows with each edit.",
            "run": _RUN,
            "step": "The edit holds from the iteration after this step on.",
            "changes": "JSON: the new values by path.",
            "experiment": "The experiment that they led to, as TOML.",
        },
    ),
    "series": Table(
        "Time series in compressed chunks. The one called step has the losses and scores of every iteration.",
        {
            "run": _RUN,
            "name": "The series.",
            "start": "The number of the chunk's first row in the series.",
            "count": "How many rows the chunk has.",
            "last_step": "The step of its last row.",
            "columns": "JSON: the names of the values in a row.",
            "data": "zlib over count steps (int64) and then count rows of values (float32), all little-endian.",
        },
    ),
    "states": Table(
        "The newest states, from which training goes on; the last is the one with the largest id.",
        {"id": "Grows with each state.", "run": _RUN, "step": _STEP, **_STATE},
    ),
    "keyframes": Table(
        "States from which the past is played again.",
        {
            "id": "A number.",
            "run": _RUN,
            "step": _STEP,
            "edits": "How many edits were in force.",
            "size": "The bytes of tensors.",
            **_STATE,
        },
    ),
    "moves": Table(
        "Iterations in which one player moved alone.",
        {
            "run": _RUN,
            "first": "The step before the first of them.",
            "last": "The step after the last of them.",
            "player": "discriminator or generator.",
        },
    ),
    "bookmarks": Table(
        "Steps that a person has marked.", {"run": _RUN, "step": "The step.", "note": "What was written to it."}
    ),
    "events": Table(
        "What was found to go wrong with the training.",
        {
            "id": "A number.",
            "run": _RUN,
            "step": "The step at which it was found.",
            "kind": "What it is, such as mode_collapse.",
            "text": "What is seen, and what to try.",
        },
    ),
    "thumbnails": Table(
        "A small picture of each run.",
        {"run": "The run.", "step": "The step at which it was drawn.", "png": "The picture, as a PNG file."},
    ),
    "points": Table(
        "Imported points that runs train on, whatever becomes of the file that they came from.",
        {
            "sha256": "SHA-256 (hexadecimal) over columns (in text), a newline and data. Experiments say data.content.",
            "columns": "How many numbers a point has.",
            "data": "The points one after the other, as float64, little-endian.",
        },
    ),
}

_PROGRAM = '''\
import json, pathlib, sqlite3, zlib
import numpy as np

def connect(path):
    return sqlite3.connect(f"{pathlib.Path(path).absolute().as_uri()}?mode=ro", uri=True)

def series(path, name, run=1):
    """Steps (n,), values (n, columns) and the columns' names."""
    file = connect(path)
    wanted = "SELECT count, columns, data FROM series WHERE run = ? AND name = ? ORDER BY start"
    chunks = file.execute(wanted, (run, name))
    steps, values = [], []
    for count, columns, data in chunks:
        plain = zlib.decompress(data)
        steps.append(np.frombuffer(plain, "<i8", count))
        values.append(np.frombuffer(plain, "<f4", offset=8 * count).reshape(count, -1))
    file.close()
    return np.concatenate(steps), np.concatenate(values), json.loads(columns)

import pandas

path = PATH
steps, values, columns = series(path, "step")
curves = pandas.DataFrame(values, index=steps, columns=columns)
edits = pandas.read_sql("SELECT step, changes FROM edits ORDER BY id", connect(path))
'''


def program(path: str = "my.ganlab") -> str:
    """Python that reads a file's losses and edits, without this program."""
    return _PROGRAM.replace("PATH", repr(path))


def documented_schema() -> str:
    """The page: every table and column, and how a series is read."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield from wrap(ABOUT, _WIDTH)
    for name, table in TABLES.items():
        yield f"\n{name}: {table.purpose}"
        width = max(map(len, table.columns))
        for column, meaning in table.columns.items():
            yield f"    {column:<{width}}  {meaning}"
    yield "\nReading a series with Python, without this program:\n"
    for line in program().splitlines():
        yield f"    {line}".rstrip()
