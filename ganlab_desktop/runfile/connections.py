"""Opening a run file's database: for its one writer, for readers, and for making a new file in one move."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ganlab_desktop.runfile.network import is_remote

LARGEST_ENTRY = 1 << 29  # bytes of one value, enough for the state of a network with 40 million weights under Adam


def writer(path: Path) -> sqlite3.Connection:
    """A connection that writes, with a write-ahead log where the place allows one and a rollback journal elsewhere."""
    connection = _connect(path, "mode=rw")
    if is_remote(path):
        with suppress(sqlite3.OperationalError):  # a log is left from a place that allowed one
            connection.execute("PRAGMA journal_mode = DELETE")
        return connection
    with suppress(sqlite3.OperationalError):  # a reader is at it, or no shared memory: a rollback journal does as well
        connection.execute("PRAGMA journal_mode = WAL")
    return connection


def reader(path: Path) -> sqlite3.Connection:
    """A connection that only reads, also where SQLite may create no file beside the database."""
    connection = _connect(path, "mode=ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
        return _connect(path, "mode=ro&immutable=1")
    except BaseException:
        connection.close()
        raise
    return connection


def seal(connection: sqlite3.Connection) -> None:
    """Close, leaving one file and no log beside it, unless a reader still needs the log."""
    try:
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    finally:
        connection.close()


@contextmanager
def replacing(path: Path) -> Iterator[sqlite3.Connection]:
    """An empty database that takes the place of `path` when the block is left, whole or not at all.

    The caller holds the writer's lock of `path`.
    """
    temporary = path.with_name(f".{path.name}.new")
    _remove(temporary)
    try:
        connection = _connect(temporary, "mode=rwc")
        try:
            yield connection
        finally:
            seal(connection)
        for suffix in ("-wal", "-shm", "-journal"):  # those of the file that goes, which would spoil the new one
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        temporary.replace(path)
    finally:
        _remove(temporary)


def can_write(path: Path) -> bool:
    """Whether this process may write the file and make others beside it."""
    effective = os.access in os.supports_effective_ids
    return all(os.access(place, os.W_OK, effective_ids=effective) for place in (path, path.parent))


def _connect(path: Path, options: str) -> sqlite3.Connection:
    """For any thread, without implicit transactions, trusting nothing in the file."""
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?{options}", uri=True, timeout=5.0, isolation_level=None, check_same_thread=False
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_ENTRY)
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)
