"""Whether a generator repeats its training set: the data-copying test (Meehan, Chaudhuri and Dasgupta 2020)."""

from typing import NamedTuple

import numpy as np

from ganlab_desktop.measure.metrics.neighbours import Features, nearest


class Memorisation(NamedTuple):
    """Generated samples against held-out ones by their distances to the nearest training sample.

    `nearer`: the share of all pairs in which the generated sample is the nearer one, a tie counting half: 1/2 where
    nothing is copied. `median_ratio`: the generated samples' median distance over the held-out ones', 1 where nothing
    is copied and 0 for a copier; NaN or infinite where half of the held-out samples are in the training set. `p_value`:
    the probability of at least so large a share where generated samples are no nearer than held-out ones (Mann-Whitney,
    one-sided).
    """

    nearer: float
    median_ratio: float
    p_value: float


def memorisation(generated: Features, training: Features, held_out: Features) -> Memorisation:
    """Of features or pixels (G, d), (T, d) and (H, d), from one distribution where nothing is copied.

    Distances far above the held-out ones, as of noise, make `nearer` small and the p value 1: this test accuses copiers
    and clears nobody of being bad. Raises ValueError for features that are not finite and for empty sets.
    """
    if not (len(generated) and len(training) and len(held_out)):
        raise ValueError("nearest neighbours need samples in each of the three sets")
    ours, others = nearest(generated, training), nearest(held_out, training)
    from scipy.stats import mannwhitneyu  # half a second, which an engine's start need not wait for

    test = mannwhitneyu(ours, others, alternative="less")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.median(ours) / np.median(others)
    return Memorisation(1 - float(test.statistic) / (len(ours) * len(others)), float(ratio), float(test.pvalue))
