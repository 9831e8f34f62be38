"""What goes wrong with a run file."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_REASONS = {
    sqlite3.SQLITE_BUSY: "in use by another program",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_NOTADB: "not a run file",
    sqlite3.SQLITE_READONLY: "cannot be written",
    sqlite3.SQLITE_TOOBIG: "damaged: an entry is larger than any run writes",
}


class RunFileError(Exception):
    """A run file that cannot be read or written; the message is one line for the user and names the file."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class DamagedFileError(RunFileError):
    """A part of a run file that is not what was written; the rest may be sound."""

    def __init__(self, path: Path, problem: str = "") -> None:
        super().__init__(path, f"damaged: {problem}" if problem else "damaged")


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turn what SQLite and the operating system report into a RunFileError for this file."""
    try:
        yield
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF  # the lowest byte is the kind, others say where
        undecodable = "decode to UTF-8" in str(error)  # a text that repeats what it met, at length
        if code == sqlite3.SQLITE_CORRUPT or undecodable:
            raise DamagedFileError(path) from error
        raise RunFileError(path, _REASONS.get(code, str(error))) from error
    except UnicodeDecodeError as error:  # sqlite3 found a damaged name or text
        raise DamagedFileError(path) from error
    except OSError as error:
        raise RunFileError(path, error.strerror or "cannot be read or written") from error
