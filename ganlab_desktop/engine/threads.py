"""How many CPU threads train: as many as a run began with, as suit the networks, or as the user wants."""

import os
import sys
import threading

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.wire.environment import MOST_THREADS, THREADS

_TOY_PARAMETERS = 100_000
_beside_window = threading.Event()


def leave_room_for_window() -> None:
    """Have this process leave a processor to the window beside it."""
    _beside_window.set()


def threads(parameters: int, *, begun: object = None) -> int:
    """CPU threads for networks with so many parameters: as many as the environment names, else as the run was `begun`
    with, where this machine has so many processors, so that its past is played bit for bit. Raises ExperimentError
    where the environment names no number.
    """
    text = os.environ.get(THREADS)
    if not text:
        if isinstance(begun, int) and 1 <= begun <= _processors():
            return begun
        return _suited(parameters, leave=int(_beside_window.is_set()))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_THREADS):
        raise ExperimentError(THREADS, f"must be a whole number of threads from 1 to {MOST_THREADS}, got {text!r}")
    return int(text)


def _processors() -> int:
    """How many processors this process may use: a container or taskset may allow fewer than there are."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _suited(parameters: int, *, leave: int) -> int:
    """A number for networks with so many parameters: small ones lose more by handing work over than they gain.

    Large ones take all processors but those to `leave` to others: where threads outnumber the free processors, the ones
    that wait for each other within a convolution lose more than they gain (digits-dcgan on two, beside a window that
    shows it: 28 steps/s on two threads, 33 on one).
    """
    return 1 if parameters < _TOY_PARAMETERS else max(1, _processors() - leave)
