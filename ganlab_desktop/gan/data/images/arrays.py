"""Images and labels in arrays, as files give them, brought to the form in which all images are kept."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import Labels
from ganlab_desktop.gan.data.images.pictures import Bytes
from ganlab_desktop.gan.data.images.refusals import one_line, refuse

MOST_CLASSES = 10_000


def channels_last(array: NDArray[Any], file: Path, name: str) -> NDArray[Any]:
    """Images (N, H, W), (N, H, W, C) or (N, C, H, W) as (N, H, W, C) with one channel or three."""
    shape = array.shape
    if array.ndim == 3:
        array = array[..., None]
    elif array.ndim == 4 and shape[3] not in (1, 3) and shape[1] in (1, 3):
        array = array.transpose(0, 2, 3, 1)
    if array.ndim != 4 or array.shape[3] not in (1, 3):
        allowed = "images have shape (N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 channels"
        raise refuse(file, f"{name} has shape {shape}; {allowed}")
    if not array.size:
        raise refuse(file, f"{name} holds no images")
    return array


def bytes_of(array: NDArray[Any], file: Path, name: str) -> Bytes:
    """Values as bytes: whole numbers from 0 to 255 as they are, others from 0 to 1 or from -1 to 1."""
    if array.dtype == np.uint8:
        return array
    if array.dtype == bool:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind not in "iuf":
        raise refuse(file, f"{name} does not hold real numbers")
    low, high = float(array.min()), float(array.max())
    if not np.isfinite([low, high]).all():
        raise refuse(file, f"{name} holds a value that is not finite")
    if array.dtype.kind in "iu" and low >= 0 and high <= 255:
        return array.astype(np.uint8)
    if array.dtype.kind == "f" and low >= -1 and high <= 1:
        offset, scale = (1.0, 127.5) if low < 0 else (0.0, 255.0)
        made: Bytes = np.rint((array.astype(np.float32) + np.float32(offset)) * np.float32(scale)).astype(np.uint8)
        return made
    allowed = "must hold whole numbers from 0 to 255, or others from 0 to 1 or from -1 to 1"
    raise refuse(file, f"{name} {allowed}, but goes from {low:g} to {high:g}")


def classes_in(array: NDArray[Any], count: int, file: Path, name: str) -> tuple[Labels | None, tuple[str, ...]]:
    """Labels (N,) of any kind as classes from 0 on, and what these are called; None and nothing for one class."""
    if array.ndim == 2 and 1 in array.shape:
        array = array.ravel()
    if array.ndim != 1 or array.dtype.kind not in "iubUS":
        problem = f"has shape {array.shape} and type {array.dtype}; labels are one whole number or word per image"
        raise refuse(file, f"{name} {problem}")
    if len(array) != count:
        raise refuse(file, f"{name} holds {len(array):,} labels for {count:,} images")
    values, labels = np.unique(array, return_inverse=True)
    if len(values) > MOST_CLASSES:
        raise refuse(file, f"{name} holds {len(values):,} different labels; at most {MOST_CLASSES:,} classes are told")
    if len(values) < 2:
        return None, ()
    return labels.astype(np.int64), tuple(one_line(value) for value in values.tolist())
