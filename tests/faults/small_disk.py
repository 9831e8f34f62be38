"""A disk of a few megabytes, to be filled and freed by a test."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_CHUNK = 1 << 16


class SmallDisk:
    """A mounted folder; `fill` leaves so many bytes free, `free` takes the filling away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filling = folder / "filling"

    def fill(self, leave: int = 0) -> None:
        with self._filling.open("ab", buffering=0) as stream:
            try:
                while self._left() > leave:
                    stream.write(bytes(min(_CHUNK, self._left() - leave)))
            except OSError:
                pass  # full

    def free(self) -> None:
        self._filling.unlink()

    def _left(self) -> int:
        disk = os.statvfs(self.folder)
        return disk.f_bavail * disk.f_frsize


@contextmanager
def small_disk(folder: Path, megabytes: int = 8) -> Iterator[SmallDisk]:
    """A disk in a folder. Skips the test where this process may not mount one."""
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mounting, capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
