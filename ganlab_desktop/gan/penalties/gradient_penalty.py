"""The gradient penalty of WGAN-GP (Gulrajani et al. 2017, eq. 3)."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.penalties import GradientPenalty
from ganlab_desktop.gan.penalties.penalty import Penalty, build_penalty, gradient_norms, input_gradient


def interpolate(real: Tensor, fake: Tensor, rng: np.random.Generator) -> Tensor:
    """Points e real + (1 - e) fake with one e ~ U(0, 1) per sample, shaped like the batches (B, ...)."""
    shares = torch.from_numpy(rng.random(len(real), dtype=np.float32)).to(real)
    shares = shares.view(-1, *[1] * (real.dim() - 1))
    return torch.lerp(fake, real, shares)


@dataclass(frozen=True)
class _GradientPenalty(Penalty):
    weight: float
    every: int

    def term(self, discriminator: nn.Module, real: Tensor, fake: Tensor, rng: np.random.Generator) -> Tensor:
        """lambda E (|grad D(xh)| - 1)^2 at points xh between real and fake."""
        gradients = input_gradient(discriminator, interpolate(real, fake, rng), create_graph=True)
        return self.weight * (gradient_norms(gradients) - 1.0).square().mean()


@build_penalty.register
def _build(spec: GradientPenalty) -> Penalty:
    return _GradientPenalty(spec.weight, spec.every)
