"""The four sets of GAN Lab (Kahng et al. 2019) in its unit square."""

from collections.abc import Callable

import numpy as np

from ganlab_desktop.experiment.data import GanLab
from ganlab_desktop.gan.data.create import create
from ganlab_desktop.gan.data.curves import NoisyCurves, line_curve
from ganlab_desktop.gan.data.distribution import Distribution, FloatArray
from ganlab_desktop.gan.data.mixtures import GaussianMixture, round_mixture


def _line(scale: float) -> Distribution:
    return NoisyCurves(line_curve((0.8, 0.6), (0.05, 0.9)), 0.01, scale)


def _gaussians(scale: float) -> Distribution:
    """A round Gaussian of width 0.1 and an upright one of width 0.05 and height 0.2."""
    centres = np.array([[0.3, 0.7], [0.7, 0.4]]) / scale
    covariances = np.array([np.diag([0.1, 0.1]), np.diag([0.05, 0.2])]) ** 2 / scale**2
    return GaussianMixture(centres, covariances, np.ones(2))


def _ring(scale: float) -> Distribution:
    def curve(t: FloatArray, branch: FloatArray) -> FloatArray:
        return np.column_stack([0.5 + 0.3 * np.cos(2 * np.pi * t), 0.45 + 0.25 * np.sin(2 * np.pi * t)])

    return NoisyCurves(curve, 0.025, scale)


def _disjoint(scale: float) -> Distribution:
    return round_mixture(np.array([[0.35, 0.75], [0.75, 0.6], [0.45, 0.35]]), 0.025, scale)


SHAPES: dict[str, Callable[[float], Distribution]] = {
    "line": _line,
    "gaussians": _gaussians,
    "ring": _ring,
    "disjoint": _disjoint,
}


@create.register
def ganlab(spec: GanLab) -> Distribution:
    return SHAPES[spec.shape](spec.scale)
