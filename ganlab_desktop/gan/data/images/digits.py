"""The handwritten digits of scikit-learn, and digits stacked to a thousand modes."""

from functools import cache

import numpy as np

from ganlab_desktop.experiment.images import Digits, Glyphs, StackedDigits, as_bytes
from ganlab_desktop.gan.data.distribution import Labels
from ganlab_desktop.gan.data.images.fitting import resized
from ganlab_desktop.gan.data.images.glyphs import drawn, factors_of
from ganlab_desktop.gan.data.images.pictures import (
    Bytes,
    Pictures,
    digested,
    read_pictures,
    remembered,
)
from ganlab_desktop.gan.streams import Stream, Streams

_GLYPHS = 10_000  # from which stacks are put together
_BLOCK = 1000  # stacks whose digits are drawn together


@read_pictures.register
def _digits(spec: Digits) -> Pictures:
    return _handwritten()


@cache
def _handwritten() -> Pictures:
    from sklearn.datasets import load_digits  # half a second, which other data need not wait for

    found = load_digits()
    images = (found.data / 8.0 - 1.0).astype(np.float32)  # from 0..16
    return digested(Pictures(images, found.target.astype(np.int64), tuple("0123456789")))


@read_pictures.register
def _stacked(spec: StackedDigits) -> Pictures:
    return remembered(spec, lambda: _stacks(spec.source, spec.size, spec.count, spec.seed))


def _stacks(source: str, size: int, count: int, seed: int) -> Pictures:
    singles, digits = _singles(source, size, seed)
    streams = Streams(seed)
    chosen = np.concatenate(
        [
            streams.at(block, Stream.LAYOUT, 1).integers(len(singles), size=(_BLOCK, 3))
            for block in range(-(-count // _BLOCK))
        ]
    )[:count]
    labels = digits[chosen] @ np.array([100, 10, 1])
    return Pictures(singles[chosen].reshape(count, -1), labels, tuple(f"{label:03}" for label in range(1000)))


def _singles(source: str, size: int, seed: int) -> tuple[Bytes, Labels]:
    """The digits (N, size size) that stacks are made of, and which digits they are (N,)."""
    if source == "digits":
        found = _handwritten()
        assert found.labels is not None
        images = as_bytes(found.images, (1, 8, 8))
        return resized(images, size)[..., 0].reshape(-1, size * size), found.labels
    labels, factors = factors_of(Glyphs(count=_GLYPHS, seed=seed))
    return drawn(labels, factors, size, 1), labels
