"""Images to train on, of which no density is known: flat samples, channels first, with values from -1 to 1."""

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.images import ImageSpec, Shape, StackedDigits, image_shape
from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Labels, Rows, Samples
from ganlab_desktop.gan.data.images.pictures import Pictures, read_pictures, rows_of
from ganlab_desktop.gan.streams import Stream, Streams

_LEFT_OUT = 5  # one in so many images is kept to judge by

Indices = NDArray[np.intp]


class ImageSet(Distribution):
    """Batches are drawn with replacement from `train_points`, held-out images from the others, `held_out_images`, or
    from the same ones where there are none. `name` says which images they are.

    `stacked` tells that each channel shows an image of its own, a digit of the number that is the class.
    `train_factors` (N, F) is what varies between training images, where that is known; `factor_names` say what.
    """

    has_density = False
    box = (-1.0, 1.0, -1.0, 1.0)
    detail = 0.02  # a hundredth of the view
    stacked = False

    def __init__(
        self, shape: Shape, pictures: Pictures, trained: Indices, others: Indices, name: str = "images"
    ) -> None:
        """`trained` and `others` are the numbers of the images that are trained on and held out."""
        self.image, self.dim, self.name = shape, int(np.prod(shape)), name
        self._pictures, self._trained = pictures, trained
        self._held = others if len(others) else trained
        self.points: Rows = rows_of(pictures.images, trained)
        self.held_out_images: Rows = rows_of(pictures.images, others)
        self._others = self.held_out_images if len(others) else self.points
        self.train_points = self.points
        self.factor_names, self.notices, self.digest = pictures.factor_names, pictures.notices, pictures.digest
        self.train_factors: FloatArray | None = None if pictures.factors is None else pictures.factors[trained]
        if pictures.labels is not None:
            self.train_labels = pictures.labels[trained]
            self._other_labels = pictures.labels[self._held]
            count = len(pictures.names)
            self._set_classes(np.bincount(self.train_labels, minlength=count) / max(1, len(trained)))

    def sample(self, rng: np.random.Generator, n: int) -> Samples:
        return self.points[_any(rng, len(self.points), n)]

    def held_out(self, rng: np.random.Generator, n: int) -> Samples:
        return self._others[_any(rng, len(self._others), n)]

    def labelled(self, rng: np.random.Generator, n: int) -> tuple[Samples, Labels]:
        if self.train_labels is None:
            return super().labelled(rng, n)
        chosen = _any(rng, len(self.points), n)
        return self.points[chosen], self.train_labels[chosen]

    def labelled_held_out(self, rng: np.random.Generator, n: int) -> tuple[Samples, Labels]:
        if self.train_labels is None:
            return super().labelled_held_out(rng, n)
        chosen = _any(rng, len(self._others), n)
        return self._others[chosen], self._other_labels[chosen]

    def _class(self, label: int) -> "ImageSet":
        if self.train_labels is None:
            raise NotImplementedError(f"{type(self).__name__} has no classes")
        assert self.image is not None
        plain = self._pictures._replace(labels=None)
        trained, held = self._trained[self.train_labels == label], self._held[self._other_labels == label]
        return ImageSet(self.image, plain, trained if len(trained) else held, held, self.name)


def _any(rng: np.random.Generator, count: int, n: int) -> NDArray[np.int64]:
    """n of `count` rows with replacement; none where there are none, as of a class without images."""
    return rng.integers(count, size=n) if count else np.empty(0, np.int64)


def image_set(spec: ImageSpec, seed: int) -> ImageSet:
    """The images of a spec; n_train of them, drawn once, or all but a fifth are trained on.

    Raises ExperimentError where they cannot be used.
    """
    images = ImageSet(*split(spec, seed), type(spec).title)
    images.stacked = isinstance(spec, StackedDigits)
    return images


def split(spec: ImageSpec, seed: int) -> tuple[Shape, Pictures, Indices, Indices]:
    """The images' shape, all images of a spec, and the numbers of those to train on and of the others.

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
    return shape, pictures, order[:trained], order[trained:]
