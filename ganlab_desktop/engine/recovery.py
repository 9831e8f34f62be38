"""Runs that were cut off: whose window or engine ended without closing them."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ganlab_desktop.engine.places import untitled_directory
from ganlab_desktop.runfile import lock
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.wire.messages import CutOff

_log = logging.getLogger(__name__)


def cut_off(documents: Iterable[str]) -> tuple[CutOff, ...]:
    """The runs among the untitled ones and these documents that were cut off, the newest first.

    Each is put in order and so is told of once; one that is too damaged for that stays as it is.
    """
    found = []
    for path in {*untitled_directory(make=False).glob("*.ganlab"), *(Path(name).expanduser() for name in documents)}:
        with suppress(OSError):
            if path.is_file() and lock.was_cut_off(path):
                found.append((path.stat().st_mtime, path))
    return tuple(_in_order(path for _, path in sorted(found, reverse=True)))


def _in_order(paths: Iterable[Path]) -> Iterator[CutOff]:
    for path in paths:
        try:
            with RunFile.open(path) as file:
                state = file.latest_state()
                told = CutOff(str(path), file.title(), state.step if state else 0)
        except RunFileError as error:
            _log.warning("a run that was cut off cannot be read: %s", error)
        else:
            yield told
