"""The Inception score (Salimans et al. 2016), of any classifier's probabilities."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

SPLITS = 10  # as in the paper


class InceptionScore(NamedTuple):
    """Mean and standard deviation over the splits; from 1 (nothing is told apart) to C (balanced, certain classes)."""

    mean: float
    std: float


def inception_score(probabilities: NDArray[np.floating], splits: int = SPLITS) -> InceptionScore:
    """exp of the mean KL(p(y|x) | p(y)) of class probabilities (N, C), p(y) being the mean over the same split.

    Splits are runs of rows in the order given, so shuffle what is sorted. The score says nothing about the data: real
    samples' own score belongs beside it (Barratt and Sharma 2018). Raises ValueError for fewer rows than splits, and
    for rows that are no probabilities.
    """
    p = probabilities.astype(np.float64)
    if not 1 <= splits <= len(p):
        raise ValueError(f"{len(p)} rows cannot be split into {splits} parts")
    if not ((p >= 0).all() and np.allclose(p.sum(1), 1, atol=1e-4)):
        raise ValueError("rows of probabilities are at least 0 and have sum 1")
    borders = np.arange(splits + 1) * len(p) // splits
    parts = [p[start:stop] for start, stop in pairwise(borders)]
    scores = [np.exp(rel_entr(part, part.mean(0)).sum(1).mean()) for part in parts]
    return InceptionScore(float(np.mean(scores)), float(np.std(scores)))
