"""Images in IDX files (LeCun et al. 1998, yann.lecun.com/exdb/mnist), plain or compressed by gzip."""

import gzip
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.images import Idx
from ganlab_desktop.gan.data.images.arrays import classes_in
from ganlab_desktop.gan.data.images.fitting import fitted
from ganlab_desktop.gan.data.images.pictures import Bytes, Pictures, read_pictures, remembered
from ganlab_desktop.gan.data.images.refusals import existing, readable, refuse

LARGEST = 2 * 2**30  # bytes of one file's array
_BYTES = 0x08  # the type's code
_MEANT = "an images file such as train-images-idx3-ubyte.gz, or the folder it is in"


@read_pictures.register
def _idx(spec: Idx) -> Pictures:
    file = _images_file(existing(spec.path, _MEANT))
    beside = _labels_file(file)

    def make() -> Pictures:
        images = read_idx(file, 3)
        if not images.size:
            raise refuse(file, "holds no images")
        labels, names = (None, ()) if beside is None else classes_in(read_idx(beside, 1), len(images), beside, "it")
        missing = f"{file.name}: no labels were found beside it" if beside is None else ""
        flat = fitted(images[..., None], spec.size, 1, spec.fit)
        return Pictures(flat, labels, names, notices=(missing,) if missing else ())

    return remembered(spec, make, *(path for path in (file, beside) if path is not None))


def read_idx(file: Path, dimensions: int) -> Bytes:
    """The array of bytes in a file, which has so many dimensions. Raises ExperimentError with one line."""
    with readable(file):
        try:
            with _opened(file) as stream:
                return _array(stream, file, dimensions)
        except (zlib.error, EOFError, gzip.BadGzipFile) as error:
            raise refuse(file, f"is a damaged gzip file: {error}") from None


def _array(stream: IO[bytes], file: Path, dimensions: int) -> NDArray[np.uint8]:
    head = stream.read(4)
    if len(head) < 4 or head[:2] != b"\0\0":
        raise refuse(file, "is no IDX file: it does not begin with two zero bytes")
    kind, found = head[2], head[3]
    if kind != _BYTES:
        raise refuse(file, f"holds values of type 0x{kind:02x}; only unsigned bytes (0x08) are read")
    if found != dimensions:
        meant = {1: "labels have one", 3: "images have three"}[dimensions]
        raise refuse(file, f"has {found} dimensions; {meant}")
    sizes = stream.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise refuse(file, "ends within its header")
    shape = struct.unpack(f">{dimensions}I", sizes)
    count = int(np.prod(shape, dtype=object))
    if count > LARGEST:
        raise refuse(file, f"says that it holds {count:,} bytes; at most {LARGEST:,} can be read")
    data = stream.read(count + 1)
    if len(data) != count:
        short = f"ends after {len(data):,} of the {count:,} bytes that it should hold"
        raise refuse(file, short if len(data) < count else f"goes on after the {count:,} bytes that it should hold")
    return np.frombuffer(data, np.uint8).reshape(shape)


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked where gzip has packed them."""
    with file.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        if not packed:
            yield stream
            return
        with gzip.GzipFile(fileobj=stream) as unpacked:
            yield cast(IO[bytes], unpacked)


def _images_file(path: Path) -> Path:
    """The images file itself, or that of the training images in a folder."""
    with readable(path):
        if not path.is_dir():
            if not path.is_file():
                raise refuse(path, f"is not a file; give {_MEANT}")
            return path
        found = [file for file in sorted(path.iterdir()) if _is_images(file.name) and file.is_file()]
    if not found:
        raise refuse(path, f"holds no file of images; give {_MEANT}")
    return next((file for file in found if "train" in file.name), found[0])


def _is_images(name: str) -> bool:
    plain = name.lower().removesuffix(".gz")
    return plain.endswith(("images-idx3-ubyte", "images.idx3-ubyte"))


def _labels_file(images: Path) -> Path | None:
    """The labels beside an images file, compressed or not; None where there are none."""
    if "images" not in images.name:
        return None
    start, _, end = images.name.rpartition("images")
    named = f"{start}labels{end}".replace("idx3", "idx1").removesuffix(".gz")
    return next((file for file in (images.with_name(named), images.with_name(f"{named}.gz")) if file.is_file()), None)
