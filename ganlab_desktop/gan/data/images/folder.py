"""Pictures in a folder, with a class for each of its subfolders."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganlab_desktop.experiment.images import ImageFolder, image_shape
from ganlab_desktop.gan.data.images.decoding import read_picture, suffixes
from ganlab_desktop.gan.data.images.keeping import keep, kept
from ganlab_desktop.gan.data.images.pictures import Bytes, Pictures, read_pictures, watch
from ganlab_desktop.gan.data.images.refusals import existing, one_line, readable, refuse

_VERSION = 1  # of how pictures are read: another one makes what was kept before useless
_READERS = min(4, os.cpu_count() or 1)
_BLOCK = 32  # files for each reader between two looks at the progress
_NAMED = 3  # files that are named of those left out


class _File(NamedTuple):
    name: str  # its path within the folder
    size: int  # bytes
    time: int  # nanoseconds


class _Listing(NamedTuple):
    """Picture files by class, and how many files beside the subfolders belong to none."""

    classes: dict[str, list[_File]]
    beside: int


@read_pictures.register
def _folder(spec: ImageFolder) -> Pictures:
    folder = existing(spec.path, "a folder of images")
    if not folder.is_dir():
        raise refuse(folder, "is not a folder; give the folder that the images are in")
    with readable(folder):
        listing = _listed(folder)
    files = [file for part in listing.classes.values() for file in part]
    if not files:
        raise refuse(folder, "holds no images; formats are " + ", ".join(sorted(suffixes())).replace(".", ""))
    shape = image_shape(spec)
    assert shape is not None
    key = _key(spec, listing)
    return kept(key) or keep(key, (len(files), int(np.prod(shape))), partial(_read, spec, folder, listing, files))


def _listed(folder: Path) -> _Listing:
    """The picture files of each subfolder, or else of the folder itself as the class ""."""
    classes = {}
    own = _pictures(folder, "")
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir() and not _hidden(entry.name) and (found := _below(folder, entry.name)):
            classes[entry.name] = found
    return _Listing(classes, len(own)) if classes else _Listing({"": own}, 0)


def _below(folder: Path, name: str) -> list[_File]:
    """The picture files of a subfolder and of all that it holds."""
    found = _pictures(folder, name)
    for entry in sorted(os.scandir(folder / name), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False) and not _hidden(entry.name):
            found += _below(folder, f"{name}/{entry.name}")
    return found


def _pictures(folder: Path, within: str) -> list[_File]:
    found = []
    for entry in os.scandir(folder / within):
        is_picture = os.path.splitext(entry.name)[1].lower() in suffixes()  # noqa: PTH122  of 100,000 names
        if is_picture and not _hidden(entry.name) and entry.is_file():
            facts = entry.stat()
            found.append(_File(f"{within}/{entry.name}" if within else entry.name, facts.st_size, facts.st_mtime_ns))
    return sorted(found)


def _hidden(name: str) -> bool:
    """Whether a name is one that systems put beside the user's files."""
    return name.startswith((".", "__MACOSX"))


def _key(spec: ImageFolder, listing: _Listing) -> str:
    """What tells these files, read in this way, from all others."""
    told = hashlib.sha256(repr((_VERSION, spec.size, spec.colour, spec.fit, spec.background)).encode())
    for name, files in listing.classes.items():
        told.update(repr((name, listing.beside, [tuple(file) for file in files])).encode("utf-8", "surrogatepass"))
    return told.hexdigest()[:32]


def _read(spec: ImageFolder, folder: Path, listing: _Listing, files: Sequence[_File], array: Bytes) -> Pictures:
    """Read the files into the first rows of an array, without those that cannot be read."""
    classes = np.repeat(np.arange(len(listing.classes)), [len(part) for part in listing.classes.values()])
    shape = image_shape(spec)
    assert shape is not None
    read = partial(_attempt, folder, size=spec.size, channels=shape[0], fit=spec.fit, background=spec.background)
    good: list[int] = []
    bad: list[str] = []
    together = _READERS * _BLOCK
    with ThreadPoolExecutor(_READERS, "reader") as readers:
        for start in range(0, len(files), together):
            watch(start, len(files))
            block = files[start : start + together]
            for number, image in enumerate(readers.map(read, block), start):
                if image is None:
                    bad.append(files[number].name)
                else:
                    array[len(good)] = image
                    good.append(number)
    watch(len(files), len(files))
    if not good:
        raise refuse(folder, f"none of its {len(files):,} files can be read as an image ({_some(bad)})")
    present, labels = np.unique(classes[good], return_inverse=True)
    names = tuple(np.array(list(listing.classes))[present].tolist())
    several = len(names) > 1
    notices = _notices(folder, listing, names, bad, len(files))
    return Pictures(
        array[: len(good)], labels.astype(np.int64) if several else None, names if several else (), notices=notices
    )


def _attempt(folder: Path, file: _File, **how: object) -> Bytes | None:
    try:
        return read_picture(folder / file.name, **how)  # type: ignore[arg-type]
    except Exception:  # whatever a damaged file leads one of Pillow's many readers to
        return None


def _notices(folder: Path, listing: _Listing, names: Sequence[str], bad: Sequence[str], count: int) -> tuple[str, ...]:
    notices = []
    shown = one_line(folder.name)
    if bad:
        notices.append(f"{shown}: {len(bad):,} of {count:,} files cannot be read and are left out: {_some(bad)}")
    if empty := [name for name in listing.classes if name not in names]:
        notices.append(f"{shown}: {len(empty):,} subfolders hold no image that can be read: {_some(empty)}")
    if listing.beside:
        notices.append(f"{shown}: {listing.beside:,} images beside the subfolders belong to no class and are left out")
    return tuple(notices)


def _some(names: Sequence[str]) -> str:
    first = ", ".join(map(one_line, names[:_NAMED]))
    return first if len(names) <= _NAMED else f"{first} and {len(names) - _NAMED:,} more"
