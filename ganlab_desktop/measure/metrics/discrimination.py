"""How well a discriminator tells real from fake: now, on data it has not seen, and across time."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch import Tensor

FloatArray = NDArray[np.float64]


class Discrimination(NamedTuple):
    """Shares of the real and of the fake samples that D tells right, and the mean D(G(z)) = sigma(v_fake)."""

    real: float
    fake: float
    mean_fake: float


def discrimination(v_real: FloatArray, v_fake: FloatArray, neutral: float = 0.0) -> Discrimination:
    """Of raw outputs (N,), (M,): above `neutral` D says real; at it D cannot tell, and half of these count as right.

    `neutral` is the objective's; `mean_fake` is a probability only where the raw outputs are logits.
    """
    real = (v_real > neutral).mean() + (v_real == neutral).mean() / 2
    fake = (v_fake < neutral).mean() + (v_fake == neutral).mean() / 2
    return Discrimination(float(real), float(fake), float(expit(v_fake).mean()))


def held_out_gap(v_train: FloatArray, v_held_out: FloatArray) -> float:
    """Mean raw output on the training points minus that on real points that D never saw: above 0, D has learnt the
    training set by heart."""
    return float(v_train.mean() - v_held_out.mean())


def cross_time_matrix(discriminators: Sequence[Callable[[Tensor], Tensor]], generated: Sequence[Tensor]) -> FloatArray:
    """(T, S): the mean raw output of discriminator t on the samples (N, d) of generator s.

    A row that is low only near its own time has forgotten older generators; stripes are cycles.
    """
    with torch.no_grad():
        rows = [[discriminator(samples).mean() for samples in generated] for discriminator in discriminators]
    return np.array([[float(mean) for mean in row] for row in rows])
