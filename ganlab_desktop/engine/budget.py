"""How much of a run's past may be kept. Belongs to the engine's machine, so it comes from its environment."""

import os
from typing import NamedTuple

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.wire.environment import DEFAULT_MEGABYTES, MOST_MEGABYTES


class Budget(NamedTuple):
    """Bytes of a run's keyframes: of all, and of those that stay in memory though its file has them too."""

    keyframes: int
    in_memory: int


def budget() -> Budget:
    """What the environment allows. Raises ExperimentError where it is no amount."""
    return Budget(*(int(1e6 * _megabytes(name)) for name in DEFAULT_MEGABYTES))


def _megabytes(name: str) -> float:
    text = os.environ.get(name) or str(DEFAULT_MEGABYTES[name])
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0.0 <= amount <= MOST_MEGABYTES:
        raise ExperimentError(name, f"must be a number of megabytes, 0 or more, got {text!r}")
    return amount
