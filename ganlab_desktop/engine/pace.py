"""Who gets how much of the training thread's time, and how fast training goes."""

from dataclasses import dataclass
from time import perf_counter

from ganlab_desktop.engine.shown import Shown
from ganlab_desktop.measure.probes import PROBES, Picture, Probe, View, fits

PROBE_SHARE = 0.045  # of the training thread's time, well under the tenth that probes may take in all
_SAVED_UP = 0.03  # seconds of probing that may be saved up
_DEBT = 0.06  # and that a slow probe may leave to be paid back, in a second of training
_PERIODS = {
    "samples": 1 / 60,
    "batch": 1 / 60,
    "gradients": 1 / 30,
    "manifold": 1 / 30,
    "surface": 1 / 20,
    "critic_field": 1 / 10,
    "wall": 1 / 15,
    "closeup": 1 / 8,
}


@dataclass
class _Entry:
    probe: Probe
    seen: object = None  # run state and view of the newest picture
    taken: float = 0.0


class ProbeSchedule:
    """Takes the pictures that are most overdue, within a share of the time; all of them while training rests."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._entries: dict[str, _Entry] = {}
        self._allowance = _SAVED_UP
        self._last = perf_counter()
        self.share = 0.0

    def stale(self, wanted: tuple[str, ...], view: View) -> list[str]:
        """The wanted pictures that are not of this state and view, the most overdue first."""
        now, state = perf_counter(), self._state(view)
        game = self._shown.game
        names = [name for name in wanted if name in PROBES and fits(name, game) and self._entry(name).seen != state]
        return sorted(names, key=lambda name: (self._entry(name).taken - now) / _PERIODS[name])

    def take(self, wanted: tuple[str, ...], view: View, *, resting: bool) -> dict[str, Picture]:
        """New pictures by name."""
        now = perf_counter()
        elapsed, self._last = now - self._last, now
        self._allowance = min(self._allowance + PROBE_SHARE * elapsed, _SAVED_UP)
        pictures, spent = {}, 0.0
        for name in self.stale(wanted, view):
            entry = self._entry(name)
            due = resting or now - entry.taken >= 0.9 * _PERIODS[name]
            if not due or not (resting or self._allowance > 0.0):
                continue
            started = perf_counter()
            pictures[name] = entry.probe(view)
            entry.taken = perf_counter()
            entry.seen = self._state(view)
            spent += entry.taken - started
            if not resting:
                self._allowance = max(self._allowance - (entry.taken - started), -_DEBT)
        if elapsed > 0.0 and not resting:
            self.share += 0.05 * (min(1.0, spent / elapsed) - self.share)
        return pictures

    def _entry(self, name: str) -> _Entry:
        if name not in self._entries:
            self._entries[name] = _Entry(PROBES[name](self._shown.game))
        return self._entries[name]

    def _state(self, view: View) -> object:
        game = self._shown.game
        return game.step, game.position, self._shown.standing.edits, game.objective, view


class Speedometer:
    """Iterations a second over the last half second or so."""

    def __init__(self) -> None:
        self.rate = 0.0
        self._since = perf_counter()
        self._step = 0

    def start(self, step: int) -> None:
        """Begin anew, after a pause."""
        self._since, self._step = perf_counter(), step

    def read(self, step: int) -> float:
        """The rate now, given the step now."""
        elapsed = perf_counter() - self._since
        if elapsed >= 0.5:
            self.rate = (step - self._step) / elapsed
            self.start(step)
        elif self.rate == 0.0 and elapsed > 0.05:
            return (step - self._step) / elapsed
        return self.rate
