"""How far a network has grown: a function of the game's step, which the game tells it."""

import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.schedules import Stage, stage_at


class Growth(nn.Module):
    """Keeps the step as a buffer: saved, replayed and carried along with the weights that stood at it."""

    step: Tensor

    def __init__(self, levels: int, steps: int, fade: float) -> None:
        super().__init__()
        self.levels, self.steps, self.fade = levels, steps, fade
        self.register_buffer("step", torch.zeros((), dtype=torch.int64))
        self.settled: Stage | None = None

    def settle(self) -> None:
        """Stay at the stage of now: what comes after is the same function at every step."""
        self.settled = self.stage

    @property
    def stage(self) -> Stage:
        """The stage now."""
        return self.settled or stage_at(int(self.step), self.levels, self.steps, self.fade)
