"""How a run is played: which moment follows which, and how fast."""

from collections.abc import Callable
from time import perf_counter, sleep
from typing import NamedTuple

Moment = tuple[int, int]  # finished iterations, and phases of the next one

_NAP = 0.01  # seconds that waiting for the next move may keep commands waiting


class Course(NamedTuple):
    """The way in which a run is played: back, or again and again between two steps. What it was is shown then; only a
    course without either trains on where nobody has been."""

    backwards: bool = False
    loop: tuple[int, int] | None = None

    @property
    def trains(self) -> bool:
        """Whether it leads beyond the newest step."""
        return not self.backwards and self.loop is None

    def after(self, moment: Moment, first: int, last: int, phases: Callable[[int], int] | None = None) -> Moment | None:
        """The moment after another one of a run that is known from step `first` to `last`; None at the end of the way.

        `phases` tells how many lead from a step to the next, where these are shown one by one.
        """
        step, phase = moment
        start, end = first, last
        if self.loop is not None:
            start, end = (min(max(step, first), last) for step in self.loop)
            if not (start, 0) <= moment <= (end, 0):
                return (end, 0) if self.backwards else (start, 0)
        if self.backwards:
            if moment <= (start, 0):
                return None if self.loop is None else (end, 0)
            if phase:
                return (step, phase - 1) if phases is not None else (step, 0)
            return (step - 1, phases(step - 1) - 1) if phases is not None else (step - 1, 0)
        if moment >= (end, 0):
            return None if self.loop is None else (start, 0)
        return (step, phase + 1) if phases is not None and phase + 1 < phases(step) else (step + 1, 0)


FORWARDS = Course()


class Clock:
    """Tells when the next move is due: an iteration, or with `phases` one of its phases."""

    def __init__(self) -> None:
        self.phases = False
        self._period = 0.0  # seconds a move is to take, 0 for as fast as it goes
        self._due = 0.0

    def set(self, per_second: float, *, phases: bool = False) -> None:
        """So many moves a second; 0 lifts the limit."""
        self._period = 1.0 / per_second if per_second > 0.0 else 0.0
        self.phases = phases
        self.start()

    def start(self) -> None:
        """Let the next move be due now."""
        self._due = perf_counter()

    def ready(self) -> bool:
        """Whether a move is due, if need be after a nap; another call is to follow where it is not."""
        if self._period:
            ahead = self._due - perf_counter()
            if ahead > 0.0:
                sleep(min(ahead, _NAP))
                if ahead > _NAP:
                    return False
            self._due = max(self._due + self._period, perf_counter() - self._period)
        return True
