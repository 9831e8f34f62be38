"""A fixed training set, drawn once from a distribution that stays known."""

import numpy as np

from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Samples
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
        self.points = self.train_points = exact.sample(Streams(seed).at(0, Stream.TRAINING_SET), n)

    def sample(self, rng: np.random.Generator, n: int) -> Samples:
        return self.points.take(rng.integers(len(self.points), size=n), axis=0)

    def held_out(self, rng: np.random.Generator, n: int) -> Samples:
        return self.exact.sample(rng, n)

    def log_density(self, x: FloatArray) -> FloatArray | None:
        return self.exact.log_density(x)

    def smoothed_log_density(self, x: FloatArray, h: float) -> FloatArray | None:
        return self.exact.smoothed_log_density(x, h)
