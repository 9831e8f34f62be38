"""What an objective is, and how a spec finds its implementation."""

from collections.abc import Callable
from functools import singledispatch
from typing import Literal, NamedTuple

from torch import Tensor

from ganlab_desktop.experiment.objectives import ObjectiveSpec


class Objective(NamedTuple):
    """The two losses of a game, as functions of the discriminator's raw outputs.

    `discriminator_loss(v_real, v_fake)` and `generator_loss(v_fake)` take outputs of any shape, one entry a sample,
    and return a scalar that the named player minimises. `output` tells what sigmoid(v) means: "probability" where
    the raw output is a logit, "score" elsewhere. `neutral` is the value, in the same terms, of a discriminator that
    cannot tell real from fake; None for a critic, of which only differences mean something.
    """

    discriminator_loss: Callable[[Tensor, Tensor], Tensor]
    generator_loss: Callable[[Tensor], Tensor]
    output: Literal["probability", "score"]
    neutral: float | None


@singledispatch
def build_objective(spec: ObjectiveSpec) -> Objective:
    """The objective that a spec describes."""
    raise TypeError(f"no objective for {type(spec).__name__}")
