"""An SQLite file that one program writes and others may read: typed rows, and errors that name the file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from ganlab_desktop.runfile import connections
from ganlab_desktop.runfile.errors import DamagedFileError, RunFileError, naming
from ganlab_desktop.runfile.lock import WriterLock, acquire

Row = TypeVar("Row")


class Database:
    """An open file. Methods may be called from any thread; each write is committed when it returns.

    Every method raises RunFileError where the file cannot be read or written.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: WriterLock | None) -> None:
        self.path = path
        self._connection = connection
        self._writer = lock
        self._mutex = RLock()

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
            raise DamagedFileError(self.path, "an entry has the wrong type") from None
