"""Images to train on, of which no density is known: flat samples, channels first, with values from -1 to 1."""

from functools import cache, singledispatch
from typing import NamedTuple

import numpy as np

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.images import Digits, ImageSpec, Shape, image_shape
from ganlab_desktop.gan.data.distribution import Labels, Samples
from ganlab_desktop.gan.data.points import PointCloud
from ganlab_desktop.gan.streams import Stream, Streams

_LEFT_OUT = 5  # one in so many images is kept to judge by


class Pictures(NamedTuple):
    """All images of a set: flat (N, C H W) from -1 to 1, their classes (N,) where there are some, and these' names."""

    images: Samples
    labels: Labels | None = None
    names: tuple[str, ...] = ()


class ImageSet(PointCloud):
    """Batches are drawn with replacement from `train_points`, held-out images from the others, `held_out_images` (M,
    C H W), or the same ones where there are none. `name` says which images they are."""

    def __init__(self, shape: Shape, training: Pictures, others: Pictures, name: str = "") -> None:
        super().__init__(training.images, others.images)
        self.image = shape
        self.name = name
        self.held_out_images = others.images
        self.box = (-1.0, 1.0, -1.0, 1.0)
        self._other_labels = others.labels if len(others.images) else training.labels
        self.train_labels = training.labels
        if training.labels is not None:
            self._set_classes(np.bincount(training.labels, minlength=len(training.names)) / len(training.labels))

    def labelled(self, rng: np.random.Generator, n: int) -> tuple[Samples, Labels]:
        if self.train_labels is None:
            return super().labelled(rng, n)
        chosen = rng.integers(len(self.points), size=n)
        return self.points.take(chosen, axis=0), self.train_labels.take(chosen)

    def labelled_held_out(self, rng: np.random.Generator, n: int) -> tuple[Samples, Labels]:
        if self._other_labels is None:
            return super().labelled_held_out(rng, n)
        chosen = rng.integers(len(self._others), size=n)
        return self._others.take(chosen, axis=0), self._other_labels.take(chosen)

    def _class(self, label: int) -> "ImageSet":
        assert self.image is not None
        parts = [
            Pictures(images if labels is None else images[labels == label])
            for images, labels in ((self.points, self.train_labels), (self._others, self._other_labels))
        ]
        training, others = parts
        return ImageSet(self.image, training, others, self.name)


def image_set(spec: ImageSpec, seed: int) -> ImageSet:
    """The images of a spec; n_train of them, drawn once, or all but a fifth are trained on.

    Raises ExperimentError where they cannot be used.
    """
    shape = image_shape(spec)
    assert shape is not None
    pictures = read_pictures(spec)
    count = len(pictures.images)
    if spec.n_train > count:
        raise ExperimentError("data.n_train", f"must be <= {count}, the number of images")
    order = Streams(seed).at(0, Stream.TRAINING_SET).permutation(count)
    trained = spec.n_train or max(1, count - count // _LEFT_OUT)
    parts = [
        Pictures(
            np.ascontiguousarray(pictures.images[chosen]),
            None if pictures.labels is None else pictures.labels[chosen],
            pictures.names,
        )
        for chosen in (order[:trained], order[trained:])
    ]
    training, others = parts
    return ImageSet(shape, training, others, type(spec).title)


@singledispatch
def read_pictures(spec: ImageSpec) -> Pictures:
    """All images of a spec. Raises ExperimentError where they cannot be read."""
    raise TypeError(f"no images for {type(spec).__name__}")


@read_pictures.register
def _(spec: Digits) -> Pictures:
    return _digits()


@cache
def _digits() -> Pictures:
    from sklearn.datasets import load_digits  # half a second, which other data need not wait for

    found = load_digits()
    images = (found.data / 8.0 - 1.0).astype(np.float32)  # from 0..16
    return Pictures(images, found.target.astype(np.int64), tuple("0123456789"))
