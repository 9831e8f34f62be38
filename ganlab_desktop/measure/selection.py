"""One number for a generator, by which the steps of a training are compared."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ganlab_desktop.gan.data.distribution import Distribution, Samples
from ganlab_desktop.gan.data.images import ImageSet
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.likeness import compare_with, no_comparison
from ganlab_desktop.measure.metrics.frechet_distance import feature_distance
from ganlab_desktop.measure.metrics.kernel_distance import kernel_distance
from ganlab_desktop.measure.metrics.matched_kernel import SAMPLES, MatchedKernel
from ganlab_desktop.measure.metrics.transport_distance import transport_distances
from ganlab_desktop.places import classifiers_directory

_POINTS = 1000  # on each side of the transport
_REAL = 5  # index of the held-out samples' draw


class Metric(NamedTuple):
    """What as many samples as it needs score; the lower the better."""

    needs: int
    of: Callable[[Samples], float]

    def score(self, sample: Callable[[int], Samples]) -> float:
        """Of a generator, from `sample(n)`, n samples of it; infinite where one is no finite number."""
        samples = sample(self.needs)
        return self.of(samples) if np.isfinite(samples).all() else math.inf


def metric_of(name: str, data: Distribution, seed: int, wanted: Callable[[], bool] = lambda: True) -> Metric | None:
    """A metric against held-out samples of the data, which are the same at every look.

    fid, kid: see likeness.py, whose classifier may have to be trained first; None once it is no longer `wanted`. jsd in
    nats at the scale of metrics/matched_kernel.py, w1 in network units between 1,000 points a side. Raises ValueError
    where the data have no such metric.
    """
    if name in ("fid", "kid") and isinstance(data, ImageSet):
        if reason := no_comparison(data):
            raise ValueError(reason)
        comparison = compare_with(data, seed, classifiers_directory(), wanted)
        if comparison is None:
            return None
        distance = feature_distance if name == "fid" else kernel_distance
        return Metric(comparison.count, lambda made: distance(comparison.real, comparison.extractor.features(made)))
    if name == "jsd" and data.has_density:
        kernel = MatchedKernel(data)
        return Metric(SAMPLES, lambda made: kernel.measure(made).jsd)
    if name == "w1" and data.image is None:
        real = data.held_out(Streams(seed).at(0, Stream.MEASURED_REAL, _REAL), _POINTS)
        return Metric(_POINTS, lambda made: transport_distances(real, made).w1)
    raise ValueError(f"these data have no {name}")
