"""What a player could win from here on against the other standing still."""

import math
from dataclasses import replace
from functools import cached_property

import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.experiment.penalties import GradientPenalty, OneSidedGradientPenalty, WeightClipping
from ganlab_desktop.gan.data.distribution import Box
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.metrics.duality_gap import Value, duality_gap
from ganlab_desktop.measure.metrics.matched_kernel import SAMPLES, MatchedKernel
from ganlab_desktop.measure.metrics.two_sample import fresh_discriminator_test
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.losses import batch, losses_on, parameters
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study

TESTED = 1000  # samples on each side of the two-sample test
BATCH = 256  # samples that a player searches on, and as many others that judge it
_RATE = 3e-3
_FEWEST, _MOST = 20, 200  # steps of a search
_MOVED = 20_000_000  # parameters that a search moves in all: a large game is searched in fewer steps


def no_gap(experiment: Experiment) -> str:
    """Why the duality gap is not measured; empty where it is."""
    discriminator = experiment.discriminator
    if experiment.autoencodes:
        return "a variational autoencoder is no game"
    if discriminator.packing > 1:
        return "a packing discriminator judges groups of samples"
    if discriminator.spectral_norm:
        return "spectral norm follows a search only in training"
    bounds = (GradientPenalty, OneSidedGradientPenalty, WeightClipping)
    bounded = discriminator.orthonormal or any(isinstance(penalty, bounds) for penalty in experiment.penalties)
    if isinstance(experiment.objective, Wasserstein) and not bounded:
        return "nothing bounds the critic, and so the gap"
    return ""


def gap_of(snapshot: Snapshot) -> float:
    """The duality gap of V = -L_D, penalties included, between the networks that play; NaN where `no_gap` says why.

    Samples count as inside the data's box: a generator that leaves it could win any amount, as D's output grows without
    bound out there.
    """
    if no_gap(snapshot.experiment):
        return math.nan
    within = _Within(snapshot.data.box, snapshot.data.dim)
    bounded = replace(snapshot, generator=nn.Sequential(snapshot.generator, within))
    limits = [penalty.limit for penalty in snapshot.experiment.penalties if isinstance(penalty, WeightClipping)]

    def value_on(index: int) -> Value:
        losses = losses_on(bounded, *batch(snapshot, BATCH, real=6 + index, latent=1 + index, held_out=True))

        def value(theta: Tensor, psi: Tensor) -> Tensor:
            return -losses(theta, psi.clamp(-min(limits), min(limits)) if limits else psi)[1]

        return value

    theta, psi = parameters(snapshot.generator), parameters(snapshot.discriminator)
    steps = max(_FEWEST, min(_MOST, _MOVED // (len(theta) + len(psi))))
    return duality_gap(value_on(1), theta, psi, steps, _RATE, held_out=value_on(2), wanted=snapshot.wanted).gap


class _Within(nn.Module):
    """Keeps samples (N, dim) inside a box (left, right, bottom, top)."""

    def __init__(self, box: Box, dim: int) -> None:
        super().__init__()
        self._low, self._high = (torch.tensor(edges[:dim]) for edges in ((box[0], box[2]), (box[1], box[3])))

    def forward(self, samples: Tensor) -> Tensor:
        return samples.clamp(self._low, self._high)


class BestResponse(Study):
    """Two searches that take a second or more, so seldom: a fresh discriminator trained against the samples (of the
    generator's average where it is kept), and the duality gap.

    two_sample: the fresh one's accuracy on held-out samples; two_sample_best: (1 + TV) / 2 at the scale of the
    divergences, the most that any reaches; duality_gap: see `gap_of`. Number besides: two_sample_floor, what
    two_sample_best is for true samples.
    """

    COLUMNS = ("two_sample", "two_sample_best", "duality_gap")
    REST = 4.0
    SHARE = 0.2
    SLOW = True
    JUDGES = False

    @cached_property
    def _kernel(self) -> MatchedKernel:
        return MatchedKernel(self.data)

    @cached_property
    def _floor(self) -> float:
        if not self.data.has_density:
            return math.nan
        return (1 + self._kernel.floor(Streams(self.seed).at(0, Stream.MEASURED_REAL)).tv) / 2

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        fake = snapshot.generate(SAMPLES, average=True)
        streams = Streams(self.seed)
        real = self.data.held_out(streams.at(0, Stream.MEASURED_REAL, 9), TESTED)
        drawn = streams.at(0, Stream.MEASURED_REAL, 10)
        accuracy = fresh_discriminator_test(real, fake[:TESTED], drawn, wanted=snapshot.wanted).accuracy
        best = (1 + self._kernel.measure(fake).tv) / 2 if self.data.has_density else math.nan
        row = (accuracy, best, gap_of(snapshot))
        return Picture({}, dict(zip(self.COLUMNS, row, strict=True)) | {"two_sample_floor": self._floor}), row
