"""How many different samples a generator has, by the birthday paradox (Arora and Zhang 2017)."""

import numpy as np
from scipy.spatial import cKDTree

from ganlab_desktop.gan.data.distribution import FloatArray, Samples


def near_pairs(samples: Samples | FloatArray, distance: float) -> int:
    """Pairs of the samples (N, d) that lie within `distance` of each other: what counts as the same sample."""
    finite = samples[np.isfinite(samples).all(1)]
    return (int(cKDTree(finite).count_neighbors(cKDTree(finite), distance)) - len(finite)) // 2


def support_size(samples: Samples | FloatArray, distance: float) -> float:
    """The number M of equally likely samples that would give as many near pairs: all pairs over the near ones.

    A batch of size s then has a duplicate with probability 1/2 at s^2 = 2 M log 2, the paper's test. For unequal
    probabilities it is 1 / sum p^2. Infinite where no pair is near: M is at least about N^2 / 2.
    """
    found = near_pairs(samples, distance)
    pairs = len(samples) * (len(samples) - 1) / 2
    return pairs / found if found else float("inf")
