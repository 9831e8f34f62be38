"""DRAGAN (Kodali et al. 2017, section 2.4): gradient norms held at 1 around the data."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from ganlab_desktop.experiment.penalties import Dragan
from ganlab_desktop.gan.noise import jittered
from ganlab_desktop.gan.penalties.penalty import Penalty, Turn, build_penalty, gradient_norms, input_gradient


def gaussian_perturbed(real: Tensor, rng: np.random.Generator, *, std: float) -> Tensor:
    """Points x + delta with delta ~ N(0, std^2 I), shaped like `real` (B, ...): the paper's, whose c is std^2."""
    return jittered(real, std, rng)


def uniform_perturbed(real: Tensor, rng: np.random.Generator) -> Tensor:
    """Points x + (1 - alpha) 0.5 std(x) U(0, 1), shaped like `real` (B, ...): the authors' code.

    The standard deviation is one number for the whole batch; alpha ~ U(0, 1) is drawn per sample, the rest per entry.
    """
    shares = torch.from_numpy(rng.random((len(real), *[1] * (real.dim() - 1)), dtype=np.float32)).to(real)
    moves = torch.from_numpy(rng.random(real.shape, dtype=np.float32)).to(real)
    return real + (1.0 - shares) * 0.5 * real.std(correction=0) * moves


@dataclass(frozen=True)
class _Dragan(Penalty):
    weight: float
    perturb: Callable[[Tensor, np.random.Generator], Tensor]
    every: int

    def term(self, turn: Turn, rng: np.random.Generator) -> Tensor:
        """lambda E (|grad D(x + delta)| - 1)^2 near real samples x."""
        gradients = input_gradient(turn.discriminator, self.perturb(turn.real, rng), create_graph=True)
        return self.weight * (gradient_norms(gradients) - 1.0).square().mean()


@build_penalty.register
def _dragan(spec: Dragan) -> Penalty:
    perturb = uniform_perturbed if spec.noise == "uniform" else partial(gaussian_perturbed, std=spec.std)
    return _Dragan(spec.weight, perturb, spec.every)
