"""R1 and R2 (Mescheder et al. 2018, eq. 9 and 10)."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from ganlab_desktop.experiment.penalties import R1, R2
from ganlab_desktop.gan.penalties.penalty import Penalty, Turn, build_penalty, input_gradient


def mean_square_gradient(discriminator: nn.Module, points: Tensor) -> Tensor:
    """E |grad D|^2 at points (B, ...), differentiable by the discriminator's parameters."""
    return input_gradient(discriminator, points, create_graph=True).flatten(1).square().sum(1).mean()


@dataclass(frozen=True)
class _R1(Penalty):
    weight: float
    every: int

    def term(self, turn: Turn, rng: np.random.Generator) -> Tensor:
        """gamma/2 E |grad D|^2 on real samples."""
        return 0.5 * self.weight * mean_square_gradient(turn.discriminator, turn.real)


@dataclass(frozen=True)
class _R2(Penalty):
    weight: float
    every: int

    def term(self, turn: Turn, rng: np.random.Generator) -> Tensor:
        """gamma/2 E |grad D|^2 on generated samples."""
        return 0.5 * self.weight * mean_square_gradient(turn.discriminator, turn.fake)


@build_penalty.register
def _r1(spec: R1) -> Penalty:
    return _R1(spec.weight, spec.every)


@build_penalty.register
def _r2(spec: R2) -> Penalty:
    return _R2(spec.weight, spec.every)
