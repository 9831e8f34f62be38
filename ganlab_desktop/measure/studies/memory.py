"""What a discriminator makes of earlier and of later generators: forgetting and cycling."""

import copy
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.networks.reference import judged
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.metrics.discrimination import FloatArray, cross_time_matrix
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study

MOST = 16  # states that are remembered
MOST_BYTES = 48_000_000  # that they take together, but for the last _FEWEST
POINTS = 500
_FEWEST = 4


class _Remembered(NamedTuple):
    """A discriminator of a step, and what the generator of that step made."""

    step: int
    judge: Callable[[Tensor], Tensor]
    generated: Tensor


class Memory(Study):
    """The cross-time matrix over the run as far as it was watched, on states spaced evenly in steps.

    Where layers of D mix a batch, generated samples are judged beside a generated batch of D's own step.

    States are remembered whenever the run trains. Where there are too many, every second is forgotten, and the next
    ones come half as often. Networks are copied; of a generator its samples are enough.

    Arrays: matrix (T, T), the mean output of discriminator t on the samples of generator s: of D(x) where it outputs
    logits, else of the raw output, less its mean on real points where only differences count. steps (T,).
    Number: `neutral`, what a discriminator says that cannot tell. No time series.
    """

    COLUMNS = ()
    REST = 0.5
    SHARE = 0.02
    LIGHT = True
    ALWAYS = True

    def __init__(self, data: Distribution, seed: int) -> None:
        super().__init__(data, seed)
        self._states: list[_Remembered] = []
        self._matrix: FloatArray = np.empty((0, 0))
        self._spacing = 1.0
        self._game: object = None

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        if snapshot.experiment.objective != self._game:  # outputs of another objective mean something else
            self._states, self._matrix, self._spacing = [], np.empty((0, 0)), 1.0
            self._game = snapshot.experiment.objective
        if not self._states or snapshot.step >= self._states[-1].step + self._spacing:
            self._remember(snapshot)
        steps = np.array([state.step for state in self._states])
        neutral = snapshot.objective.neutral
        numbers = {"neutral": 0.0 if neutral is None else neutral}
        return Picture({"matrix": self._matrix.astype(np.float32), "steps": steps}, numbers), ()

    def _remember(self, snapshot: Snapshot) -> None:
        """Add a state with its row and its column."""
        size = sum(tensor.nbytes for tensor in snapshot.discriminator.state_dict().values())
        new = _Remembered(snapshot.step, self._judge_of(snapshot), torch.from_numpy(snapshot.generate(POINTS)))
        column = cross_time_matrix([state.judge for state in self._states], [new.generated])
        self._states.append(new)
        row = cross_time_matrix([new.judge], [state.generated for state in self._states])
        self._matrix = np.concatenate((np.concatenate((self._matrix, column.reshape(-1, 1)), axis=1), row))
        if len(self._states) > min(MOST, max(_FEWEST, MOST_BYTES // max(size, 1))):
            self._states = self._states[::2]
            self._matrix = self._matrix[::2, ::2]
            self._spacing = (self._states[-1].step - self._states[0].step) / (len(self._states) - 1)

    def _judge_of(self, snapshot: Snapshot) -> Callable[[Tensor], Tensor]:
        """The discriminator as it is now, in the terms of the matrix."""
        network, packing = copy.deepcopy(snapshot.discriminator), snapshot.experiment.discriminator.packing
        reference, objective = snapshot.fake_reference, snapshot.objective
        shift = 0.0
        if objective.border is None:
            with torch.no_grad():
                shift = float(judged(network, self._real, packing, snapshot.reference).mean())

        def judge(points: Tensor) -> Tensor:
            v = judged(network, points, packing, reference)
            return objective.shown(v) - shift

        return judge

    @cached_property
    def _real(self) -> Tensor:
        return torch.from_numpy(self.data.held_out(Streams(self.seed).at(0, Stream.MEASURED_REAL, 11), POINTS))
