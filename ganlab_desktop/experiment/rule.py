"""What a rule about combinations of settings is, and what several of them ask."""

from collections.abc import Callable
from typing import NamedTuple

from ganlab_desktop.experiment.augmentation import NoAugmentation
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.penalties import PenaltySpec


class Rule(NamedTuple):
    """`applies` tells whether the combination is present; `path` is the setting to change."""

    path: str
    applies: Callable[[Experiment], bool]
    reason: str


def has(experiment: Experiment, *kinds: type[PenaltySpec]) -> bool:
    """Whether a penalty of one of these kinds is in use."""
    return any(isinstance(penalty, kinds) for penalty in experiment.penalties)


def augments(experiment: Experiment) -> bool:
    """Whether the images that the discriminator sees are changed."""
    return not isinstance(experiment.augmentation, NoAugmentation)
