"""The exact distance between real and generated points, beside what the critic makes of them."""

import math
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.experiment.augmentation import NoAugmentation
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.gan.data.distribution import FloatArray
from ganlab_desktop.gan.penalties import gradient_norms, input_gradient
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes import Picture, View
from ganlab_desktop.measure.probes.probe import box_numbers, grid_points, to_numpy
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.theory.transport import Transport as Plan
from ganlab_desktop.measure.theory.transport import alignment, line_transport, optimal_transport

POINTS = 1000  # on each side
SHOWN = 200  # pairs
CELLS = 48  # along each side of the plan on the line


def no_potential(experiment: Experiment) -> str:
    """Why the critic cannot be held against Kantorovich's potential of single samples, nor its estimate against their
    W1; empty where it can."""
    discriminator = experiment.discriminator
    if discriminator.packing > 1:
        return "a packing critic scores groups of samples, whose distance is another one"
    if discriminator.minibatch != "none":
        return "a critic with minibatch layers tells batches apart, not single samples"
    if discriminator.norm == "batch":
        return "batch norm makes the critic's score of a sample depend on its batch"
    if not isinstance(experiment.augmentation, NoAugmentation):
        return "under augmentation the critic sees the distance of the changed images"
    if experiment.instance_noise.std:
        return "under instance noise the critic sees the distance of the noisy distributions, which is smaller"
    return ""


class Transport(Study):
    """W1 between POINTS real and as many generated points of the generator that plays, its plan and its potential.

    `floor` is what two batches of true samples score. For the Wasserstein objective, unless `no_potential` tells why
    not, `estimate` is the critic's difference of means on the same points divided by `slope`, its largest gradient
    there and on the plan's segments, and `cosine` the mean cosine between its gradient and the direction of transport
    along these.

    Arrays: start, end (S, dim) of some of the plan's segments, from generated to real; with `estimate` also optimal
    (R, R), the Kantorovich potential over the view, moved to the critic's mean and stretched by its slope; one row
    (1, R) on the line. No difference from the critic: away from the segments there are other potentials as good.

    On the line the plan is the one that does not cross, and plan (CELLS, CELLS) its mass in cells over the view: rows
    are places of generated points from below, columns of real ones. What is out of sight is left out.
    """

    COLUMNS = ("w1", "floor", "estimate", "slope", "cosine")
    REST = 0.97
    SHARE = 0.2
    SLOW = True
    FOLLOWS_VIEW = True
    JUDGES = False

    @cached_property
    def _real(self) -> FloatArray:
        return self._drawn(2)

    @cached_property
    def _floor(self) -> float:
        return self._transport(self._real, self._drawn(3)).w1

    def _transport(self, real: FloatArray, fake: FloatArray) -> Plan:
        return line_transport(real, fake) if self.data.dim == 1 else optimal_transport(real, fake)

    def _drawn(self, index: int) -> FloatArray:
        """A batch of true samples of its own."""
        drawn = self.data.held_out(Streams(self.seed).at(0, Stream.MEASURED_REAL, index), POINTS)
        return drawn.astype(np.float64)

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        fake = snapshot.generate(POINTS).astype(np.float64)
        found = self._transport(self._real, fake)
        start, end = found.segments()
        arrays: dict[str, NDArray[np.generic]] = {
            name: points[:: max(1, len(points) // SHOWN)].astype(np.float32)
            for name, points in (("start", start), ("end", end))
        }
        estimate = slope = cosine = math.nan
        if self.data.dim == 1:
            arrays["plan"] = _binned(found, snapshot.view)
        if isinstance(snapshot.experiment.objective, Wasserstein) and not no_potential(snapshot.experiment):
            critic = snapshot.judge
            share = Streams(self.seed).at(0, Stream.CRITIC_FIELD, 1).random((len(start), 1))
            between = input_gradient(critic, _tensor(start + share * (end - start)))
            ends = input_gradient(critic, _tensor(np.concatenate((self._real, fake))))
            slope = float(torch.cat((gradient_norms(between), gradient_norms(ends))).max())
            cosine = float(np.nanmean(alignment(found, to_numpy(between).astype(np.float64))))
            with torch.no_grad():
                real_mean, fake_mean = (float(critic(_tensor(points)).mean()) for points in (self._real, fake))
            points, shape = grid_points(snapshot.view, self.data.dim)
            estimate = (real_mean - fake_mean) / slope if slope else 0.0
            potential = found.potential(points).reshape(shape) - found.potential(self._real).mean()
            arrays["optimal"] = (slope * potential + real_mean).astype(np.float32)
        row = (found.w1, self._floor, estimate, slope, cosine)
        return Picture(arrays, box_numbers(snapshot.view) | dict(zip(self.COLUMNS, row, strict=True))), row


def _binned(plan: Plan, view: View) -> NDArray[np.float32]:
    start, end = (ends[:, 0] for ends in plan.segments())
    left, right, *_ = view.box
    mass, _, _ = np.histogram2d(start, end, CELLS, ((left, right), (left, right)), weights=plan.mass)
    return mass.astype(np.float32)


def _tensor(points: FloatArray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(points, dtype=np.float32))
