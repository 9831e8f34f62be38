"""Where each generated sample is sent: by the log losses, and where it should go."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch import Tensor

from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Samples
from ganlab_desktop.gan.objectives import Objective

_STEP = 1e-3  # of the scale on which the data vary, for their slope
_BLOCK = 64  # points at a time, which bounds the memory


class Velocities(NamedTuple):
    """Minus the gradient of each sample's own generator loss, (N, d): sigma(v) grad v and sigma(-v) grad v.

    Their ratio is e^-v: where D is sure that a sample is fake, v << 0, the saturating one vanishes.
    """

    saturating: FloatArray
    non_saturating: FloatArray


def particle_velocities(v: FloatArray, gradients: FloatArray) -> Velocities:
    """Of samples with logits v (N,) and their gradients by the sample (N, d)."""
    return Velocities(expit(v)[:, None] * gradients, expit(-v)[:, None] * gradients)


def generator_slopes(objective: Objective, v_real: Tensor, v_fake: Tensor) -> Tensor:
    """|d l / d v| (N,) of each sample's own generator loss l: what the loss makes of the discriminator's slope."""
    v = v_fake.detach().requires_grad_()
    (slopes,) = torch.autograd.grad(objective.generator_loss(v_real, v), v)
    return len(v) * slopes.abs().ravel()


def ideal_velocity(
    distribution: Distribution, samples: Samples | FloatArray, points: NDArray[np.floating], h: float
) -> FloatArray:
    """grad log(p / q) at points (N, d), both seen through the kernel N(0, h^2 I); q is that of samples (M, d), which
    should not be the points: a point's own kernel would hold it back.

    The direction in which the optimal logit rises. Raises ValueError for a distribution without a density.
    """
    points = points.astype(np.float64)
    finite = samples[np.isfinite(samples).all(1)].astype(np.float64)
    velocity = _data_score(distribution, points, h, _STEP * h)
    for start in range(0, len(points), _BLOCK):
        block = slice(start, start + _BLOCK)
        offsets = (finite - points[block, None]) / h
        exponents = -(offsets**2).sum(2) / 2
        weights = np.exp(exponents - exponents.max(1, keepdims=True))
        weights /= weights.sum(1, keepdims=True)
        velocity[block] -= np.einsum("nm,nmd->nd", weights, offsets) / h
    return velocity


def exact_ideal_velocity(
    distribution: Distribution, mean: FloatArray, covariance: FloatArray, points: NDArray[np.floating]
) -> FloatArray:
    """grad log(p / q) at points (N, d) for q = N(mean, covariance), as they are.

    Raises ValueError for a distribution without a density.
    """
    points = points.astype(np.float64)
    pull = np.linalg.solve(covariance, (points - mean).T).T
    velocity: FloatArray = _data_score(distribution, points, 0.0, _STEP * distribution.detail) + pull
    return velocity


def _data_score(distribution: Distribution, points: NDArray[np.floating], h: float, step: float) -> FloatArray:
    """The gradient of log p (N, d), smoothed by h, by central differences."""
    score = np.empty(points.shape)
    for axis, offset in enumerate(step * np.eye(distribution.dim)):
        ahead, behind = (
            distribution.smoothed_log_density(points + sign * offset, h)
            if h
            else distribution.log_density(points + sign * offset)
            for sign in (1, -1)
        )
        if ahead is None or behind is None:
            raise ValueError("this distribution has no density")
        score[:, axis] = (ahead - behind) / (2 * step)
    return score
