"""What pictures of a game have in common, in the window, in figures and in thumbnails: which way their colours run,
where these end, and what is marked."""

import math

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import LeastSquares, ObjectiveSpec, Wasserstein
from ganlab_desktop.experiment.penalties import Dragan, GradientPenalty, OneSidedGradientPenalty

BRIGHT = 99.5  # percentile of slopes at which the colours end, so that one spike does not darken the rest
TIERS = ((1.5, 0.9), (5.0, 0.5), (math.inf, 0.22))  # edges up to so many median lengths: this share of the colour

_NARROWEST = 0.05  # half range about a neutral value below which colours would show noise
_NARROWEST_OF_CRITICS = 1e-6
_OUTER = 99.0  # percentile of the distance from the middle at which the colours end
_HELD_AT_ONE = (GradientPenalty, OneSidedGradientPenalty, Dragan)


def falls(objective: ObjectiveSpec) -> bool:
    """Whether the lower output of D is that of a real sample."""
    return isinstance(objective, LeastSquares) and objective.b < objective.a


def middle(finite: NDArray[np.floating], neutral: float | None) -> float:
    """The middle of a surface's colours: the value of a D that cannot tell, for a critic, which has none, the median
    of the surface's finite values."""
    return float(np.median(finite)) if neutral is None else neutral


def reach(finite: NDArray[np.floating], centre: float, neutral: float | None) -> float:
    """How far the colours reach to either side of their middle."""
    farthest = float(np.percentile(np.abs(finite - centre), _OUTER))
    return max(farthest, _NARROWEST_OF_CRITICS if neutral is None else _NARROWEST)


def surface_range(values: NDArray[np.generic], neutral: float | None) -> tuple[float, float]:
    """Between which values of a surface its colours run; from 0 to 1 where none is finite."""
    finite = np.asarray(values, np.float64)[np.isfinite(values)]
    if not finite.size:
        return 0.0, 1.0
    centre = middle(finite, neutral)
    half = reach(finite, centre, neutral)
    return centre - half, centre + half


def slope_one_is_marked(experiment: Experiment) -> bool:
    """Whether 1 is a slope of D to look out for: that of the best Wasserstein critic (Gulrajani et al. 2017,
    proposition 1), or the one at which a penalty holds it."""
    held = any(isinstance(penalty, _HELD_AT_ONE) for penalty in experiment.penalties)
    return held or isinstance(experiment.objective, Wasserstein)
