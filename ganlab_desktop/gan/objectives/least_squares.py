"""Least-squares GAN (Mao et al. 2017, eq. 2), with targets a for fake, b for real and c for the generator's aim."""

from functools import partial

from torch import Tensor

from ganlab_desktop.experiment.objectives import LeastSquares
from ganlab_desktop.gan.objectives.objective import Objective, build_objective


def discriminator_loss(v_real: Tensor, v_fake: Tensor, *, a: float, b: float) -> Tensor:
    """1/2 E (v_real - b)^2 + 1/2 E (v_fake - a)^2."""
    return 0.5 * (v_real - b).square().mean() + 0.5 * (v_fake - a).square().mean()


def generator_loss(v_fake: Tensor, *, c: float) -> Tensor:
    """1/2 E (v_fake - c)^2."""
    return 0.5 * (v_fake - c).square().mean()


@build_objective.register
def _least_squares(spec: LeastSquares) -> Objective:
    neutral = 0.5 * (spec.a + spec.b)  # the optimal output (b p + a q) / (p + q) where p = q
    losses = partial(discriminator_loss, a=spec.a, b=spec.b), partial(generator_loss, c=spec.c)
    return Objective(*losses, "score", neutral)
