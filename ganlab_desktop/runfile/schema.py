"""The tables of a run file, version 4, the check that a file holds exactly these, and the way from versions before.

A run file comes from strangers too. Its schema must therefore be ours to the letter: no view, trigger, index or
expression of somebody else's is ever evaluated.
"""

import sqlite3
from functools import cache
from pathlib import Path

from ganlab_desktop.runfile.errors import RunFileError, naming

APPLICATION_ID = int.from_bytes(b"GANL", "big")
VERSION = 4

_MAGIC = b"SQLite format 3\x00"  # https://www.sqlite.org/fileformat.html#the_database_header
_TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    # The tree of runs: a fork names its parent, the step at which it left it and how many edits led there; what lies
    # before stands with its parent. Facts are JSON. From the step `since` on all is known that a replay needs.
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY, parent INTEGER REFERENCES runs, forked_at INTEGER, forked_edits INTEGER,
        title TEXT NOT NULL, experiment TEXT NOT NULL, created TEXT NOT NULL, facts TEXT NOT NULL,
        since INTEGER NOT NULL, colour TEXT NOT NULL, note TEXT NOT NULL, deleted INTEGER NOT NULL) STRICT""",
    # The changes as JSON, and the experiment (TOML) that they led to.
    """CREATE TABLE edits (
        id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, step INTEGER NOT NULL,
        changes TEXT NOT NULL, experiment TEXT NOT NULL) STRICT""",
    # Rows start .. start + count of a time series; columns are a JSON list of names.
    """CREATE TABLE series (
        run INTEGER NOT NULL REFERENCES runs, name TEXT NOT NULL, start INTEGER NOT NULL, count INTEGER NOT NULL,
        last_step INTEGER NOT NULL, columns TEXT NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (run, name, start)) STRICT""",
    """CREATE TABLE states (
        id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, step INTEGER NOT NULL, facts TEXT NOT NULL,
        tensors BLOB NOT NULL, sha256 BLOB NOT NULL) STRICT""",
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, step INTEGER NOT NULL, kind TEXT NOT NULL,
        text TEXT NOT NULL) STRICT""",
    # Iterations first + 1 .. last in which one player moved alone.
    """CREATE TABLE moves (
        run INTEGER NOT NULL REFERENCES runs, first INTEGER NOT NULL, last INTEGER NOT NULL, player TEXT NOT NULL,
        PRIMARY KEY (run, first)) STRICT""",
    # States to replay from, each after so many of the run's edits; as in states.
    """CREATE TABLE keyframes (
        id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, step INTEGER NOT NULL, edits INTEGER NOT NULL,
        size INTEGER NOT NULL, facts TEXT NOT NULL, tensors BLOB NOT NULL, sha256 BLOB NOT NULL) STRICT""",
    "CREATE INDEX keyframes_in_order ON keyframes (run, step, edits, size)",
    # Steps that a person has marked, each with a note.
    """CREATE TABLE bookmarks (
        run INTEGER NOT NULL REFERENCES runs, step INTEGER NOT NULL, note TEXT NOT NULL,
        PRIMARY KEY (run, step)) STRICT""",
    # Imported points that experiments name by their content: float64, row by row, so many columns wide.
    "CREATE TABLE points (sha256 TEXT PRIMARY KEY, columns INTEGER NOT NULL, data BLOB NOT NULL) STRICT",
    # A small picture (PNG) of each run.
    """CREATE TABLE thumbnails (
        run INTEGER PRIMARY KEY REFERENCES runs, step INTEGER NOT NULL, png BLOB NOT NULL) STRICT""",
)

_FIRST_RUNS = """CREATE TABLE runs (
        id INTEGER PRIMARY KEY, parent INTEGER REFERENCES runs, forked_at INTEGER, title TEXT NOT NULL,
        experiment TEXT NOT NULL, created TEXT NOT NULL, facts TEXT NOT NULL) STRICT"""
_TABLES_OF = {1: (_TABLES[0], _FIRST_RUNS, *_TABLES[2:6]), 2: _TABLES[:-2], 3: _TABLES[:-1], VERSION: _TABLES}


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for statement in _TABLES:
        connection.execute(statement)


def extend(connection: sqlite3.Connection, version: int, *, readonly: bool) -> None:
    """Bring a file of version 2 or 3 up to date: beside the file, where it is only read."""
    missing = _TABLES[len(_TABLES_OF[version]) :]
    if readonly:
        for table in missing:
            connection.execute(table.replace("CREATE TABLE", "CREATE TEMP TABLE").replace(" REFERENCES runs", ""))
        return
    connection.execute("BEGIN IMMEDIATE")
    for table in missing:
        connection.execute(table)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def migrate(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Fill an empty database with what a file of version 1 holds.

    That version kept no keyframes and did not tell lone moves: its past up to the newest state cannot be replayed.
    """
    create(new)
    for table in ("meta", "runs", "edits", "series", "states", "events"):
        rows = old.execute(f"SELECT * FROM {table}").fetchall()
        if table == "runs":
            since = dict(old.execute("SELECT run, max(step) FROM states GROUP BY run"))
            rows = [(*row[:3], None, *row[3:], since.get(row[0], 0), "", "", 0) for row in rows]
        if rows:
            new.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def check_header(path: Path) -> None:
    """Raise RunFileError where the first 100 bytes of a run file are none that this program knows."""
    with naming(path):
        if not path.is_file():
            raise RunFileError(path, "not a file" if path.exists() else "no such file")
        with path.open("rb") as stream:
            header = stream.read(100)
    if len(header) < 100 or not header.startswith(_MAGIC) or _number(header, 68) != APPLICATION_ID:
        raise RunFileError(path, "not a run file")
    version = _number(header, 60)
    if version > VERSION:
        raise RunFileError(path, f"written by a newer version (format {version}, known {VERSION})")


def check_tables(connection: sqlite3.Connection, path: Path) -> int:
    """The version of a run file. Raises RunFileError where its tables are not exactly those of that version."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()  # the header may lag behind the log
    if version not in _TABLES_OF or _objects(connection) != _expected(_TABLES_OF[version]):
        raise RunFileError(path, "not a run file, or one whose tables were altered")
    return int(version)


def _number(header: bytes, offset: int) -> int:
    return int.from_bytes(header[offset : offset + 4], "big")


def _objects(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    return set(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT 100"))


@cache
def _expected(statements: tuple[str, ...]) -> set[tuple[object, ...]]:
    connection = sqlite3.connect(":memory:")
    try:
        for statement in statements:
            connection.execute(statement)
        return _objects(connection)
    finally:
        connection.close()
