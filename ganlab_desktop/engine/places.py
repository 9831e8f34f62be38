"""Where the engine keeps what the user has not named yet."""

from contextlib import suppress
from pathlib import Path

from ganlab_desktop.places import data_directory
from ganlab_desktop.runfile import lock

_KEPT = 50  # untitled runs
_KEPT_BYTES = 10_000_000_000  # a long run takes up to half a billion


def untitled_directory(*, make: bool = True) -> Path:
    """The folder of untitled runs. Made on request, and then cleared of the oldest runs beyond its quota."""
    directory = data_directory() / "untitled"
    if make:
        directory.mkdir(parents=True, exist_ok=True)
        _clean(directory)
    return directory


def _clean(directory: Path) -> None:
    """Delete the oldest runs beyond the quota; one that is open or was cut off stays."""
    runs = []
    for path in directory.glob("*.ganlab"):
        with suppress(OSError):  # another window may be clearing up too
            runs.append((path.stat().st_mtime, path.stat().st_size, path))
    total = 0
    for index, (_, size, path) in enumerate(sorted(runs, reverse=True)):
        total += size
        if index > 0 and (index >= _KEPT or total > _KEPT_BYTES):
            with suppress(OSError):
                if not lock.is_signed(path):
                    path.unlink()
