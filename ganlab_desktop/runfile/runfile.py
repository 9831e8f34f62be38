"""The .ganlab document: everything a run is, in one SQLite file that survives a kill at any moment."""

import json
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.runfile import blobs, connections, edits, schema, timeseries, tree
from ganlab_desktop.runfile.database import Database
from ganlab_desktop.runfile.errors import DamagedFileError, RunFileError, naming
from ganlab_desktop.runfile.lock import WriterLock, acquire
from ganlab_desktop.runfile.rows import Edit, Event, KeyframeEntry, LoneMoves, State
from ganlab_desktop.runfile.timeseries import Series
from ganlab_desktop.runfile.tree import RunEntry, Stretch

_STATE_VALUES = "(run, step, facts, tensors, sha256) VALUES (?, ?, ?, ?, ?)"

_KEYFRAME = "INSERT INTO keyframes (run, step, edits, size, facts, tensors, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)"

_NO_MARK = "DELETE FROM bookmarks WHERE run = ? AND step = ?"

_PNG, _LARGEST_PNG = b"\x89PNG\r\n\x1a\n", 1 << 20  # how such a file begins, and bytes of one that is believed

STATES_KEPT = 2  # the newest, and the one before should the newest be damaged


class RunFile(Database):
    """An open run file. Methods may be called from any thread; each write is committed when it returns.

    It holds a tree of runs, of which one is selected: what is read and written is the selected one's, and what is read
    begins with what that one inherited. Every method raises RunFileError where the file cannot be read or written.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: WriterLock | None) -> None:
        super().__init__(path, connection, lock)
        self.damage: list[str] = []  # what could not be read so far, one line each
        self.spared: Collection[int] = ()  # runs that were deleted, but that the next purge is to leave
        self._run = 1
        self._way: tuple[Stretch, ...] = (Stretch(1, tree.FOREVER, tree.FOREVER),)  # from the root to the selected run

    @classmethod
    def create(
        cls,
        path: Path,
        experiment: Experiment,
        facts: Mapping[str, Any] | None = None,
        first: State | None = None,
        *,
        replace: bool = False,
    ) -> Self:
        """A new file. `facts` say what replays depend on; `first` is the state at step 0 where that is none that the
        experiment tells. Raises RunFileError where the file exists, unless `replace`."""
        lock = acquire(path)
        try:
            with naming(path):
                if path.exists() and not replace:
                    raise RunFileError(path, "exists already")
                with connections.replacing(path) as new:
                    schema.create(new)
                    now = datetime.now(UTC).isoformat(timespec="seconds")
                    new.execute("INSERT INTO meta VALUES ('created', ?)", (now,))
                    _begin(new, tree.add(new, experiment, facts or {}), first)
                return cls(path, connections.writer(path), lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(cls, path: Path, readonly: bool = False) -> Self:
        """An existing file; in a place that cannot be written it opens read-only.

        Raises RunFileError for a file that is no run file, is damaged, or is open for writing elsewhere.
        """
        schema.check_header(path)
        lock = None if readonly or not connections.can_write(path) else acquire(path)
        try:
            with naming(path):
                connection = connections.writer(path) if lock else connections.reader(path)
                try:
                    version = schema.check_tables(connection, path)
                    if version == 1:
                        connection = _migrated(connection, path if lock else None)
                    elif version < schema.VERSION:
                        schema.extend(connection, version, readonly=lock is None)
                    file = cls(path, connection, lock)
                    file._select_newest()
                except BaseException:
                    connection.close()
                    raise
            return file
        except BaseException:
            if lock:
                lock.release()
            raise

    # --- the tree ----------------------------------------------------------------------------------------------------

    @property
    def run(self) -> int:
        """The number of the selected run."""
        return self._run

    def runs(self) -> list[RunEntry]:
        """All runs of the document, the oldest first, those that were deleted included."""
        return self._select(RunEntry, tree.ENTRIES)

    def select(self, run: int) -> None:
        """Read and write another run from now on."""
        self._way = self._way_to(run)
        self._run = run
        if not self.readonly:
            with self._writing() as connection:
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('run', ?)", (str(run),))

    def choose(self, run: int | None) -> None:
        """Select a run that a user names; the selected one stays where none is named. Raises ExperimentError where
        there is no such run."""
        numbers = [entry.id for entry in self.runs()]
        if run is not None and run not in numbers:
            raise ExperimentError("", f"run {run}: {self.path} holds run {', '.join(map(str, numbers))}")
        if run is not None:
            self.select(run)

    def fork(self, state: State, edits: int, experiment: Experiment) -> int:
        """Add a run that goes on from a state of the selected one, which so many edits led to. Its number."""
        moment = (state.step, edits)
        parent = next(stretch.run for stretch in self._way if moment <= (stretch.until, stretch.edits))
        row = (state.step, *blobs.pack_state(*state))
        with self._writing() as connection:
            run = tree.add(connection, experiment, state.facts.get("machine", {}), Stretch(parent, *moment))
            connection.execute(f"INSERT INTO states {_STATE_VALUES}", (run, *row))
        return run

    def add_run(self, experiment: Experiment, facts: Mapping[str, Any], first: State | None = None) -> int:
        """Add a run that begins at step 0, with a state of its own where that is none that the experiment tells. Its
        number."""
        with self._writing() as connection:
            return _begin(connection, tree.add(connection, experiment, facts), first)

    def describe(self, run: int, **values: str | bool) -> None:
        """Change what people see of a run: its `title`, `colour`, `note`, or whether it is `deleted`."""
        with self._writing() as connection:
            for column in ("title", "colour", "note", "deleted"):
                if column in values:
                    connection.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (values[column], run))

    def _way_to(self, run: int | None) -> tuple[Stretch, ...]:
        """The way from the root to a run, to the selected one where none is given."""
        if run in (None, self._run):
            return self._way
        rows = self._select(tuple[int, int | None, int | None, int | None], tree.PARENTS)
        try:
            return tree.lineage({row[0]: row[1:] for row in rows}, run)
        except ValueError as error:
            raise DamagedFileError(self.path, str(error)) from None

    def _select_newest(self) -> None:
        """Select the run that was selected last; the first one where that is gone."""
        last = self._select(tuple[str], "SELECT value FROM meta WHERE key = 'run'")
        known = {str(row[0]): row[0] for row in self._select(tuple[int], "SELECT id FROM runs")}
        run = known.get(last[0][0]) if last else None
        if run is not None and run != self._run:
            self.select(run)

    # --- what the run is ---------------------------------------------------------------------------------------------

    def experiment(self) -> Experiment:
        """The experiment with all edits."""
        return self.read_experiment(self.experiment_toml())

    def read_experiment(self, toml: str) -> Experiment:
        """The experiment in a text of this file. Raises RunFileError where it is none."""
        try:
            return files.from_toml(toml)
        except ExperimentError as error:
            raise RunFileError(self.path, f"its experiment cannot be read: {error}") from None

    def experiment_toml(self) -> str:
        """The experiment with all edits, as it stands in the file."""
        made = self.edits()
        return made[-1].experiment if made else self._first_toml()

    def first_experiment(self, run: int | None = None) -> Experiment:
        """The experiment at step 0, before all edits; of the selected run where none is given."""
        return self.read_experiment(self._first_toml(run))

    def _first_toml(self, run: int | None = None) -> str:
        root = self._way_to(run)[0].run
        first = self._select(tuple[str], "SELECT experiment FROM runs WHERE id = ?", root)
        if not first:
            raise DamagedFileError(self.path, "it holds no run")
        return first[0][0]

    def since(self, run: int | None = None) -> int:
        """The step from which on a run can be replayed, the selected one where none is given."""
        rows = self._select(tuple[int], "SELECT since FROM runs WHERE id = ?", self._way_to(run)[-1].run)
        return rows[0][0] if rows else 0

    def title(self) -> str:
        """The run's name for people."""
        rows = self._select(tuple[str], "SELECT title FROM runs WHERE id = ?", self._run)
        return rows[0][0] if rows else ""

    def created(self) -> str:
        """When the document was made (ISO 8601, UTC); empty where unknown."""
        rows = self._select(tuple[str], "SELECT value FROM meta WHERE key = 'created'")
        return rows[0][0] if rows else ""

    def facts(self) -> dict[str, Any]:
        """What the run's replays depend on, as given to create()."""
        rows = self._select(tuple[str], "SELECT facts FROM runs WHERE id = ?", self._run)
        return self._json(rows[0][0]) if rows else {}

    def weights(self, run: int | None = None) -> dict[str, str]:
        """Where the weights come from that a run began with, the selected one where none is given: the file's name, its
        SHA-256 and the networks that it had; empty where its seed drew them."""
        rows = self._select(tuple[str], "SELECT facts FROM runs WHERE id = ?", self._way_to(run)[0].run)
        try:
            told = self._json(rows[0][0]).get("weights") if rows else None
        except DamagedFileError:  # which is told where it is asked for
            told = None
        return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else {}

    # --- edits and events --------------------------------------------------------------------------------------------

    def add_edit(self, step: int, changes: Mapping[str, Any], experiment: Experiment) -> None:
        """Record settings changed by path at a step, and the experiment that they lead to."""
        row = (self._run, step, json.dumps(dict(changes)), files.to_toml(experiment))
        with self._writing() as connection:
            connection.execute("INSERT INTO edits (run, step, changes, experiment) VALUES (?, ?, ?, ?)", row)

    def edits(self, run: int | None = None) -> list[Edit]:
        """All edits in order, of the selected run where none is given; those that are damaged are named in `damage`."""
        found: list[Edit] = []
        first = self._first_toml(run)
        for stretch in self._way_to(run):
            with self._reading() as connection:
                found += edits.read(connection, stretch.run, stretch.edits - len(found), found, first, self.damage)
        return found

    def put_moves(self, moves: Sequence[tuple[int, int, str]]) -> None:
        """Record iterations first + 1 .. last in which one player moved alone; a range known by its first grows."""
        with self._writing() as connection:
            connection.executemany(
                "INSERT INTO moves (run, first, last, player) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (run, first) DO UPDATE SET last = excluded.last",
                [(self._run, *move) for move in moves],
            )

    def moves(self, run: int | None = None) -> list[LoneMoves]:
        """All lone moves in order; of the selected run where none is given."""
        sql = "SELECT first, min(last, ?), player FROM moves WHERE run = ? AND first < ? ORDER BY first"
        return [
            move
            for stretch in self._way_to(run)
            for move in self._select(LoneMoves, sql, stretch.until, stretch.run, stretch.until)
        ]

    def put_bookmark(self, step: int, note: str) -> None:
        """Mark a step with a note, or write another note to it. A step that runs share has one mark for all of them."""
        owner, *_ = sharing = self._sharing(step)
        with self._writing() as connection:
            connection.executemany(_NO_MARK, [(run, step) for run in sharing])
            connection.execute("INSERT INTO bookmarks (run, step, note) VALUES (?, ?, ?)", (owner, step, note))

    def drop_bookmark(self, step: int) -> None:
        """Take the mark of a step away, for all runs that share the step."""
        with self._writing() as connection:
            connection.executemany(_NO_MARK, [(run, step) for run in self._sharing(step)])

    def _sharing(self, step: int) -> list[int]:
        """The runs on the way from the root that have a step in common with the selected one, which is the last."""
        return [stretch.run for stretch in self._way if step <= stretch.until]

    def bookmarks(self, run: int | None = None) -> dict[int, str]:
        """The notes by step, in order; of the selected run where none is given."""
        sql = "SELECT step, note FROM bookmarks WHERE run = ? AND step <= ? ORDER BY step"
        way = self._way_to(run)
        return dict(row for stretch in way for row in self._select(tuple[int, str], sql, stretch.run, stretch.until))

    def add_event(self, step: int, kind: str, text: str) -> None:
        """Record something that happened at a step."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO events (run, step, kind, text) VALUES (?, ?, ?, ?)", (self._run, step, kind, text)
            )

    def events(self) -> list[Event]:
        """All events of the selected run, the oldest first."""
        sql = "SELECT step, kind, text FROM events WHERE run = ? AND step <= ? ORDER BY step, id"
        return [event for stretch in self._way for event in self._select(Event, sql, stretch.run, stretch.until)]

    def put_thumbnail(self, step: int, png: bytes) -> None:
        """Keep a small picture (PNG) of the run after a step, in the place of the one before."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?)", (self._run, step, png))

    def thumbnail(self) -> bytes:
        """The newest small picture of the selected run, else of the one that it comes from: what begins as a PNG file
        and is of a reasonable size; empty where there is none."""
        sql = "SELECT png FROM thumbnails WHERE run = ? AND length(png) <= ? AND substr(png, 1, 8) = ?"
        found = (self._select(tuple[bytes], sql, stretch.run, _LARGEST_PNG, _PNG) for stretch in reversed(self._way))
        return next((rows[0][0] for rows in found if rows), b"")

    # --- imported points ---------------------------------------------------------------------------------------------

    def put_points(self, name: str, points: NDArray[Any]) -> None:
        """Keep points (N, d) under the name of their content, once."""
        with self._writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO points VALUES (?, ?, ?)", (name, points.shape[1], points.astype("<f8").tobytes())
            )

    def point_names(self) -> list[str]:
        """The names of all points in the file."""
        return [name for (name,) in self._select(tuple[str], "SELECT sha256 FROM points ORDER BY sha256")]

    def points(self, name: str) -> NDArray[np.float64]:
        """Points (N, d) as they are, which may not be as they were. Raises RunFileError where they cannot be read."""
        rows = self._select(tuple[int, bytes], "SELECT columns, data FROM points WHERE sha256 = ?", name)
        try:
            ((columns, data),) = rows
            return np.frombuffer(data, "<f8").astype(np.float64).reshape(-1, columns)
        except ValueError:
            raise DamagedFileError(self.path, "imported points cannot be read") from None

    def name_data(self, named: Callable[[Experiment], Experiment]) -> None:
        """Replace experiments on imported points that do not name their content."""
        nameless = """experiment LIKE '%kind = "points"%' AND experiment NOT LIKE '%content = "%'"""
        for table in ("runs", "edits"):
            for (number,) in self._select(tuple[int], f"SELECT id FROM {table} WHERE {nameless}"):
                try:
                    toml = self._select(tuple[str], f"SELECT experiment FROM {table} WHERE id = ?", number)[0][0]
                    changed = files.to_toml(named(self.read_experiment(toml)))
                except RunFileError:  # damaged, which is told where it is needed
                    continue
                with self._writing() as connection:
                    connection.execute(f"UPDATE {table} SET experiment = ? WHERE id = ?", (changed, number))

    # --- series ------------------------------------------------------------------------------------------------------

    def append_series(self, name: str, columns: Sequence[str], steps: NDArray[Any], values: NDArray[Any]) -> None:
        """Add rows to a time series: steps (n,) that never fall, values (n, len(columns)) stored as float32."""
        with self._writing() as connection:
            timeseries.append(connection, self._run, name, columns, steps, values)

    def series(self, name: str, run: int | None = None) -> Series:
        """All rows of a time series in order, of the selected run where none is given; NaN where a row had no such
        column. Damaged parts are left out and named in `damage`."""
        way = self._way_to(run)
        with self._reading() as connection:
            return timeseries.read(connection, way, name, self.damage)

    def row_at(self, name: str, step: int, run: int | None = None) -> dict[str, float]:
        """The newest row of a time series at a step or before it, by column; empty where there is none."""
        way = self._way_to(run)
        with self._reading() as connection:
            return timeseries.row_at(connection, way, name, step)

    def newest_row(self) -> int:
        """The newest step that a series of the selected run tells of; 0 where none does."""
        sql = "SELECT coalesce(max(last_step), 0) FROM series WHERE run = ?"
        return self._select(tuple[int], sql, self._run)[0][0]

    # --- states ------------------------------------------------------------------------------------------------------

    def write_state(self, step: int, arrays: dict[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
        """Store the state after a step; the last two are kept."""
        row = (self._run, step, *blobs.pack_state(step, arrays, dict(facts)))
        with self._writing() as connection:
            connection.execute(f"INSERT INTO states {_STATE_VALUES}", row)
            connection.execute(
                "DELETE FROM states WHERE run = ? AND id NOT IN "
                "(SELECT id FROM states WHERE run = ? ORDER BY id DESC LIMIT ?)",
                (self._run, self._run, STATES_KEPT),
            )

    def latest_state(self) -> State | None:
        """The newest state that is sound; what was damaged is named in `damage`."""
        known = self._select(
            tuple[int, int], "SELECT id, step FROM states WHERE run = ? ORDER BY id DESC LIMIT 9", self._run
        )
        for number, step in known:
            try:
                row = self._select(
                    tuple[int, str, bytes, bytes],
                    "SELECT step, facts, tensors, sha256 FROM states WHERE id = ?",
                    number,
                )[0]
                return State(row[0], *blobs.unpack_state(*row))
            except (RunFileError, blobs.DamagedError):
                self.damage.append(f"run {self._run}'s state of step {step:,} is damaged")
        return None

    def shared_until(self) -> int:
        """The step up to which the selected run shares its past with its parent or with a fork of its own."""
        sql = "SELECT coalesce(max(forked_at), 0) FROM runs WHERE id = ? OR parent = ?"
        return self._select(tuple[int], sql, self._run, self._run)[0][0]

    # --- keyframes ---------------------------------------------------------------------------------------------------

    def add_keyframe(self, step: int, edits: int, arrays: dict[str, NDArray[Any]], facts: Mapping[str, Any]) -> int:
        """Store a state to replay from, after so many edits. Its row."""
        text, tensors, digest = blobs.pack_state(step, arrays, dict(facts))
        row = (self._run, step, edits, len(tensors), text, tensors, digest)
        with self._writing() as connection:
            cursor = connection.execute(_KEYFRAME, row)
            return int(cursor.lastrowid or 0)

    def drop_keyframes(self, rows: Sequence[int]) -> None:
        """Forget those of these states that the run did not inherit; the space is used again."""
        with self._writing() as connection:
            connection.executemany("DELETE FROM keyframes WHERE id = ? AND run = ?", [(row, self._run) for row in rows])

    def keyframes(self, run: int | None = None) -> list[KeyframeEntry]:
        """All states to replay from, in order; of the selected run where none is given."""
        sql = (
            "SELECT id, step, edits, size FROM keyframes WHERE run = ? AND (step, edits) <= (?, ?) ORDER BY step, edits"
        )
        return [entry for stretch in self._way_to(run) for entry in self._select(KeyframeEntry, sql, *stretch)]

    def keyframe(self, row: int) -> State:
        """The state in a row. Raises DamagedFileError where it is gone or damaged."""
        sql = "SELECT step, facts, tensors, sha256 FROM keyframes WHERE id = ?"
        found = self._select(tuple[int, str, bytes, bytes], sql, row)
        if not found:
            raise DamagedFileError(self.path, "a keyframe is gone")
        try:
            return State(found[0][0], *blobs.unpack_state(*found[0]))
        except blobs.DamagedError as error:
            raise DamagedFileError(self.path, str(error)) from None

    # --- the file as a whole -----------------------------------------------------------------------------------------

    def truncate(self, step: int) -> None:
        """Forget everything after a step, but for bookmarks: their notes are shown again once the run comes there."""
        with self._writing() as connection:
            timeseries.truncate(connection, self._run, step)
            for table in ("edits", "events", "states", "keyframes", "thumbnails"):
                connection.execute(f"DELETE FROM {table} WHERE run = ? AND step > ?", (self._run, step))
            connection.execute("DELETE FROM moves WHERE run = ? AND first >= ?", (self._run, step))
            connection.execute("UPDATE moves SET last = ? WHERE run = ? AND last > ?", (step, self._run, step))

    def purge(self) -> None:
        """Forget for good the runs that were deleted, but for the selected one, those from which others come and those
        that are `spared`, and imported points that no experiment names any more. The file shrinks."""
        with self._writing() as connection:
            gone = tree.purge(connection, {self._run, *self.spared})
            gone += connection.execute(
                "DELETE FROM points WHERE NOT EXISTS "
                "(SELECT 1 FROM (SELECT experiment FROM runs UNION ALL SELECT experiment FROM edits) "
                "WHERE instr(experiment, sha256))"
            ).rowcount
        if gone:
            with self._reading() as connection:
                connection.execute("VACUUM")

    def _json(self, text: str) -> dict[str, Any]:
        """An object stored as JSON."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise DamagedFileError(self.path, "an entry cannot be read")
        return value


def _begin(connection: sqlite3.Connection, run: int, first: State | None) -> int:
    """Store what a run begins with, from which its past is played again too. Its number."""
    if first is not None:
        game = State(first.step, first.arrays, first.facts["game"])
        row = blobs.pack_state(*first)
        connection.execute(f"INSERT INTO states {_STATE_VALUES}", (run, first.step, *row))
        text, tensors, digest = blobs.pack_state(*game)
        connection.execute(_KEYFRAME, (run, first.step, 0, len(tensors), text, tensors, digest))
    return run


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
