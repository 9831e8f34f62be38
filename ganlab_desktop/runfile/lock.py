"""One writer per run file: a lock in a file beside it, which the operating system frees when its holder dies."""

import os
import sys
from pathlib import Path

from ganlab_desktop.runfile.errors import RunFileError, naming

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # a link planted in a shared folder would have its target emptied


class WriterLock:
    """The right to write a run file, held from construction to release().

    Raises RunFileError that names the process in whose hands the file is, and PermissionError (or another OSError of
    a place that cannot be written) where no lock can be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = _lock_of(path)
        while True:
            self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o644)
            if not _try_lock(self._handle):
                holder = os.read(self._handle, 20).decode("ascii", "replace").strip()
                os.close(self._handle)
                raise RunFileError(path, f"already open in another window or program (process {holder or 'unknown'})")
            if self._is_in_place():
                break
            os.close(self._handle)  # its last holder removed the file between our open and our lock
        try:
            _sign(self._handle)
        except OSError:  # the disk is full
            self.release()
            raise

    def release(self) -> None:
        """Give the file free. The lock file goes while it is still locked, so that nobody locks a removed one."""
        os.ftruncate(self._handle, 0)  # where the file stays, it no longer tells of a holder
        if os.name != "nt":
            self.path.unlink(missing_ok=True)
        os.close(self._handle)

    def _is_in_place(self) -> bool:
        try:
            return os.path.samestat(self.path.stat(), os.fstat(self._handle))
        except FileNotFoundError:
            return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, 1 << 20, os.SEEK_SET)  # locked bytes cannot be read there, so not those of the process id
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _sign(handle: int) -> None:
    """Let a lock file tell its holder."""
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())


def was_cut_off(path: Path) -> bool:
    """Whether the last writer of a run file ended without closing it, and none has it now. Raises OSError."""
    try:
        handle = os.open(_lock_of(path), os.O_RDWR | _NO_LINK)
    except FileNotFoundError:
        return False
    try:
        return os.fstat(handle).st_size > 0 and _try_lock(handle)
    finally:
        os.close(handle)


def is_signed(path: Path) -> bool:
    """Whether a run file is open for writing, or was cut off."""
    try:
        return _lock_of(path).stat().st_size > 0
    except FileNotFoundError:
        return False


def mark_cut_off(path: Path) -> None:
    """Let a run file at rest tell what `was_cut_off` asks."""
    with naming(path):
        handle = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT | _NO_LINK, 0o644)
        try:
            if _try_lock(handle):
                _sign(handle)
        finally:
            os.close(handle)


def _lock_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def acquire(path: Path) -> WriterLock:
    """The writer's lock of a run file. Raises RunFileError, also where the place cannot be written."""
    with naming(path):
        return WriterLock(path)
