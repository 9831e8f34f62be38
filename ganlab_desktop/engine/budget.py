"""How much of a run's past may be kept. Belongs to the engine's machine, so it comes from its environment."""

import os
from typing import NamedTuple

from ganlab_desktop.experiment.errors import ExperimentError

KEYFRAMES = "GANLAB_KEYFRAMES"  # megabytes of a run's keyframes in all
IN_MEMORY = "GANLAB_KEYFRAMES_IN_MEMORY"  # megabytes of them that stay in memory though the file has them
_DEFAULTS = {KEYFRAMES: 500.0, IN_MEMORY: 64.0}


class Budget(NamedTuple):
    """Bytes of a run's keyframes: of all, and of those that stay in memory though its file has them too."""

    keyframes: int
    in_memory: int


def budget() -> Budget:
    """What the environment allows. Raises ExperimentError where it is no amount."""
    return Budget(*(int(1e6 * _megabytes(name)) for name in _DEFAULTS))


def _megabytes(name: str) -> float:
    text = os.environ.get(name) or str(_DEFAULTS[name])
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0.0 <= amount <= 1e9:
        raise ExperimentError(name, f"must be a number of megabytes, 0 or more, got {text!r}")
    return amount
