"""What the game and its measures need to know about a distribution of training data."""

from abc import ABC, abstractmethod
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.images import Shape

FloatArray = NDArray[np.float64]
Samples = NDArray[np.float32]
Labels = NDArray[np.int64]
Told = Labels | Samples
Box = tuple[float, float, float, float]

_MARGIN = 0.12


class Rows(Protocol):
    """Samples (N, D) that may not lie in memory as numbers: an array, or what gives one where rows are taken."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: slice | NDArray[np.intp] | NDArray[np.int64] | NDArray[np.bool_], /) -> Samples: ...


class Modes(NamedTuple):
    """Gaussian modes in network units: centres (K, d), covariances (K, d, d), weights (K,) with sum 1."""

    centres: FloatArray
    covariances: FloatArray
    weights: FloatArray


class Distribution(ABC):
    """A distribution on the line, in the plane, or of flat images, in network units: data divided by the spec's scale.

    `box` is a view (left, right, bottom, top) that fits the data with a margin; on the line bottom and top are 0
    and 1. `detail` is the smallest length at which the density changes, from which smoothing scales are chosen.
    `classes` is the number of classes that samples belong to, 0 where there are none; `class_weights` their shares.
    `notices` are lines for the user about the files that the data come from. `digest` tells images from all others
    that could be read in their place; it is empty for data that are a function of the experiment.
    """

    dim: int
    image: Shape | None = None  # channels, height and width of samples that are images
    input_image: Shape | None = None  # the same of what pairs give beside their samples
    box: Box
    detail: float
    modes: Modes | None = None
    has_density: bool = True
    train_points: Rows | None = None
    train_labels: Labels | None = None  # of train_points, where there are classes
    classes: int = 0
    class_weights: FloatArray = np.empty(0)
    notices: tuple[str, ...] = ()
    digest: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one sample before it is flattened, (dim,) for points."""
        return self.image or (self.dim,)

    @abstractmethod
    def sample(self, rng: np.random.Generator, n: int) -> Samples:
        """n points to train on: (n, dim), C-contiguous."""

    def held_out(self, rng: np.random.Generator, n: int) -> Samples:
        """n points (n, dim) that are no training points, where there is a fixed training set."""
        return self.sample(rng, n)

    def labelled(self, rng: np.random.Generator, n: int) -> tuple[Samples, Labels]:
        """The points that `sample` gives for the same draw, and the class of each, 0 .. classes - 1: (n,)."""
        raise NotImplementedError(f"{type(self).__name__} has no classes")

    def labelled_held_out(self, rng: np.random.Generator, n: int) -> tuple[Samples, Labels]:
        """The points that `held_out` gives for the same draw, and their classes (n,)."""
        return self.labelled(rng, n)

    def told(self, rng: np.random.Generator, n: int) -> tuple[Samples, Told]:
        """The points that `sample` gives for the same draw, and what networks are told of each: its class (n,), or of
        pairs the image (n, D) that is given."""
        return self.labelled(rng, n)

    def told_held_out(self, rng: np.random.Generator, n: int) -> tuple[Samples, Told]:
        """The same of the points that `held_out` gives."""
        return self.labelled_held_out(rng, n)

    def told_of_training(self, chosen: NDArray[np.intp] | slice) -> Told | None:
        """What networks are told of some training points; None where there is nothing."""
        return None if self.train_labels is None else self.train_labels[chosen]

    def of_class(self, label: int) -> "Distribution":
        """The distribution of one class alone, in the same view; the same object at every call."""
        if label not in self._of_class:
            self._of_class[label] = self._class(label)
            self._of_class[label].box = self.box
        return self._of_class[label]

    def _class(self, label: int) -> "Distribution":
        raise NotImplementedError(f"{type(self).__name__} has no classes")

    def classify(self, x: FloatArray) -> Labels:
        """The most likely class (N,) of points x (N, dim), all finite (Bayes)."""
        shares = np.log(self.class_weights)
        scores = [shares[label] + self.of_class(label).log_density(x) for label in range(self.classes)]
        labels: Labels = np.argmax(scores, axis=0)
        return labels

    def _set_classes(self, weights: FloatArray) -> None:
        """Samples belong to classes of these shares (K,), with sum 1, unless there is only one."""
        self._of_class: dict[int, Distribution] = {}
        if len(weights) > 1:
            self.classes, self.class_weights = len(weights), weights

    def log_density(self, x: FloatArray) -> FloatArray | None:
        """Natural logarithm of the density at x (N, dim): (N,), or None where `has_density` is false."""
        return None

    def smoothed_log_density(self, x: FloatArray, h: float) -> FloatArray | None:
        """The same for the distribution convolved with N(0, h^2 I), that is, with noise of standard deviation h."""
        return None


def fit_box(low: FloatArray, high: FloatArray) -> Box:
    """A view with a margin around the bounds low (d,) and high (d,); square in the plane."""
    middle, half = (low + high) / 2, float(np.max(high - low)) / 2 * (1 + 2 * _MARGIN) or 1.0
    left, right = float(middle[0] - half), float(middle[0] + half)
    if len(middle) == 1:
        return left, right, 0.0, 1.0
    return left, right, float(middle[1] - half), float(middle[1] + half)
