"""Divergences between two distributions given as masses on the same cells, in nats."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

FloatArray = NDArray[np.float64]


class Divergences(NamedTuple):
    """Of a generated q from the data's p: Jensen-Shannon (at most log 2), KL(p | q), KL(q | p), total variation."""

    jsd: float
    kl: float
    reverse_kl: float
    tv: float


def kullback_leibler(p: FloatArray, q: FloatArray) -> float:
    """KL(p | q) = sum p log(p / q) of masses of one shape; infinite where q misses mass of p."""
    return float(rel_entr(p, q).sum())


def jensen_shannon(p: FloatArray, q: FloatArray) -> float:
    """(KL(p | m) + KL(q | m)) / 2 with m = (p + q) / 2: 0 for equal masses, log 2 for disjoint ones (Lin 1991)."""
    middle = (p + q) / 2
    return (kullback_leibler(p, middle) + kullback_leibler(q, middle)) / 2


def total_variation(p: FloatArray, q: FloatArray) -> float:
    """Half the sum of |p - q|: the largest difference in probability that an event can have."""
    return float(np.abs(p - q).sum()) / 2


def divergences(p: FloatArray, q: FloatArray) -> Divergences:
    """All four of masses p and q of one shape, each with sum 1."""
    return Divergences(jensen_shannon(p, q), kullback_leibler(p, q), kullback_leibler(q, p), total_variation(p, q))
