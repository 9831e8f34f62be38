"""Least-squares GAN (Mao et al. 2017, eq. 2), with targets a for fake, b for real and c for the generator's aim."""

import torch
from torch import Tensor

from ganlab_desktop.experiment.objectives import LeastSquares
from ganlab_desktop.experiment.pictures import falls
from ganlab_desktop.gan.objectives.objective import Objective, Term, build_objective, separable


def half_square(target: float) -> Term:
    """1/2 (v - target)^2."""
    return lambda v: 0.5 * (v - target).square()


@build_objective.register
def _least_squares(spec: LeastSquares) -> Objective:
    def optimal(ratio: Tensor) -> Tensor:
        """(b p + a q) / (p + q), eq. 5."""
        return spec.b * torch.sigmoid(ratio) + spec.a * torch.sigmoid(-ratio)

    real, fake, generator = (half_square(target) for target in (spec.b, spec.a, spec.c))
    return separable(real, fake, generator, optimal, falling=falls(spec))
