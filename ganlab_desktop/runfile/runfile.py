"""The .ganlab document: everything a run is, in one SQLite file that survives a kill at any moment."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import msgspec
from numpy.typing import NDArray

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.runfile import blobs, connections, schema, timeseries
from ganlab_desktop.runfile.errors import RunFileError, naming
from ganlab_desktop.runfile.lock import WriterLock, acquire
from ganlab_desktop.runfile.timeseries import Series

STATES_KEPT = 2  # the newest, and the one before should the newest be damaged


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


Row = TypeVar("Row")


class RunFile:
    """An open run file. Methods may be called from any thread; each write is committed when it returns.

    Every method raises RunFileError where the file cannot be read or written.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: WriterLock | None) -> None:
        self.path = path
        self.damage: list[str] = []  # what could not be read so far, one line each
        self._connection = connection
        self._writer = lock
        self._mutex = RLock()
        self._run = 1  # the run that is read and written; forks will have others

    @classmethod
    def create(
        cls, path: Path, experiment: Experiment, facts: Mapping[str, Any] | None = None, *, replace: bool = False
    ) -> Self:
        """A new file. `facts` say what replays depend on. Raises RunFileError where it exists, unless `replace`."""
        lock = acquire(path)
        try:
            with naming(path):
                if path.exists() and not replace:
                    raise RunFileError(path, "exists already")
                now = datetime.now(UTC).isoformat(timespec="seconds")
                row = (experiment.title, files.to_toml(experiment), now, json.dumps(dict(facts or {})))
                with connections.replacing(path) as new:
                    schema.create(new)
                    new.execute("INSERT INTO meta VALUES ('created', ?)", (now,))
                    new.execute(
                        "INSERT INTO runs (title, experiment, created, facts, since, colour, note, deleted) "
                        "VALUES (?, ?, ?, ?, 0, '', '', 0)",
                        row,
                    )
                return cls(path, connections.writer(path), lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(cls, path: Path, readonly: bool = False) -> Self:
        """An existing file; in a place that cannot be written it opens read-only.

        Raises RunFileError for a file that is no run file, is damaged, or is open for writing elsewhere.
        """
        version = schema.check_header(path)
        lock = None if readonly or not connections.can_write(path) else acquire(path)
        try:
            with naming(path):
                connection = connections.writer(path) if lock else connections.reader(path)
                try:
                    schema.check_tables(connection, path, version)
                    if version < schema.VERSION:
                        connection = _migrated(connection, path if lock else None)
                except BaseException:
                    connection.close()
                    raise
            return cls(path, connection, lock)
        except BaseException:
            if lock:
                lock.release()
            raise

    def close(self) -> None:
        """Leave one sound file behind, without a log beside it."""
        with self._mutex, naming(self.path):
            if self._writer is None:
                self._connection.close()
                return
            try:
                connections.seal(self._connection)
            finally:
                self._writer.release()
                self._writer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def readonly(self) -> bool:
        return self._writer is None

    # --- what the run is ---------------------------------------------------------------------------------------------

    def experiment(self) -> Experiment:
        """The experiment with all edits."""
        try:
            return files.from_toml(self.experiment_toml())
        except ExperimentError as error:
            raise RunFileError(self.path, f"its experiment cannot be read: {error}") from None

    def experiment_toml(self) -> str:
        """The experiment with all edits, as it stands in the file."""
        edited = self._select(
            tuple[str], "SELECT experiment FROM edits WHERE run = ? ORDER BY id DESC LIMIT 1", self._run
        )
        first = self._select(tuple[str], "SELECT experiment FROM runs WHERE id = ?", self._run)
        if not first:
            raise RunFileError(self.path, "damaged: it holds no run")
        return (edited or first)[0][0]

    def first_experiment(self) -> Experiment:
        """The experiment before all edits."""
        first = self._select(tuple[str], "SELECT experiment FROM runs WHERE id = ?", self._run)
        if not first:
            raise RunFileError(self.path, "damaged: it holds no run")
        return files.from_toml(first[0][0])

    def since(self) -> int:
        """The step from which on the run can be replayed."""
        rows = self._select(tuple[int], "SELECT since FROM runs WHERE id = ?", self._run)
        return rows[0][0] if rows else 0

    def title(self) -> str:
        """The run's name for people."""
        rows = self._select(tuple[str], "SELECT title FROM runs WHERE id = ?", self._run)
        return rows[0][0] if rows else ""

    def runs(self) -> int:
        """How many runs the document holds."""
        return self._select(tuple[int], "SELECT count(*) FROM runs")[0][0]

    def created(self) -> str:
        """When the document was made (ISO 8601, UTC); empty where unknown."""
        rows = self._select(tuple[str], "SELECT value FROM meta WHERE key = 'created'")
        return rows[0][0] if rows else ""

    def facts(self) -> dict[str, Any]:
        """What the run's replays depend on, as given to create()."""
        rows = self._select(tuple[str], "SELECT facts FROM runs WHERE id = ?", self._run)
        return self._json(rows[0][0]) if rows else {}

    # --- edits and events --------------------------------------------------------------------------------------------

    def add_edit(self, step: int, changes: Mapping[str, Any], experiment: Experiment) -> None:
        """Record settings changed by path at a step, and the experiment that they lead to."""
        row = (self._run, step, json.dumps(dict(changes)), files.to_toml(experiment))
        with self._writing() as connection:
            connection.execute("INSERT INTO edits (run, step, changes, experiment) VALUES (?, ?, ?, ?)", row)

    def edits(self) -> list[Edit]:
        """All edits in order."""
        sql = "SELECT step, changes, experiment FROM edits WHERE run = ? ORDER BY id"
        rows = self._select(tuple[int, str, str], sql, self._run)
        return [Edit(step, self._json(changes), experiment) for step, changes, experiment in rows]

    def put_moves(self, moves: Sequence[tuple[int, int, str]]) -> None:
        """Record iterations first + 1 .. last in which one player moved alone; a range known by its first grows."""
        with self._writing() as connection:
            connection.executemany(
                "INSERT INTO moves (run, first, last, player) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (run, first) DO UPDATE SET last = excluded.last",
                [(self._run, *move) for move in moves],
            )

    def moves(self) -> list[LoneMoves]:
        """All lone moves in order."""
        sql = "SELECT first, last, player FROM moves WHERE run = ? ORDER BY first"
        return [LoneMoves(*row) for row in self._select(tuple[int, int, str], sql, self._run)]

    def put_bookmark(self, step: int, note: str) -> None:
        """Mark a step with a note, or write another note to it."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO bookmarks (run, step, note) VALUES (?, ?, ?) "
                "ON CONFLICT (run, step) DO UPDATE SET note = excluded.note",
                (self._run, step, note),
            )

    def drop_bookmark(self, step: int) -> None:
        """Take the mark of a step away."""
        with self._writing() as connection:
            connection.execute("DELETE FROM bookmarks WHERE run = ? AND step = ?", (self._run, step))

    def bookmarks(self) -> dict[int, str]:
        """The notes by step, in order."""
        sql = "SELECT step, note FROM bookmarks WHERE run = ? ORDER BY step"
        return dict(self._select(tuple[int, str], sql, self._run))

    def add_event(self, step: int, kind: str, text: str) -> None:
        """Record something that happened at a step."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO events (run, step, kind, text) VALUES (?, ?, ?, ?)", (self._run, step, kind, text)
            )

    def events(self) -> list[Event]:
        """All events in order."""
        sql = "SELECT step, kind, text FROM events WHERE run = ? ORDER BY id"
        return [Event(*row) for row in self._select(tuple[int, str, str], sql, self._run)]

    # --- series ------------------------------------------------------------------------------------------------------

    def append_series(self, name: str, columns: Sequence[str], steps: NDArray[Any], values: NDArray[Any]) -> None:
        """Add rows to a time series: steps (n,) that never fall, values (n, len(columns)) stored as float32."""
        with self._writing() as connection:
            timeseries.append(connection, self._run, name, columns, steps, values)

    def series(self, name: str) -> Series:
        """All rows of a time series in order; NaN where a row had no such column. Damaged parts are left out and
        named in `damage`."""
        with self._reading() as connection:
            return timeseries.read(connection, self._run, name, self.damage)

    # --- states ------------------------------------------------------------------------------------------------------

    def write_state(self, step: int, arrays: dict[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
        """Store the state after a step; the last two are kept."""
        row = (self._run, step, *blobs.pack_state(step, arrays, dict(facts)))
        with self._writing() as connection:
            connection.execute("INSERT INTO states (run, step, facts, tensors, sha256) VALUES (?, ?, ?, ?, ?)", row)
            connection.execute(
                "DELETE FROM states WHERE run = ?1 AND id NOT IN "
                "(SELECT id FROM states WHERE run = ?1 ORDER BY id DESC LIMIT ?2)",
                (self._run, STATES_KEPT),
            )

    def latest_state(self) -> State | None:
        """The newest state that is sound; what was damaged is named in `damage`."""
        ids = self._select(tuple[int], "SELECT id FROM states WHERE run = ? ORDER BY id DESC LIMIT 9", self._run)
        for (number,) in ids:
            try:
                row = self._select(
                    tuple[int, str, bytes, bytes],
                    "SELECT step, facts, tensors, sha256 FROM states WHERE id = ?",
                    number,
                )[0]
                return State(row[0], *blobs.unpack_state(*row))
            except (RunFileError, blobs.DamagedError) as error:
                self.damage.append(str(error))
        return None

    # --- keyframes ---------------------------------------------------------------------------------------------------

    def add_keyframe(self, step: int, edits: int, arrays: dict[str, NDArray[Any]], facts: Mapping[str, Any]) -> int:
        """Store a state to replay from, after so many edits. Its row."""
        text, tensors, digest = blobs.pack_state(step, arrays, dict(facts))
        row = (self._run, step, edits, len(tensors), text, tensors, digest)
        with self._writing() as connection:
            cursor = connection.execute(
                "INSERT INTO keyframes (run, step, edits, size, facts, tensors, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            return int(cursor.lastrowid or 0)

    def drop_keyframes(self, rows: Sequence[int]) -> None:
        """Forget these states; the space is used again."""
        with self._writing() as connection:
            connection.executemany("DELETE FROM keyframes WHERE id = ?", [(row,) for row in rows])

    def keyframes(self) -> list[KeyframeEntry]:
        """All states to replay from, in order."""
        sql = "SELECT id, step, edits, size FROM keyframes WHERE run = ? ORDER BY step, edits"
        return [KeyframeEntry(*row) for row in self._select(tuple[int, int, int, int], sql, self._run)]

    def keyframe(self, row: int) -> State:
        """The state in a row. Raises RunFileError where it is gone or damaged."""
        sql = "SELECT step, facts, tensors, sha256 FROM keyframes WHERE id = ?"
        found = self._select(tuple[int, str, bytes, bytes], sql, row)
        if not found:
            raise RunFileError(self.path, "damaged: a keyframe is gone")
        try:
            return State(found[0][0], *blobs.unpack_state(*found[0]))
        except blobs.DamagedError as error:
            raise RunFileError(self.path, f"damaged: {error}") from None

    # --- the file as a whole -----------------------------------------------------------------------------------------

    def truncate(self, step: int) -> None:
        """Forget everything after a step: rows, edits, events and states."""
        with self._writing() as connection:
            timeseries.truncate(connection, self._run, step)
            for table in ("edits", "events", "states", "keyframes", "bookmarks"):
                connection.execute(f"DELETE FROM {table} WHERE run = ? AND step > ?", (self._run, step))
            connection.execute("DELETE FROM moves WHERE run = ? AND first >= ?", (self._run, step))
            connection.execute("UPDATE moves SET last = ?2 WHERE run = ?1 AND last > ?2", (self._run, step))

    def save_as(self, path: Path) -> None:
        """Write a copy to another file, which is replaced whole or not at all. This file stays the open one."""
        if path.resolve() == self.path.resolve():
            return
        lock = acquire(path)
        try:
            with self._mutex, naming(path), connections.replacing(path) as copy:
                self._connection.backup(copy)
        finally:
            lock.release()

    def is_sound(self) -> bool:
        """Whether the file is as long as it says and SQLite finds its structure whole."""
        try:
            (pages,), (page_size,) = (
                self._select(tuple[int], f"PRAGMA {name}")[0] for name in ("page_count", "page_size")
            )
            log = self.path.with_name(f"{self.path.name}-wal")
            whole = log.exists() or self.path.stat().st_size >= pages * page_size  # pages may still be in the log
            return whole and self._select(tuple[str], "PRAGMA quick_check(1)") == [("ok",)]
        except (RunFileError, OSError):
            return False

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._mutex, naming(self.path):
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as connection:
            if self._writer is None:
                raise RunFileError(self.path, "open for reading only; save a copy elsewhere to go on with it")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def _select(self, kind: type[Row], sql: str, *parameters: object) -> list[Row]:
        """All rows, each checked to hold values of these types: a strange file may hold any."""
        with self._reading() as connection:
            rows = connection.execute(sql, parameters).fetchall()
        try:
            return msgspec.convert(rows, list[kind])  # type: ignore[valid-type]
        except msgspec.ValidationError:
            raise RunFileError(self.path, "damaged: an entry has the wrong type") from None

    def _json(self, text: str) -> dict[str, Any]:
        """An object stored as JSON."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise RunFileError(self.path, "damaged: an entry cannot be read")
        return value


def _migrated(old: sqlite3.Connection, path: Path | None) -> sqlite3.Connection:
    """A connection to the same document in today's format: in its place, or in memory where there is no path to it."""
    if path is None:
        new = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        schema.migrate(old, new)
        old.close()
        return new
    with connections.replacing(path) as replacement:
        schema.migrate(old, replacement)
        old.close()
    return connections.writer(path)
