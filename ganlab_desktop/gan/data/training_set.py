"""A fixed training set, drawn once from a distribution that stays known."""

import numpy as np

from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Labels, Samples
from ganlab_desktop.gan.streams import Stream, Streams


class TrainingSet(Distribution):
    """n points drawn once from `exact`; batches are drawn from them with replacement.

    Density and modes stay those of `exact`, so that a generator which copies its training points can be told from
    one that learns the distribution; `held_out` draws fresh points from it.
    """

    def __init__(self, exact: Distribution, n: int, seed: int) -> None:
        self.exact = exact
        self.dim, self.box, self.detail = exact.dim, exact.box, exact.detail
        self.modes, self.has_density = exact.modes, exact.has_density
        self.classes, self.class_weights = exact.classes, exact.class_weights
        rng = Streams(seed).at(0, Stream.TRAINING_SET)
        if exact.classes:
            self.points, self.train_labels = exact.labelled(rng, n)
        else:
            self.points = exact.sample(rng, n)
        self.train_points = self.points

    def sample(self, rng: np.random.Generator, n: int) -> Samples:
        return self.points.take(rng.integers(len(self.points), size=n), axis=0)

    def labelled(self, rng: np.random.Generator, n: int) -> tuple[Samples, Labels]:
        if self.train_labels is None:
            return super().labelled(rng, n)
        chosen = rng.integers(len(self.points), size=n)
        return self.points.take(chosen, axis=0), self.train_labels.take(chosen)

    def held_out(self, rng: np.random.Generator, n: int) -> Samples:
        return self.exact.sample(rng, n)

    def labelled_held_out(self, rng: np.random.Generator, n: int) -> tuple[Samples, Labels]:
        return self.exact.labelled(rng, n)

    def of_class(self, label: int) -> Distribution:
        return self.exact.of_class(label)

    def classify(self, x: FloatArray) -> Labels:
        return self.exact.classify(x)

    def log_density(self, x: FloatArray) -> FloatArray | None:
        return self.exact.log_density(x)

    def smoothed_log_density(self, x: FloatArray, h: float) -> FloatArray | None:
        return self.exact.smoothed_log_density(x, h)
