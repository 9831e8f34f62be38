"""The tables of a run file, version 1, and the check that a file holds exactly these.

A run file comes from strangers too. Its schema must therefore be ours to the letter: no view, trigger, index or
expression of somebody else's is ever evaluated.
"""

import sqlite3
from functools import cache
from pathlib import Path

from ganlab_desktop.runfile.errors import RunFileError, naming

APPLICATION_ID = int.from_bytes(b"GANL", "big")
VERSION = 1

_MAGIC = b"SQLite format 3\x00"  # https://www.sqlite.org/fileformat.html#the_database_header
_TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    # The tree of runs: a fork names its parent and the step at which it left it. Facts are JSON.
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY, parent INTEGER REFERENCES runs, forked_at INTEGER, title TEXT NOT NULL,
        experiment TEXT NOT NULL, created TEXT NOT NULL, facts TEXT NOT NULL) STRICT""",
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
)


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for table in _TABLES:
        connection.execute(table)


def check_header(path: Path) -> None:
    """Raise RunFileError where the first 100 bytes are not those of a run file that this version knows."""
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


def check_tables(connection: sqlite3.Connection, path: Path) -> None:
    """Raise RunFileError where the tables are not exactly those of this version."""
    if _objects(connection) != _expected():
        raise RunFileError(path, "not a run file, or one whose tables were altered")


def _number(header: bytes, offset: int) -> int:
    return int.from_bytes(header[offset : offset + 4], "big")


def _objects(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    return set(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT 100"))


@cache
def _expected() -> set[tuple[object, ...]]:
    connection = sqlite3.connect(":memory:")
    try:
        create(connection)
        return _objects(connection)
    finally:
        connection.close()
