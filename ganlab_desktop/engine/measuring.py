"""Studies of snapshots of the weights, in a thread of their own at low priority."""

import copy
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic, thread_time

import torch
from torch import Tensor

from ganlab_desktop.engine.shown import Shown
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.networks.flat import FlatNetwork
from ganlab_desktop.gan.networks.reference import Reference
from ganlab_desktop.gan.objectives import Objective
from ganlab_desktop.measure.probes import Picture, View
from ganlab_desktop.measure.studies import STUDIES, Row, Snapshot, Study

_log = logging.getLogger(__name__)

_NICENESS = 3
_AFTER_FAILURE = 10.0  # seconds
_PACE = 0.25  # of a core that a look of seconds takes beside the training, with which it shares the interpreter


@dataclass(frozen=True, eq=False)  # two are the same only if they are one
class Measurement:
    """What a study saw at a step: the picture for the panel and the row for the history, of the class `label` where
    it looks at one class (see Study.WHOLE), else of 0."""

    study: str
    step: int
    label: int
    picture: Picture
    row: Row


@dataclass(frozen=True)
class _Offer:
    """What the training thread hands over: weights as copies, and what it was that they learned."""

    studies: Sequence[str]
    step: int
    experiment: Experiment
    data: Distribution
    objective: Objective
    view: View
    reference: Reference | None
    generator: dict[str, Tensor]
    average: dict[str, Tensor]
    discriminator: dict[str, Tensor]
    resting: bool  # whether training rests


class Meter:
    """Carries out those of some studies that are wanted, one after the other. `offer` and `take` are for the training
    thread."""

    def __init__(self, shown: Shown, studies: Sequence[str], on_measured: Callable[[], None]) -> None:
        self._shown = shown
        self._mine = frozenset(studies)
        self._on_measured = on_measured
        game = shown.game
        self._networks = {
            name: FlatNetwork(copy.deepcopy(network.module), torch.device("cpu"))
            for name, network in (
                ("generator", game.generator),
                ("average", game.generator),
                ("discriminator", game.discriminator),
            )
        }
        for network in self._networks.values():
            network.module.eval()
        self._studies: dict[str, Study] = {}
        self._results: deque[Measurement] = deque()
        self._slot: _Offer | None = None
        self._offered: dict[str, object] = {}
        self._rest_until = dict.fromkeys(studies, 0.0)
        self._changed = threading.Condition()
        self._closing = False
        self._worked = 0.0  # seconds of this thread, when a look last paused
        self._thread = threading.Thread(target=self._measure_offered, name="measuring", daemon=True)
        self._thread.start()

    def offer(self, wanted: Sequence[str], view: View, *, resting: bool) -> None:
        """Hand over the networks as they are now, if the thread is free, for the wanted studies that have rested
        (while training rests: all) and have not seen this state."""
        if self._slot is not None:
            return
        now = monotonic()
        game = self._shown.game
        due = [name for name in wanted if name in self._mine and (resting or now >= self._rest_until[name])]
        due = [name for name in due if self._offered.get(name) != self._state(name, view)]
        due = [name for name in due if STUDIES[name].fits(game.experiment, game.data, game.objective)]
        if not due:
            return
        averaged = game.average.network if game.averages else game.generator
        offer = _Offer(
            studies=due,
            step=game.step,
            experiment=game.experiment,
            data=game.data,
            objective=game.objective_now(),
            view=view,
            reference=None if game.reference is None else game.reference.cpu(),
            generator=_copied(game.generator),
            average=_copied(averaged),
            discriminator=_copied(game.discriminator),
            resting=resting,
        )
        self._offered |= {name: self._state(name, view) for name in due}
        with self._changed:
            self._slot = offer
            self._changed.notify_all()

    def take(self) -> list[Measurement]:
        """The measurements that are new since the last call."""
        results = []
        while self._results:
            results.append(self._results.popleft())
        return results

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _state(self, name: str, view: View) -> object:
        game = self._shown.game
        seen = view if STUDIES[name].FOLLOWS_VIEW else None if STUDIES[name].WHOLE else view.label
        return game.step, game.position, self._shown.standing.edits, seen

    def _measure_offered(self) -> None:
        torch.set_num_threads(1)
        if sys.platform == "linux":  # elsewhere a priority belongs to a process, not to a thread
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._slot is not None or self._closing)
                offer = self._slot
                if self._closing or offer is None:
                    return
            snapshot = self._snapshot(offer)
            for name in offer.studies:
                self._look(name, snapshot)
                if self._closing:
                    return
            with self._changed:
                self._slot = None

    def _snapshot(self, offer: _Offer) -> Snapshot:
        for name, network in self._networks.items():
            _load(network, getattr(offer, name))
        return Snapshot(
            step=offer.step,
            experiment=offer.experiment,
            data=offer.data,
            objective=offer.objective,
            generator=self._networks["generator"].module,
            average=self._networks["average"].module,
            discriminator=self._networks["discriminator"].module,
            view=offer.view,
            reference=offer.reference,
            wanted=partial(self._wanted, offer.resting),
        ).told()

    def _wanted(self, resting: bool) -> bool:
        """Whether a look is to go on. Beside the training it waits here, so that it takes no more than _PACE."""
        if not resting:
            with self._changed:
                self._changed.wait_for(lambda: self._closing, (thread_time() - self._worked) * (1 / _PACE - 1))
        self._worked = thread_time()
        return not self._closing

    def _look(self, name: str, snapshot: Snapshot) -> None:
        kind = STUDIES[name]
        try:
            snapshot = snapshot if kind.WHOLE else snapshot.of_shown_class()
            study = self._studies.get(name)
            if study is None or study.data is not snapshot.data:
                study = self._studies[name] = kind(snapshot.data, snapshot.experiment.seed)
            begun, started = monotonic(), thread_time()
            self._worked = started
            picture, row = study.look(snapshot)
            self._rest_until[name] = begun + max(kind.REST, (thread_time() - started) / kind.SHARE)
            self._results.append(
                Measurement(name, snapshot.step, 0 if kind.WHOLE else snapshot.view.label, picture, row)
            )
        except Exception:  # a study must not end the thread; the log tells
            _log.exception("the study of %s failed", name)
            self._rest_until[name] = monotonic() + _AFTER_FAILURE
        self._on_measured()


def _copied(network: FlatNetwork) -> dict[str, Tensor]:
    """The parameters' vector under the empty name, and the buffers."""
    tensors = {"": network.vector, **network.buffers()}
    return {name: tensor.detach().to("cpu", copy=True) for name, tensor in tensors.items()}


def _load(network: FlatNetwork, tensors: dict[str, Tensor]) -> None:
    with torch.no_grad():
        network.vector.copy_(tensors[""])
        for name, buffer in network.buffers().items():
            buffer.copy_(tensors[name])
