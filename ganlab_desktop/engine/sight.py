"""What is seen of a game: quick pictures, and studies of its weights."""

import math
from collections.abc import Callable

from ganlab_desktop.engine.lane import Lane, Measurement
from ganlab_desktop.engine.measuring import Meter
from ganlab_desktop.engine.pace import ProbeSchedule
from ganlab_desktop.engine.pictures import picture_of
from ganlab_desktop.engine.shown import Shown
from ganlab_desktop.engine.study_process import ApartLane
from ganlab_desktop.measure.probes import Box, View
from ganlab_desktop.measure.studies import STUDIES
from ganlab_desktop.wire.messages import Grant, Picture

_RESOLUTION = 64  # points a side, before the window has told what it wants
_LIGHT = [name for name, study in STUDIES.items() if study.LIGHT]
_QUICK = [name for name, study in STUDIES.items() if not (study.LIGHT or study.SLOW)]
_SLOW = [name for name, study in STUDIES.items() if study.SLOW]
_ALWAYS = tuple(name for name, study in STUDIES.items() if study.ALWAYS)


class Sight:
    """Probes and studies of one game. For the training thread; `on_measured` is called from the measuring ones."""

    def __init__(self, shown: Shown, on_measured: Callable[[], None]) -> None:
        self.shown = shown
        self._probes = ProbeSchedule(shown)
        self._meters = [Meter(shown, _LIGHT, Lane, on_measured), Meter(shown, _QUICK, ApartLane, on_measured)]
        self._meters += [Meter(shown, [name], ApartLane, on_measured) for name in _SLOW]
        self._measured: dict[str, Measurement] = {}
        self._sent: dict[str, Measurement] = {}
        self._studied: tuple[str, ...] = ()
        self._view = View(shown.game.data.box, _RESOLUTION)

    @property
    def share(self) -> float:
        """The share of the training thread's time that probes take."""
        return self._probes.share

    def measure(self, *, resting: bool) -> list[Measurement]:
        """Keep the studies going that are asked for, and while training those that are always wanted. What is new."""
        wanted = self._studied if resting else tuple(dict.fromkeys((*self._studied, *_ALWAYS)))
        if wanted:
            for meter in self._meters:
                meter.offer(wanted, self._view, resting=resting)
        new = [measured for meter in self._meters for measured in meter.take()]
        self._measured |= {measured.study: measured for measured in new}
        return new

    def want(self, grant: Grant) -> dict[str, Measurement]:
        """Take over what the window asks for. The newest measurements of the studies among it."""
        self._studied = tuple(name for name in grant.probes if name in STUDIES)
        data = self.shown.game.data
        label = min(max(grant.label, 0), max(data.classes - 1, 0))
        box, resolution = _sound_box(grant.box) or data.box, min(max(grant.resolution, 8), 512)
        self._view = View(box, resolution, label, grant.chosen, grant.exploration)
        # A panel that is shown again has to be told again.
        self._sent = {name: sent for name, sent in self._sent.items() if name in self._studied}
        return {name: self._measured[name] for name in self._studied if name in self._measured}

    def stale(self, probes: tuple[str, ...]) -> bool:
        """Whether a wanted quick picture is not of this state and view."""
        return bool(self._probes.stale(probes, self._view))

    def take(self, probes: tuple[str, ...], *, resting: bool) -> dict[str, Picture]:
        """The pictures that are new."""
        step = self.shown.game.step
        pictures = self._probes.take(probes, self._view, resting=resting)
        shown = {name: picture_of(step, seen) for name, seen in pictures.items()}
        for name in self._studied:
            measured = self._measured.get(name)
            if measured is not None and measured.picture is not None and measured is not self._sent.get(name):
                shown[name] = measured.picture
                self._sent[name] = measured
        return shown

    def show_again(self) -> None:
        """Make all pictures anew, for a window that has seen others meanwhile."""
        self._probes = ProbeSchedule(self.shown)
        self._sent = {}

    def close(self) -> None:
        """End the measuring threads."""
        for meter in self._meters:
            meter.close()


def _sound_box(box: Box | None) -> Box | None:
    """The box if it is one that can be looked at."""
    if box is None or not all(map(math.isfinite, box)) or not (box[0] < box[1] and box[2] < box[3]):
        return None
    return box
