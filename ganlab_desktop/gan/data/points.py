"""Training on a given set of points, of which no density is known."""

import numpy as np

from ganlab_desktop.experiment.data import Points
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.gan.data.contents import points_of
from ganlab_desktop.gan.data.distribution import Distribution, Samples, fit_box
from ganlab_desktop.gan.streams import Stream, Streams


class PointCloud(Distribution):
    """Batches are drawn with replacement from `train_points`, held-out points from the others where there are any.

    `detail` is a hundredth of the view's width.
    """

    has_density = False

    def __init__(self, train_points: Samples, others: Samples) -> None:
        self.points = self.train_points = np.ascontiguousarray(train_points)
        self._others = others if len(others) else self.points
        self.dim = self.points.shape[1]
        everything = np.concatenate([self.points, others]).astype(np.float64)
        self.box = fit_box(everything.min(0), everything.max(0))
        self.detail = (self.box[1] - self.box[0]) / 100

    def sample(self, rng: np.random.Generator, n: int) -> Samples:
        return self.points.take(rng.integers(len(self.points), size=n), axis=0)

    def held_out(self, rng: np.random.Generator, n: int) -> Samples:
        return self._others.take(rng.integers(len(self._others), size=n), axis=0)


def read_points(spec: Points, seed: int) -> PointCloud:
    """The points that the spec means, divided by its scale; n_train of them, drawn once, are trained on.

    Raises ExperimentError where the file cannot be used.
    """
    points = points_of(spec) / spec.scale
    if np.abs(points).max() > np.finfo(np.float32).max:
        raise ExperimentError("data.scale", f"the points of {spec.path} divided by {spec.scale:g} are too large")
    if spec.n_train > len(points):
        raise ExperimentError("data.n_train", f"must be <= {len(points)}, the number of points in {spec.path}")
    order = (
        Streams(seed).at(0, Stream.TRAINING_SET).permutation(len(points)) if spec.n_train else np.arange(len(points))
    )
    chosen = points.astype(np.float32)[order]
    count = spec.n_train or len(points)
    return PointCloud(chosen[:count], chosen[count:])
