"""Images in NumPy's archives."""

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.images import Npz, image_shape
from ganlab_desktop.gan.data.images.arrays import bytes_of, channels_last, classes_in
from ganlab_desktop.gan.data.images.fitting import fitted
from ganlab_desktop.gan.data.images.pictures import Pictures, read_pictures, remembered
from ganlab_desktop.gan.data.images.refusals import existing, one_line, readable, refuse

LARGEST = 4 * 2**30  # bytes of what is unpacked
_IMAGES, _LABELS = ("images", "x"), ("labels", "y")
_MEANT = "an .npz file with an array of images"


@read_pictures.register
def _npz(spec: Npz) -> Pictures:
    file = existing(spec.path, _MEANT)
    if not file.is_file():
        raise refuse(file, f"is not a file; give {_MEANT}")
    shape = image_shape(spec)
    assert shape is not None

    def make() -> Pictures:
        name, images, labels = _arrays(file)
        pixels = bytes_of(channels_last(images, file, f"array {name!r}"), file, f"array {name!r}")
        flat = fitted(pixels, spec.size, shape[0], spec.fit)
        if labels is None:
            return Pictures(flat)
        return Pictures(flat, *classes_in(labels[1], len(images), file, f"array {labels[0]!r}"))

    return remembered(spec, make, file)


def _arrays(file: Path) -> tuple[str, NDArray[Any], tuple[str, NDArray[Any]] | None]:
    """The images with the name of their array, and the labels with that of theirs where there are some."""
    with readable(file):
        try:
            with zipfile.ZipFile(file) as archive:
                if sum(member.file_size for member in archive.infolist()) > LARGEST:
                    raise refuse(file, f"unpacks to more than {LARGEST // 2**30} GB")
            with np.load(file, allow_pickle=False) as arrays:
                if not arrays.files:
                    raise refuse(file, "holds no arrays")
                told = next((name for name in _LABELS if name in arrays.files), None)
                others = [name for name in arrays.files if name != told]
                if not others:
                    raise refuse(file, f"holds no array of images; name it {' or '.join(_IMAGES)}")
                name = next((name for name in _IMAGES if name in others), others[0])
                images = arrays[name]
                labels = None if told is None else (told, arrays[told])
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
            raise refuse(file, f"is no .npz archive, or a damaged one: {one_line(error)}") from None
    return name, np.asarray(images), labels
