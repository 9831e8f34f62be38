"""What a penalty is, and how a spec finds its implementation."""

from functools import singledispatch

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.penalties import PenaltySpec


class Penalty:
    """A term of the discriminator's loss, a constraint on its parameters after each update, or both."""

    every: int = 1  # a term counts at every k-th discriminator update, scaled by k

    def term(self, discriminator: nn.Module, real: Tensor, fake: Tensor, rng: np.random.Generator) -> Tensor | None:
        """The scalar to add to the discriminator's loss for real and fake batches (B, ...), or None."""
        return None

    def constrain(self, parameters: Tensor) -> None:
        """Change the discriminator's parameters (P,) in place after its update."""


@singledispatch
def build_penalty(spec: PenaltySpec) -> Penalty:
    """The penalty that a spec describes."""
    raise TypeError(f"no penalty for {type(spec).__name__}")


def input_gradient(discriminator: nn.Module, points: Tensor, *, create_graph: bool = False) -> Tensor:
    """The gradient of each sample's output with respect to that sample, shaped like `points` (B, ...)."""
    points = points.detach().requires_grad_()
    with torch.enable_grad():
        (gradient,) = torch.autograd.grad(discriminator(points).sum(), points, create_graph=create_graph)
    return gradient


def gradient_norms(gradients: Tensor) -> Tensor:
    """The Euclidean norm (B,) of each sample's gradient over all its axes; its second derivative is finite at 0."""
    norms: Tensor = torch.linalg.vector_norm(gradients.flatten(1), dim=1)
    return norms
