"""Where exports go: made beside their place under another name, and put there once they are whole."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import BinaryIO

from ganlab_desktop.cli.errors import FailedError


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """A stream into a new file beside the target, which takes its place once all is written."""
    with _beside(target) as beside:
        with beside.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder beside the target, which gets its name once all is written; only an empty folder gives way to it."""
    with _beside(target) as beside:
        beside.mkdir()
        yield beside
        with suppress(FileNotFoundError):
            target.rmdir()
        beside.rename(target)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A name beside the target, where nothing is left after the block. Raises FailedError for an OSError in it."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _clear(target)
        try:
            yield beside
        finally:
            _delete(beside)
    except OSError as error:
        raise FailedError(f"{target}: {error.strerror or error}") from None


def _clear(target: Path) -> None:
    """Delete what exports to this place have left that were killed, one with this process's number among them: in a
    container each may get the same."""
    for left in target.parent.glob(f".{escape(target.name)}.*.part"):
        number = left.suffixes[-2].removeprefix(".")
        if number.isdecimal() and (int(number) == os.getpid() or not _runs(int(number))):
            _delete(left)


def _delete(path: Path) -> None:
    """A file, or a folder with all that is in it."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    """Whether there is a process of this number; where that cannot be told there is."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
