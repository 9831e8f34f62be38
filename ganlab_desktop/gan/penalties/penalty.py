"""What a penalty is, and how a spec finds its implementation."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.conditioning import AuxiliaryClassifier
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.fields import kind_of
from ganlab_desktop.experiment.penalties import PenaltySpec
from ganlab_desktop.gan.streams import Stream


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the discriminator, as a penalty sees it.

    `real` and `fake` (B, ...) are what the discriminator saw, `v_real` and `v_fake` (B, 1) what it said, differentiable
    by its parameters; `latent` (B, L) is what the generator made the fake batch of. `condition` (B, ...) is what the
    networks are told of real and fake alike, their classes or what they are made of; None where nothing. The networks
    are functions of samples and latents under it.
    """

    discriminator: nn.Module
    generator: nn.Module
    real: Tensor
    fake: Tensor
    latent: Tensor
    v_real: Tensor
    v_fake: Tensor
    condition: Tensor | None = None


@dataclass(frozen=True, slots=True)
class GeneratorTurn:
    """One turn of the generator: `fake` (B, ...) is G(latent), differentiable by its parameters, `seen` the same as the
    discriminator saw it; `condition` as in Turn. `real` (B, ...) are the real samples of the same condition, where some
    were drawn."""

    discriminator: nn.Module
    generator: nn.Module
    latent: Tensor
    fake: Tensor
    seen: Tensor
    condition: Tensor | None = None
    real: Tensor | None = None


class Penalty:
    """A term of the discriminator's loss or of the generator's, a constraint on the discriminator's parameters, or
    several of these."""

    every: int = 1  # terms count at every k-th update of the discriminator, or iteration of the generator, scaled by k
    stream: Stream = Stream.PENALTY  # what its draws come from
    adversarial: float = 1.0  # the weight that it leaves to the objective in the generator's loss

    @property
    def moves_generator(self) -> bool:
        """Whether it has a term of the generator's loss."""
        return False

    @property
    def state(self) -> dict[str, Tensor]:
        """All that is remembered between updates, by name; changed in place."""
        return {}

    def term(self, turn: Turn, rng: np.random.Generator) -> Tensor | None:
        """The scalar to add to the discriminator's loss, or None."""
        return None

    def generator_term(self, turn: GeneratorTurn, rng: np.random.Generator) -> Tensor:
        """The scalar to add to the generator's loss, where `moves_generator`."""
        raise NotImplementedError

    def constrain(self, parameters: Tensor) -> None:
        """Change the discriminator's parameters (P,) in place after its update."""


@singledispatch
def build_penalty(spec: PenaltySpec | AuxiliaryClassifier) -> Penalty:
    """The penalty that a spec describes."""
    raise TypeError(f"no penalty for {type(spec).__name__}")


def build_penalties(experiment: Experiment) -> dict[str, Penalty]:
    """All that is added to the objective, by kind: the penalties, and the classification loss where there is one."""
    conditioning = experiment.conditioning
    classification = (conditioning,) if isinstance(conditioning, AuxiliaryClassifier) else ()
    return {kind_of(spec): build_penalty(spec) for spec in (*experiment.penalties, *classification)}


def input_gradient(discriminator: Callable[[Tensor], Tensor], points: Tensor, *, create_graph: bool = False) -> Tensor:
    """The gradient of each sample's output, the mean over its patches where it has several, with respect to that
    sample, shaped like `points` (B, ...)."""
    points = points.detach().requires_grad_()
    with torch.enable_grad():
        v = discriminator(points)
        shares = torch.full_like(v, len(v) / v.numel())
        (gradient,) = torch.autograd.grad(v, points, shares, create_graph=create_graph)
    return gradient


def gradient_norms(gradients: Tensor) -> Tensor:
    """The Euclidean norm (B,) of each sample's gradient over all its axes; its second derivative is finite at 0."""
    norms: Tensor = torch.linalg.vector_norm(gradients.flatten(1), dim=1)
    return norms
