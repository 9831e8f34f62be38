"""What changes with the step alone, so that any step can be computed again from its number."""

import math
from typing import NamedTuple

from ganlab_desktop.experiment.experiment import InstanceNoise, LabelSmoothing
from ganlab_desktop.experiment.objectives import Variational
from ganlab_desktop.experiment.optimizers import OptimizerSpec


def learning_rate_factor(spec: OptimizerSpec, step: int, training_steps: int) -> float:
    """What the learning rate is multiplied by in the iteration after `step` finished ones; 0 once it has run out.

    linear: 1 - t/T; cosine: (1 + cos(pi t/T)) / 2 (Loshchilov and Hutter 2017, eq. 5, without restarts).
    """
    if spec.schedule == "constant":
        return 1.0
    share = min(step / (spec.schedule_steps or training_steps), 1.0)
    return 1.0 - share if spec.schedule == "linear" else 0.5 * (1.0 + math.cos(math.pi * share))


def noise_std(spec: InstanceNoise, step: int) -> float:
    """The standard deviation of the instance noise in the iteration after `step` finished ones."""
    return spec.std * _left(spec.steps, step)


def real_label(spec: LabelSmoothing, step: int) -> float:
    """What the discriminator should say of real samples in the iteration after `step` finished ones."""
    return 1.0 - (1.0 - spec.real) * _left(spec.steps, step)


def beta(spec: Variational, step: int) -> float:
    """The weight of an autoencoder's KL term in the iteration after `step` finished ones."""
    return spec.beta * (1.0 - _left(spec.warm_up, step) if spec.warm_up else 1.0)


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


def _left(steps: int, step: int) -> float:
    """The share that is left of what fades over so many steps; all of it where that is 0."""
    return max(1.0 - step / steps, 0.0) if steps else 1.0
