"""Relativistic objectives (Jolicoeur-Martineau 2019): real samples are scored against generated ones.

In each of them the generator plays the discriminator's game with the two sides exchanged, real term included, and the
other side's mean takes part in the gradient.
"""

from torch import Tensor
from torch.nn.functional import softplus

from ganlab_desktop.experiment.objectives import (
    RelativisticAverage,
    RelativisticAverageHinge,
    RelativisticAverageLeastSquares,
    RelativisticPaired,
)
from ganlab_desktop.gan.objectives import hinge, log_loss
from ganlab_desktop.gan.objectives.objective import Loss, Objective, Term, build_objective, log_ratio


def paired_loss(v_real: Tensor, v_fake: Tensor) -> Tensor:
    """E softplus(-(v_real - v_fake)), the i-th real sample against the i-th generated one."""
    return softplus(v_fake - v_real).mean()


def average_loss(real: Term, fake: Term) -> Loss:
    """E real(v_real - E v_fake) + E fake(v_fake - E v_real)."""

    def loss(v_real: Tensor, v_fake: Tensor) -> Tensor:
        return real(v_real - v_fake.mean()).mean() + fake(v_fake - v_real.mean()).mean()

    return loss


def _objective(loss: Loss, optimal: Term | None = None, reason: str = "") -> Objective:
    def exchanged(v_real: Tensor, v_fake: Tensor) -> Tensor:
        return loss(v_fake, v_real)

    return Objective(loss, exchanged, optimal, floating=True, needs_real=True, reason=reason)


def _average(real: Term, fake: Term) -> Objective:
    reason = "the optimum at a point depends on the mean outputs on either side, which have no closed form"
    return _objective(average_loss(real, fake), reason=reason)


@build_objective.register
def _paired(spec: RelativisticPaired) -> Objective:
    return _objective(paired_loss, log_ratio)


@build_objective.register
def _relativistic_average(spec: RelativisticAverage) -> Objective:
    return _average(log_loss.real_term, log_loss.fake_term)


@build_objective.register
def _relativistic_average_ls(spec: RelativisticAverageLeastSquares) -> Objective:
    return _average(lambda d: (d - 1.0).square(), lambda d: (d + 1.0).square())


@build_objective.register
def _relativistic_average_hinge(spec: RelativisticAverageHinge) -> Objective:
    return _average(hinge.real_term, hinge.fake_term)
