"""The log losses of Goodfellow et al. 2014 on logits v, with D = sigmoid(v).

Written with softplus, so that gradients stay exact where the sigmoid is flat: log D = -softplus(-v) and
log(1 - D) = -softplus(v).
"""

import math
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ganlab_desktop.experiment.objectives import Minimax, NonSaturating
from ganlab_desktop.gan.objectives.objective import Objective, build_objective, log_ratio, separable


def real_term(v: Tensor) -> Tensor:
    """-log D."""
    return softplus(-v)


def fake_term(v: Tensor) -> Tensor:
    """-log(1 - D)."""
    return softplus(v)


def smoothed(objective: Objective, label: float) -> Objective:
    """A log-loss objective under one-sided label smoothing (Salimans et al. 2016, section 3.4): D should say `label` of
    real samples, so that its real term is s softplus(-v) + (1 - s) softplus(v) = softplus(-v) + (1 - s) v, and
    s p / ((1 - s) p + q) its optimal odds."""

    def discriminator_loss(v_real: Tensor, v_fake: Tensor) -> Tensor:
        return real(v_real).mean() + fake_term(v_fake).mean()

    def real(v: Tensor) -> Tensor:
        return real_term(v) + (1.0 - label) * v

    def optimal(ratio: Tensor) -> Tensor:
        return math.log(label) - torch.logaddexp(torch.full_like(ratio, math.log1p(-label)), -ratio)

    return replace(objective, discriminator_loss=discriminator_loss, optimal=optimal, terms=(real, fake_term))


def saturating_term(v: Tensor) -> Tensor:
    """log(1 - D), the generator's side of the minimax game (eq. 1)."""
    return -softplus(v)


@build_objective.register
def _minimax(spec: Minimax) -> Objective:
    return separable(real_term, fake_term, saturating_term, log_ratio, "probability")


@build_objective.register
def _non_saturating(spec: NonSaturating) -> Objective:
    """G minimises -log D(G(z)), as section 3 of the paper recommends."""
    return separable(real_term, fake_term, real_term, log_ratio, "probability")
