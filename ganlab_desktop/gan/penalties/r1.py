"""R1 (Mescheder et al. 2018, eq. 9)."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from ganlab_desktop.experiment.penalties import R1
from ganlab_desktop.gan.penalties.penalty import Penalty, build_penalty, input_gradient


@dataclass(frozen=True)
class _R1(Penalty):
    weight: float
    every: int

    def term(self, discriminator: nn.Module, real: Tensor, fake: Tensor, rng: np.random.Generator) -> Tensor:
        """gamma/2 E |grad D|^2 on real samples."""
        gradients = input_gradient(discriminator, real, create_graph=True)
        return 0.5 * self.weight * gradients.flatten(1).square().sum(1).mean()


@build_penalty.register
def _build(spec: R1) -> Penalty:
    return _R1(spec.weight, spec.every)
