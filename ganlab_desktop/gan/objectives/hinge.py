"""The hinge loss (Lim and Ye 2017; Zhang et al. 2019): D is content beyond a margin of 1."""

import torch
from torch import Tensor
from torch.nn.functional import relu

from ganlab_desktop.experiment.objectives import Hinge
from ganlab_desktop.gan.objectives.objective import Objective, build_objective, separable


def real_term(v: Tensor) -> Tensor:
    """max(0, 1 - v)."""
    return relu(1.0 - v)


def fake_term(v: Tensor) -> Tensor:
    """max(0, 1 + v)."""
    return relu(1.0 + v)


@build_objective.register
def _hinge(spec: Hinge) -> Objective:
    """The optimum is the sign of p - q; G minimises -E v_fake."""
    return separable(real_term, fake_term, torch.neg, torch.sign)
