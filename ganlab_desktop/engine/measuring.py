"""Slow measures on snapshots of the weights, in a thread of their own at low priority."""

import copy
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import torch
from torch import Tensor

from ganlab_desktop.engine.run import Run
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.flat import FlatNetwork
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.coverage import Coverage
from ganlab_desktop.measure.probes import Picture

_log = logging.getLogger(__name__)

SHARE = 0.03  # of one core's time
_NICENESS = 10
_AFTER_FAILURE = 10.0  # seconds
_SHORTEST = 0.4  # seconds between measurements


@dataclass(frozen=True, eq=False)  # two are the same only if they are one
class Measurement:
    """What was measured at a step: the picture for the panel and the row for the history."""

    step: int
    picture: Picture
    row: tuple[float, ...]


class CoverageMeter:
    """Measures mode coverage of the generator's average where it is kept, else of the generator itself.

    `offer` and `take` are for the training thread.
    """

    def __init__(self, run: Run, on_measured: Callable[[], None]) -> None:
        self._run = run
        self._on_measured = on_measured
        self._network = FlatNetwork(copy.deepcopy(run.game.generator.module), torch.device("cpu"))
        self._network.module.eval()
        self._results: deque[Measurement] = deque()
        self._slot: tuple[int, Distribution, Tensor] | None = None
        self._offered: tuple[int, Distribution, bool] | None = None
        self._rest_until = 0.0
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._measure_offered, name="measuring", daemon=True)
        self._thread.start()

    def offer(self, *, resting: bool) -> None:
        """Hand over the generator as it is now, if the thread is free and has rested; while training rests, at once."""
        game = self._run.game
        state = (game.step, game.data, game.averages)
        if self._slot is not None or self._offered == state or (not resting and monotonic() < self._rest_until):
            return
        network = game.average.network if game.averages else game.generator
        with self._changed:
            self._slot = game.step, game.data, network.vector.detach().to("cpu", copy=True)
            self._offered = state
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

    def _measure_offered(self) -> None:
        torch.set_num_threads(1)
        if sys.platform == "linux":  # elsewhere a priority belongs to a process, not to a thread
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        experiment = self._run.experiment
        latents = draw_latent(
            experiment.latent, Streams(experiment.seed).at(0, Stream.MEASURED_LATENT), Coverage.SAMPLES
        )
        coverage: Coverage | None = None
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._slot is not None or self._closing)
                if self._closing or self._slot is None:
                    return
                step, data, vector = self._slot
            try:
                if coverage is None or coverage.data is not data:
                    coverage = Coverage(data, experiment.seed)
                started = monotonic()
                with torch.no_grad():
                    self._network.vector.copy_(vector)
                    samples = self._network.module(torch.from_numpy(latents)).numpy()
                picture, row = coverage.measure(samples)
                self._rest_until = monotonic() + max(_SHORTEST, (monotonic() - started) / SHARE)
                self._results.append(Measurement(step, picture, row))
            except Exception:  # a measure must not end with its thread; the log tells
                _log.exception("measuring coverage failed")
                self._rest_until = monotonic() + _AFTER_FAILURE
            finally:
                with self._changed:
                    self._slot = None
            self._on_measured()
