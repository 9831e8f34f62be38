"""Small pictures of the past, made from the nearest keyframe in a thread of their own."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from ganlab_desktop.engine.glance import Glance
from ganlab_desktop.engine.pictures import picture_of
from ganlab_desktop.engine.timeline import Keyframe, Standing, Timeline
from ganlab_desktop.gan.games import build_game
from ganlab_desktop.measure.probes import Picture as Seen
from ganlab_desktop.runfile.errors import DamagedFileError
from ganlab_desktop.wire.messages import Look, Preview

_log = logging.getLogger(__name__)

_KEPT = 256  # previews that are remembered, of about 20 kB


class Previews:
    """Answers looks, the newest first; one that comes while another is made takes its place.

    `ask` and `close` may be called from any thread. The training waits for none of it: keyframes do not change once
    they are taken.
    """

    def __init__(self, run: str, branch: int, timeline: Timeline, send: Callable[[Preview], None]) -> None:
        self._run, self._branch, self._timeline, self._send = run, branch, timeline, send
        self._glance: Glance | None = None
        self._made: OrderedDict[tuple[object, ...], dict[str, Seen]] = OrderedDict()
        self._look: Look | None = None
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._answer, name="previews", daemon=True)
        self._thread.start()

    def ask(self, look: Look) -> None:
        """Make a preview of a step."""
        with self._changed:
            self._look = look
            self._changed.notify_all()

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _answer(self) -> None:
        torch.set_num_threads(1)
        self._glance_at(self._timeline.standing(0))  # before the first look, which would have to wait for it
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._look is not None or self._closing)
                look, self._look = self._look, None
            if self._closing or look is None:
                return
            try:
                self._send(self._preview(look))
            except LookupError:
                continue  # nothing is known of that step
            except Exception:  # a preview must not end the thread; the exact moment tells of what is wrong
                _log.exception("the preview of step %s failed", look.step)

    def _preview(self, look: Look) -> Preview:
        keyframes = list(self._timeline.keyframes)
        while True:
            keyframe = _nearest(keyframes, look.step)
            try:
                return self._made_from(keyframe, look)
            except DamagedFileError:
                keyframes.remove(keyframe)

    def _made_from(self, keyframe: Keyframe, look: Look) -> Preview:
        standing = self._timeline.standing(keyframe.step, keyframe.edits)
        key = (keyframe.step, keyframe.edits, look.box, look.label)
        seen = self._made.get(key)
        if seen is None:
            seen = self._made[key] = self._see(keyframe, standing, look)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        pictures = {name: picture_of(keyframe.step, one) for name, one in seen.items()}
        return Preview(self._run, self._branch, standing.layout, look.step, keyframe.step, pictures)

    def _glance_at(self, standing: Standing) -> Glance:
        if self._glance is None:
            self._glance = Glance(build_game(standing.experiment, torch.device("cpu")))
        return self._glance

    def _see(self, keyframe: Keyframe, standing: Standing, look: Look) -> dict[str, Seen]:
        glance = self._glance_at(standing)
        game = glance.game
        if standing.experiment != game.experiment:
            game.edit(standing.experiment, game.accept(standing.experiment))
        game.restore(self._timeline.state(keyframe))
        seen = glance(look.box, look.label)
        if "surface" in seen:
            surface = seen["surface"]
            kept = {name: array for name, array in surface.arrays.items() if name != "density"}
            seen["surface"] = replace(surface, arrays=kept)
        return seen


def _nearest(keyframes: Sequence[Keyframe], step: int) -> Keyframe:
    """The keyframe closest to a step. Raises LookupError where there is none."""
    if not keyframes:
        raise LookupError("no keyframes")
    return min(keyframes, key=lambda keyframe: abs(keyframe.step - step))
