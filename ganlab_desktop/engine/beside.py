"""Another run of the document beside the one that is shown, for a second canvas."""

from collections.abc import Callable
from time import perf_counter

import torch
from msgspec.structs import replace

from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.sight import Sight
from ganlab_desktop.engine.timeline import Timeline
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.wire.messages import BesideFrame, Grant

_SHARE = 0.15  # of the training thread's time, while the other run trains


class Beside:
    """Follows the step that is shown, as far as its run goes, or rests at one of its own. For the training thread."""

    def __init__(
        self,
        number: int,
        timeline: Timeline,
        end: int,
        step: int | None,
        device: torch.device,
        on_measured: Callable[[], None],
    ) -> None:
        if not timeline.keyframes:
            raise ExperimentError("", f"run {number} has no past that could be shown")
        self.number, self.timeline, self.end = number, timeline, end
        self.replica = Replica(timeline, device)
        self.own_step = step
        self._sight = Sight(self.replica, on_measured)
        self._next = 0.0
        self._told: object = None
        self.follow(0)

    @property
    def arrived(self) -> bool:
        """Whether it stands where it is to stand."""
        return self.replica.arrived

    def follow(self, shown: int) -> None:
        """Set out for the step shown, or for its own one."""
        wanted = min(shown if self.own_step is None else self.own_step, self.end)
        wanted = max(wanted, self.timeline.keyframes[0].step)
        if wanted != self.replica.step:
            self.replica.aim(wanted)

    def work(self, seconds: float, *, playing: bool) -> None:
        """Play on for about so many seconds; beside a training, for a share of the time."""
        started = perf_counter()
        if self.arrived or (playing and started < self._next):
            return
        self.replica.work(seconds)
        self._next = perf_counter() + (perf_counter() - started) * (1 / _SHARE - 1)

    def look(self, grant: Grant, *, resting: bool) -> BesideFrame | None:
        """What a second canvas is to be told; None where there is no news."""
        sight, game = self._sight, self.replica.game
        own = replace(grant, probes=grant.beside, box=grant.beside_box)
        measured = sight.want(own)
        told = (game.step, self.replica.standing.edits, measured)
        if told == self._told and not sight.stale(own.probes):
            return None
        self._told = told
        pictures = sight.take(own.probes, resting=resting)
        return BesideFrame(self.number, self.replica.layout, game.step, pictures)

    def measure(self) -> None:
        """Keep the studies going that the second canvas asked for."""
        self._sight.measure(resting=True)

    def close(self) -> None:
        """End the measuring threads."""
        self._sight.close()
