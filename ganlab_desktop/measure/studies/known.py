"""What is known of both sides of a game without any sample."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import nn

from ganlab_desktop.experiment.networks import AffineGenerator, NormalLatent
from ganlab_desktop.experiment.schedules import noise_std
from ganlab_desktop.measure.studies.study import Snapshot
from ganlab_desktop.measure.theory.line import GaussianSum

FloatArray = NDArray[np.float64]


class Gaussian(NamedTuple):
    """mean (d,) and covariance (d, d)."""

    mean: FloatArray
    covariance: FloatArray


def generated_gaussian(snapshot: Snapshot) -> Gaussian | None:
    """The exact distribution of an affine generator's samples from normal noise, N(b, W W^T); None of any other."""
    experiment, network = snapshot.experiment, snapshot.generator
    if not isinstance(experiment.generator, AffineGenerator) or not isinstance(experiment.latent, NormalLatent):
        return None
    assert isinstance(network, nn.Linear)
    weight, bias = (tensor.detach().double().numpy() for tensor in (network.weight, network.bias))
    return Gaussian(bias, weight @ weight.T)


class LinePair(NamedTuple):
    """The data's mixture on the line and the generator's one Gaussian."""

    p: GaussianSum
    mean: float
    std: float


def seen_as_they_are(snapshot: Snapshot) -> bool:
    """Whether the discriminator judges each sample by itself and without noise, so that p and q tell its optimum."""
    experiment = snapshot.experiment
    return experiment.discriminator.packing == 1 and not noise_std(experiment.instance_noise, snapshot.step)


def line_pair(snapshot: Snapshot) -> LinePair | None:
    """Both sides, where the data are Gaussians on the line and the generator's distribution is one with a density."""
    q, modes = generated_gaussian(snapshot), snapshot.data.modes
    if q is None or modes is None or snapshot.data.dim > 1 or not 0 < q.covariance[0, 0] < math.inf:
        return None
    p = GaussianSum(modes.centres[:, 0], np.sqrt(modes.covariances[:, 0, 0]), modes.weights)
    return LinePair(p, float(q.mean[0]), math.sqrt(q.covariance[0, 0]))
