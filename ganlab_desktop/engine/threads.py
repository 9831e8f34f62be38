"""How many CPU threads train: as many as suit the networks, or as the user wants."""

import os

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.gan.device import threads_for
from ganlab_desktop.wire.environment import MOST_THREADS, THREADS


def threads(parameters: int, *, images: bool = False) -> int:
    """CPU threads for networks with so many parameters, unless the environment names a number. Raises ExperimentError
    where that is none."""
    text = os.environ.get(THREADS)
    if not text:
        return threads_for(parameters, images=images)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_THREADS):
        raise ExperimentError(THREADS, f"must be a whole number of threads from 1 to {MOST_THREADS}, got {text!r}")
    return int(text)
