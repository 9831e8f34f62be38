"""Time series in a run file: rows in compressed chunks, each with its own columns."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.runfile.blobs import MOST_COLUMNS, MOST_ROWS, DamagedError, pack_rows, unpack_rows
from ganlab_desktop.runfile.tree import Stretch

MOST_BYTES = 1 << 30  # of one whole series in memory


class Series(NamedTuple):
    """Columns (c names), steps (n,) int64 that never fall, values (n, c) float32."""

    columns: tuple[str, ...]
    steps: NDArray[np.int64]
    values: NDArray[np.float32]


class _Chunk(NamedTuple):
    """A row of the table: the series from row `start` on; the columns are a JSON list."""

    start: int
    rows: int
    columns: str
    data: bytes


def append(
    connection: sqlite3.Connection,
    run: int,
    name: str,
    columns: Sequence[str],
    steps: NDArray[Any],
    values: NDArray[Any],
) -> None:
    """Add rows at the end. Raises ValueError for shapes that do not fit and for steps that fall."""
    steps, values = np.asarray(steps, np.int64), np.asarray(values, np.float32)
    if steps.ndim != 1 or values.shape != (len(steps), len(columns)):
        raise ValueError(f"steps {steps.shape} and values {values.shape} for {len(columns)} columns")
    if len(columns) > MOST_COLUMNS or len(set(columns)) < len(columns):
        raise ValueError(f"columns must differ and be at most {MOST_COLUMNS}")
    if not len(steps):
        return
    last = connection.execute(
        "SELECT start + count, last_step FROM series WHERE run = ? AND name = ? ORDER BY start DESC LIMIT 1",
        (run, name),
    ).fetchone()
    start, last_step = last or (0, steps[0])
    if steps[0] < last_step or (np.diff(steps) < 0).any():
        raise ValueError("steps must not fall")
    for first in range(0, len(steps), MOST_ROWS):
        rows = slice(first, first + MOST_ROWS)
        _insert(connection, run, name, start + first, Series(tuple(columns), steps[rows], values[rows]))


def read(connection: sqlite3.Connection, way: Sequence[Stretch], name: str, damage: list[str]) -> Series:
    """The whole series along a way through the tree of runs, NaN where a row had no such column. A line per unreadable
    chunk is added to `damage`."""
    parts: list[Series] = []
    columns: dict[str, None] = {}
    rows = 0
    for until, chunk in ((stretch.until, c) for stretch in way for c in _chunks(connection, stretch.run, name, damage)):
        try:
            part = _unpack(chunk)
            kept = int(np.searchsorted(part.steps, until, side="right"))
            part = Series(part.columns, part.steps[:kept], part.values[:kept])
            wider = columns | dict.fromkeys(part.columns)
            if (rows + kept) * (8 + 4 * len(wider)) > MOST_BYTES or len(wider) > MOST_COLUMNS:
                raise DamagedError("more rows or columns than any run writes")
        except DamagedError as error:
            damage.append(f"series {name} from row {chunk.start}: {error}")
            continue
        parts.append(part)
        columns = wider
        rows += kept
    values = np.full((rows, len(columns)), np.nan, np.float32)
    position = {column: index for index, column in enumerate(columns)}
    row = 0
    for part in parts:
        values[row : row + len(part.steps), [position[column] for column in part.columns]] = part.values
        row += len(part.steps)
    steps = np.concatenate([part.steps for part in parts]) if parts else np.empty(0, np.int64)
    return Series(tuple(columns), steps, values)


def row_at(connection: sqlite3.Connection, way: Sequence[Stretch], name: str, step: int) -> dict[str, float]:
    """The newest row at a step or before it, by column; empty where there is none that can be read."""
    chunk = "SELECT start, count, columns, data FROM series WHERE run = ? AND name = ? AND last_step"
    near = (f"{chunk} >= ? ORDER BY start LIMIT 1", f"{chunk} < ? ORDER BY start DESC LIMIT 1")
    for stretch in reversed(way):
        at = min(step, stretch.until)
        for sql in near:
            try:
                (row,) = connection.execute(sql, (stretch.run, name, at)).fetchall()
                part = _unpack(_Chunk(*row))
            except (ValueError, DamagedError):  # there is none, or it cannot be read
                continue
            count = int(np.searchsorted(part.steps, at, side="right"))
            if count:
                return dict(zip(part.columns, part.values[count - 1].tolist(), strict=True))
    return {}


def truncate(connection: sqlite3.Connection, run: int, step: int) -> None:
    """Remove the rows after a step from every series of a run."""
    late = connection.execute(
        "SELECT name, start, count, columns, data FROM series WHERE run = ? AND last_step > ?", (run, step)
    ).fetchall()
    connection.execute("DELETE FROM series WHERE run = ? AND last_step > ?", (run, step))
    for name, *chunk in late:
        try:
            part = _unpack(_Chunk(*chunk))
        except DamagedError:
            continue
        kept = int(np.searchsorted(part.steps, step, side="right"))
        if kept:
            _insert(connection, run, name, chunk[0], Series(part.columns, part.steps[:kept], part.values[:kept]))


def _insert(connection: sqlite3.Connection, run: int, name: str, start: int, part: Series) -> None:
    connection.execute(
        "INSERT INTO series (run, name, start, count, last_step, columns, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (run, name, start, len(part.steps), int(part.steps[-1]), json.dumps(part.columns), pack_rows(*part[1:])),
    )


def _chunks(connection: sqlite3.Connection, run: int, name: str, damage: list[str]) -> Iterator[_Chunk]:
    cursor = connection.execute(
        "SELECT start, count, columns, data FROM series WHERE run = ? AND name = ? ORDER BY start", (run, name)
    )
    try:
        for row in cursor:
            yield _Chunk(*row)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        damage.append(f"series {name}: the rest cannot be read ({error})")


def _unpack(chunk: _Chunk) -> Series:
    try:
        _, count, columns, data = msgspec.convert(tuple(chunk), tuple[int, int, str, bytes])
        names = msgspec.json.decode(columns, type=tuple[str, ...])
    except msgspec.DecodeError as error:  # of which ValidationError is a kind
        raise DamagedError(str(error)) from None
    if len(set(names)) < len(names):
        raise DamagedError("two columns of one name")
    return Series(names, *unpack_rows(data, count, len(names)))
