"""Every metric that fits the data, for a finished generator."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.metrics.matched_kernel import SAMPLES, MatchedKernel
from ganlab_desktop.measure.metrics.modes import dense_share, density_threshold, mode_coverage

Sampler = Callable[[int, int], NDArray[np.float32]]


def evaluate(data: Distribution, sample: Sampler, count: int, seed: int) -> dict[str, Any]:
    """Metrics by name; the names are fixed, None stands where a metric does not fit the data.

    `sample(n, k)` gives n samples (n, dim) of the k-th independent draw. samples: how many the mode counts took;
    modes: how many the data has; captured, captured_quarter, high_quality, shares, mode_kl: see metrics/modes.py;
    jsd, kl, reverse_kl, tv (nats, at scale h, from 10,000 samples), jsd_floor (what true samples score):
    see metrics/matched_kernel.py.
    """
    scores: dict[str, Any] = dict.fromkeys(
        (
            "samples",
            "modes",
            "captured",
            "captured_quarter",
            "high_quality",
            "shares",
            "mode_kl",
            "jsd",
            "jsd_floor",
            "kl",
            "reverse_kl",
            "tv",
            "h",
        )
    )
    samples = sample(count, 0)
    scores["samples"] = count
    streams = Streams(seed)
    if data.modes is not None:
        coverage = mode_coverage(samples, data.modes)
        scores |= {
            "modes": len(data.modes.weights),
            "captured": coverage.captured,
            "captured_quarter": coverage.captured_quarter,
            "high_quality": coverage.high_quality,
            "shares": [round(float(share), 6) for share in coverage.shares],
            "mode_kl": coverage.reverse_kl,
        }
    elif data.has_density:
        threshold = density_threshold(data, streams.at(0, Stream.MEASURED_REAL, 1))
        scores["high_quality"] = dense_share(samples, data, threshold)
    if data.has_density:
        kernel = MatchedKernel(data)
        found = kernel.measure(sample(SAMPLES, 1))
        scores |= found._asdict()
        scores |= {"jsd_floor": kernel.floor(streams.at(0, Stream.MEASURED_REAL)).jsd, "h": kernel.h}
    return scores
