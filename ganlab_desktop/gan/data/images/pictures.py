"""All images of a set as they are kept, and what is known of each."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import singledispatch
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.images import ImageSpec
from ganlab_desktop.gan.data.distribution import FloatArray, Labels, Rows, Samples

Bytes = NDArray[np.uint8]
Progress = Callable[[int, int], bool]  # of how many of all are done; false asks to stop

_HASHED = 4096  # images at once
_REMEMBERED = 3  # sets of images, which a run asks for several times


class Pictures(NamedTuple):
    """The images of a set, flat (N, C H W): float32 from -1 to 1, or bytes from 0 to 255 that stand for these.

    `labels` are their classes (N,) where there are some, `names` these' names. `factors` (N, F) is what varies between
    images that are drawn by rule, `factor_names` say what each is. `notices` are lines for the user. `digest` tells
    these images and labels from all others, see `digested`.
    """

    images: Samples | Bytes
    labels: Labels | None = None
    names: tuple[str, ...] = ()
    factors: FloatArray | None = None
    factor_names: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    digest: str = ""


def digested(pictures: Pictures) -> Pictures:
    """Pictures with the SHA-256 of their images and labels, in hexadecimal."""
    digest = hashlib.sha256(f"{pictures.images.dtype} {pictures.images.shape}\n".encode())
    for start in range(0, len(pictures.images), _HASHED):  # they may lie in a file
        digest.update(np.ascontiguousarray(pictures.images[start : start + _HASHED]).data)
    if pictures.labels is not None:
        digest.update(np.ascontiguousarray(pictures.labels, "<i8").data)
    return pictures._replace(digest=digest.hexdigest())


class Stored:
    """Images kept as bytes, which may lie in a file, as float32 from -1 to 1 where rows of them are taken."""

    def __init__(self, images: Bytes, rows: NDArray[np.intp]) -> None:
        self._images, self._rows = images, rows

    @property
    def shape(self) -> tuple[int, ...]:
        return len(self._rows), self._images.shape[1]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, rows: slice | NDArray[np.integer] | NDArray[np.bool_]) -> Samples:
        return as_floats(self._images[self._rows[rows]])

    def __array__(self, dtype: object = None, copy: bool | None = None) -> Samples:
        return self[:]


def as_floats(images: Bytes) -> Samples:
    """Bytes as float32: 0 is -1, 255 is 1."""
    values = images.astype(np.float32)
    values *= np.float32(2 / 255)
    values -= 1
    return values


def rows_of(images: Samples | Bytes, rows: NDArray[np.intp]) -> Rows:
    """Some of the images as float32."""
    if images.dtype == np.uint8:
        return Stored(images.view(np.uint8), rows)
    return np.ascontiguousarray(images[rows], np.float32)


_watching: ContextVar[Progress | None] = ContextVar("watching", default=None)


@contextmanager
def watching(progress: Progress) -> Iterator[None]:
    """A block in which images that are read, however deep below, tell how far they have come."""
    token = _watching.set(progress)
    try:
        yield
    finally:
        _watching.reset(token)


def watch(done: int, count: int) -> None:
    """Tell whoever is watching how far it has come. Raises ExperimentError where it is to stop."""
    progress = _watching.get()
    if progress is not None and not progress(done, count):
        raise ExperimentError("data", f"was stopped after {done:,} of {count:,} images")


@singledispatch
def read_pictures(spec: ImageSpec) -> Pictures:
    """All images of a spec. Raises ExperimentError where they cannot be read, or whoever is
    watching asks to stop."""
    raise TypeError(f"no images for {type(spec).__name__}")


_recent: "dict[object, Pictures]" = {}


def remembered(spec: ImageSpec, make: Callable[[], Pictures], *files: Path) -> Pictures:
    """What `make` gives, or what it gave not long ago for the same images, if their files have not changed since."""
    told = [(str(file), (facts := file.stat()).st_size, facts.st_mtime_ns) for file in files]
    key = (msgspec.structs.replace(spec, n_train=0), tuple(told))
    pictures = _recent.pop(key, None) or digested(make())
    _recent[key] = pictures
    while len(_recent) > _REMEMBERED:
        _recent.pop(next(iter(_recent)), None)
    return pictures
