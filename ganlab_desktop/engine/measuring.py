"""What is to be studied of a game, and when."""

from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic, perf_counter

from ganlab_desktop.engine.lane import AnyLane, Measurement, Offer, Tell, weights_of
from ganlab_desktop.engine.shown import Shown
from ganlab_desktop.measure.probes import View
from ganlab_desktop.measure.studies import STUDIES, suits

_COPYING = 0.02  # of the training thread's time, at most, that copying weights takes


class Meter:
    """Has those of some studies carried out that are wanted, one after the other, in a lane that it opens when the
    first is. For the training thread; `on_measured` is called from another one."""

    def __init__(
        self, shown: Shown, studies: Sequence[str], lane: Callable[[Tell], AnyLane], on_measured: Callable[[], None]
    ) -> None:
        self._shown = shown
        self._mine = frozenset(studies)
        self._open_lane = lane
        self._on_measured = on_measured
        self._lane: AnyLane | None = None
        self._results: deque[Measurement] = deque()
        self._busy = False
        self._offered: dict[str, object] = {}
        self._rest_until = dict.fromkeys(studies, 0.0)
        self._copied_until = 0.0  # when it may copy again, while training

    def offer(self, wanted: Sequence[str], view: View, *, resting: bool) -> None:
        """Hand over the networks as they are now, if the lane is free, for the wanted studies that have rested (while
        training rests: all) and have not seen this state."""
        now = monotonic()
        if self._busy or (not resting and now < self._copied_until):
            return
        game = self._shown.game
        due = [name for name in wanted if name in self._mine and (resting or now >= self._rest_until[name])]
        due = [name for name in due if self._offered.get(name) != self._state(name, view)]
        due = [name for name in due if suits(STUDIES[name], game)]
        if not due:
            return
        started = perf_counter()
        averaged = game.average.network if game.averages else game.generator
        networks = {"generator": game.generator, "average": averaged, "discriminator": game.discriminator}
        offer = Offer(
            studies=tuple(due),
            step=game.step,
            experiment=game.experiment,
            view=view,
            networks={name: weights_of(network) for name, network in networks.items()},
        )
        self._copied_until = now + (perf_counter() - started) / _COPYING
        self._offered |= {name: self._state(name, view) for name in due}
        self._lane = self._lane or self._open_lane(self._told)
        self._busy = True
        self._lane.post(offer)

    def take(self) -> list[Measurement]:
        """The measurements that are new since the last call."""
        results = []
        while self._results:
            results.append(self._results.popleft())
        return results

    def close(self) -> None:
        """Have no more studies carried out."""
        if self._lane is not None:
            self._lane.close()

    def _state(self, name: str, view: View) -> object:
        game = self._shown.game
        seen = view if STUDIES[name].FOLLOWS_VIEW else None if STUDIES[name].WHOLE else view.label
        return game.step, game.position, self._shown.standing.edits, seen

    def _told(self, measured: Measurement) -> None:
        self._rest_until[measured.study] = monotonic() + measured.rest
        if measured.picture is not None:
            self._results.append(measured)
        if measured.last:
            self._busy = False
        self._on_measured()
