"""How far a network has grown: a function of the game's step, which the game tells it."""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Stage(NamedTuple):
    """The largest images so far, of side 4 * 2^level; alpha is the share of their layers in what is made of them."""

    level: int
    alpha: float


def stage_at(step: int, levels: int, steps: int, fade: float) -> Stage:
    """The stage at a step where each of so many levels takes some steps, in a share of which it fades in. The first is
    there from the start, and the last one stays."""
    level = min(step // steps, levels - 1)
    fading = fade * steps
    begun = step - level * steps
    return Stage(level, 1.0 if level == 0 or begun >= fading else begun / fading)


class Growth(nn.Module):
    """Keeps the step as a buffer: saved, replayed and carried along with the weights that stood at it."""

    step: Tensor

    def __init__(self, levels: int, steps: int, fade: float) -> None:
        super().__init__()
        self.levels, self.steps, self.fade = levels, steps, fade
        self.register_buffer("step", torch.zeros((), dtype=torch.int64))

    @property
    def stage(self) -> Stage:
        """The stage now."""
        return stage_at(int(self.step), self.levels, self.steps, self.fade)
