"""Gradient norms held at 1, or below it, between real and generated samples: WGAN-GP and WGAN-LP."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import relu

from ganlab_desktop.experiment.penalties import GradientPenalty, OneSidedGradientPenalty
from ganlab_desktop.gan.penalties.penalty import Penalty, Turn, build_penalty, gradient_norms, input_gradient


def interpolate(real: Tensor, fake: Tensor, rng: np.random.Generator) -> Tensor:
    """Points e real + (1 - e) fake with one e ~ U(0, 1) per sample, shaped like the batches (B, ...)."""
    shares = torch.from_numpy(rng.random(len(real), dtype=np.float32)).to(real)
    shares = shares.view(-1, *[1] * (real.dim() - 1))
    return torch.lerp(fake, real, shares)


@dataclass(frozen=True)
class _GradientPenalty(Penalty):
    weight: float
    every: int

    def term(self, turn: Turn, rng: np.random.Generator) -> Tensor:
        """lambda E (|grad D(xh)| - 1)^2 at points xh between real and fake (Gulrajani et al. 2017, eq. 3)."""
        gradients = input_gradient(turn.discriminator, interpolate(turn.real, turn.fake, rng), create_graph=True)
        return self.weight * (gradient_norms(gradients) - 1.0).square().mean()


@dataclass(frozen=True)
class _OneSidedGradientPenalty(Penalty):
    weight: float
    every: int

    def term(self, turn: Turn, rng: np.random.Generator) -> Tensor:
        """lambda E max(0, |grad D(xh)| - 1)^2 at points xh between real and fake (Petzka et al. 2018, eq. 8)."""
        gradients = input_gradient(turn.discriminator, interpolate(turn.real, turn.fake, rng), create_graph=True)
        return self.weight * relu(gradient_norms(gradients) - 1.0).square().mean()


@build_penalty.register
def _gradient_penalty(spec: GradientPenalty) -> Penalty:
    return _GradientPenalty(spec.weight, spec.every)


@build_penalty.register
def _one_sided(spec: OneSidedGradientPenalty) -> Penalty:
    return _OneSidedGradientPenalty(spec.weight, spec.every)
