"""Which classes of labelled data a generator reaches, as a classifier reads its samples."""

from typing import NamedTuple

import numpy as np

from ganlab_desktop.gan.data.distribution import FloatArray, Labels
from ganlab_desktop.measure.metrics.modes import share_kl, share_kl_floor


class ClassCoverage(NamedTuple):
    """`shares` (K,): share of the samples read as each class. `present`: classes with at least one sample;
    `present_quarter`: with at least a quarter of the class's own weight. `reverse_kl`: sum h log(h / w) of shares h and
    weights w, in nats, and `floor`, what as many true samples score on average if they are read without error."""

    shares: FloatArray
    present: int
    present_quarter: int
    reverse_kl: float
    floor: float


def class_coverage(predictions: Labels, weights: FloatArray) -> ClassCoverage:
    """Of the classes 0 .. K - 1 read from samples, (N,), N >= 1, and the data's class weights (K,) with sum 1.

    The counts of Srivastava et al. (2017, VEEGAN) and Lin et al. (2018, PacGAN) on stacked digits, where the 1,000
    classes are read digit by digit; the quarter is that of `modes.ModeCoverage`. Raises ValueError for no samples and
    for classes that are none of the K.
    """
    kinds, n = len(weights), len(predictions)
    if n == 0 or predictions.min() < 0 or predictions.max() >= kinds:
        raise ValueError(f"class coverage needs samples of the classes 0 to {kinds - 1}")
    counts = np.bincount(predictions, minlength=kinds)
    return ClassCoverage(
        shares=counts / n,
        present=int((counts > 0).sum()),
        present_quarter=int(((counts > 0) & (counts >= weights * n / 4)).sum()),
        reverse_kl=share_kl(counts / n, weights),
        floor=share_kl_floor(kinds, n),
    )
