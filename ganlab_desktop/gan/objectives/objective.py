"""What an objective is, and how a spec finds its implementation."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from typing import Literal

import torch
from torch import Tensor

from ganlab_desktop.experiment.objectives import ObjectiveSpec

Term = Callable[[Tensor], Tensor]
Loss = Callable[[Tensor, Tensor], Tensor]
Output = Literal["probability", "score", "none"]


@dataclass(frozen=True)
class Objective:
    """The two losses of a game, as functions of the discriminator's raw outputs, and what these outputs mean.

    `discriminator_loss(v_real, v_fake)` and `generator_loss(v_real, v_fake)` take outputs of any shape, one entry a
    sample, and return a scalar that the named player minimises. The generator's may be given an empty v_real unless
    `needs_real`. `terms` are a and b where L_D = E a(v_real) + E b(v_fake), each taking outputs to values of the same
    shape; None where samples are scored against each other.

    `optimal(log p - log q)` is the raw output that minimises L_D, as a function of the log density ratio of data to
    generated samples: float64 to float64, stable for ratios of +-700 at least, infinite where the optimum is. Where it
    is None, `reason` tells why. `floating` marks a game in which only differences of outputs count, so that any
    constant may be added to the optimum. `output` tells what sigmoid(v) means: "probability" where the raw output is
    a logit, "score" elsewhere, "none" where there is no discriminator. `activation` makes of raw outputs what is shown
    of them, where that is not the sigmoid of a logit. `falling` marks an objective whose raw outputs are lower for real
    samples than for generated ones.
    """

    discriminator_loss: Loss
    generator_loss: Loss
    optimal: Term | None
    output: Output = "score"
    floating: bool = False
    needs_real: bool = False
    terms: tuple[Term, Term] | None = None
    reason: str = ""
    activation: Term = torch.positive
    falling: bool = False

    @property
    def judges(self) -> bool:
        """Whether there is a discriminator that can be asked about samples."""
        return self.output != "none"

    def shown(self, v: Tensor) -> Tensor:
        """Raw outputs in the terms of `output`: D(x), or the score."""
        return torch.sigmoid(v) if self.output == "probability" else self.activation(v)

    def rating(self, v: Tensor) -> Tensor:
        """Raw outputs so that the higher one is taken for real."""
        return -v if self.falling else v

    @property
    def rated_border(self) -> float | None:
        """The rating of a discriminator that cannot tell real from fake, see `border`."""
        return -self.border if self.falling and self.border is not None else self.border

    @property
    def border(self) -> float | None:
        """The raw output of a discriminator that cannot tell real from fake; None where any constant would do."""
        if self.optimal is None or self.floating:
            return None
        return float(self.optimal(torch.zeros((), dtype=torch.float64)))

    @property
    def neutral(self) -> float | None:
        """The same in the terms of `output`."""
        border = self.border
        return None if border is None else float(self.shown(torch.tensor(border, dtype=torch.float64)))


def separable(
    real: Term,
    fake: Term,
    generator: Term,
    optimal: Term | None,
    output: Output = "score",
    *,
    floating: bool = False,
    reason: str = "",
    activation: Term = torch.positive,
    falling: bool = False,
) -> Objective:
    """The objective with L_D = E real(v_real) + E fake(v_fake) and L_G = E generator(v_fake)."""

    def discriminator_loss(v_real: Tensor, v_fake: Tensor) -> Tensor:
        return real(v_real).mean() + fake(v_fake).mean()

    def generator_loss(v_real: Tensor, v_fake: Tensor) -> Tensor:
        return generator(v_fake).mean()

    return Objective(
        discriminator_loss,
        generator_loss,
        optimal,
        output,
        floating,
        terms=(real, fake),
        reason=reason,
        activation=activation,
        falling=falling,
    )


def log_ratio(ratio: Tensor) -> Tensor:
    """The optimum of every loss whose raw output is a log density ratio: the ratio itself."""
    return ratio


@singledispatch
def build_objective(spec: ObjectiveSpec) -> Objective:
    """The objective that a spec describes."""
    raise TypeError(f"no objective for {type(spec).__name__}")
