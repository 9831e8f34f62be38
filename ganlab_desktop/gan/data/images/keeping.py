"""Images that took long to read, kept as they are used: memory-mapped bytes in the user's cache folder."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import platformdirs

from ganlab_desktop.gan.data.images.pictures import Bytes, Pictures, digested

_KEPT_BYTES = 20_000_000_000
_FACTS = "facts.json"


def cache_directory() -> Path:
    """The folder of kept images; GANLAB_CACHE puts it elsewhere."""
    return Path(os.environ.get("GANLAB_CACHE") or platformdirs.user_cache_dir("ganlab", appauthor=False)) / "images"


def kept(key: str) -> Pictures | None:
    """What was kept under a key; None where there is nothing, or nothing whole."""
    folder = cache_directory() / key
    try:
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        digest = facts["digest"]
        images = np.load(folder / "images.npy", mmap_mode="r")[: facts["count"]]
        labels = np.load(folder / "labels.npy") if facts["names"] else None
        folder.touch()  # the oldest go first
    except (OSError, ValueError, KeyError, EOFError):
        return None
    return Pictures(images, labels, tuple(facts["names"]), notices=tuple(facts["notices"]), digest=digest)


def keep(key: str, shape: tuple[int, int], fill: Callable[[Bytes], Pictures]) -> Pictures:
    """What `fill` makes in an array of zeros of a shape, and keep it where there is room.

    `fill` gives pictures whose images are the array's first rows. What it raises is passed on, and nothing is kept.
    """
    try:
        cache_directory().mkdir(parents=True, exist_ok=True)
        _clear(shape[0] * shape[1])
        folder = Path(tempfile.mkdtemp(dir=cache_directory(), prefix="."))
    except OSError as error:
        return _unkept(digested(fill(np.zeros(shape, np.uint8))), error)
    try:
        try:
            array = np.lib.format.open_memmap(folder / "images.npy", "w+", np.uint8, shape)
            _reserve(folder / "images.npy")
        except OSError as error:
            return _unkept(digested(fill(np.zeros(shape, np.uint8))), error)
        made = digested(fill(array))
        array.flush()
        del array
        try:
            _finish(folder, made)
            with suppress(OSError):  # another process was quicker
                folder.rename(cache_directory() / key)
        except OSError as error:
            return _unkept(made._replace(images=np.array(made.images, np.uint8)), error)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return kept(key) or made


def _finish(folder: Path, made: Pictures) -> None:
    if made.labels is not None:
        np.save(folder / "labels.npy", made.labels)
    facts = {"count": len(made.images), "names": made.names, "notices": made.notices, "digest": made.digest}
    (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")


def _reserve(file: Path) -> None:
    """Take the file's room on the disk now: writing to a mapped file on a full disk would end the process."""
    if hasattr(os, "posix_fallocate"):
        with file.open("r+b") as stream:
            os.posix_fallocate(stream.fileno(), 0, file.stat().st_size)


def _unkept(made: Pictures, error: OSError) -> Pictures:
    problem = f"the images are not kept for the next time: {error.strerror or error}"
    return made._replace(notices=(*made.notices, problem))


def _clear(needed: int) -> None:
    """Delete the images that were not used for longest, beyond the quota."""
    found = []
    for folder in cache_directory().iterdir():
        with suppress(OSError):  # another process may be clearing up too
            size = sum(file.stat().st_size for file in folder.iterdir())
            found.append((folder.stat().st_mtime, size, folder))
    total = needed
    for _, size, folder in sorted(found, reverse=True):
        total += size
        if total > _KEPT_BYTES and not folder.name.startswith("."):
            shutil.rmtree(folder, ignore_errors=True)
