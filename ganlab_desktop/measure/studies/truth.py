"""The discriminator at hand beside the best one against the generator at hand."""

import math
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.networks import AffineGenerator, NormalLatent
from ganlab_desktop.experiment.objectives import Wasserstein, unbounded_divergence
from ganlab_desktop.experiment.schedules import noise_std
from ganlab_desktop.gan.data.distribution import Distribution, FloatArray
from ganlab_desktop.gan.objectives import Objective
from ganlab_desktop.gan.objectives.objective import Term
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.metrics.matched_kernel import MatchedKernel
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.probes.probe import box_numbers, grid_points, to_numpy
from ganlab_desktop.measure.studies.known import LinePair, line_pair, seen_as_they_are
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.studies.transport import no_potential
from ganlab_desktop.measure.theory.kernel_density import DensityPair, density_pair
from ganlab_desktop.measure.theory.line import GaussianSum, quadrature

SAMPLES = 5000  # fewer than the metrics take, so that several looks a second are cheap
_BLOCK = 2  # cells along each side of a block whose middle D is asked at: it varies less than the densities
_NOTHING = 1e-9  # of either mass: cells with less are no more than the rounding of the rest
_FARTHEST = 700.0  # log ratio where one side has nothing: exp of it is still a float


def no_density(experiment: Experiment, data: Distribution) -> str:
    """Why the densities of data and generated samples cannot be compared; empty where they can."""
    if not data.has_density:
        return "these points have no known density"
    if experiment.latent.dim < data.dim:
        return "with fewer latent than data dimensions the generator has no density"
    return ""


def no_optimum(experiment: Experiment, data: Distribution, objective: Objective) -> str:
    """Why the best discriminator cannot be drawn; empty where it can."""
    if isinstance(experiment.objective, Wasserstein):
        return no_potential(experiment)  # which needs no density
    if objective.optimal is None:
        return objective.reason
    if experiment.discriminator.minibatch != "none":
        return "a discriminator with minibatch layers tells batches apart, not single samples"
    if experiment.discriminator.norm == "batch":
        return "batch norm makes D(x) depend on the batch of x, so that no best D(x) is that of single samples"
    return no_density(experiment, data)


def no_value(experiment: Experiment, data: Distribution, objective: Objective) -> str:
    """Why the game's value is not told beside its optimum; empty where it is."""
    if reason := no_optimum(experiment, data, objective):
        return reason
    if isinstance(experiment.objective, Wasserstein):
        return "the critic's estimate stands beside W1 instead"
    if objective.terms is None:
        return "this loss compares pairs of samples, so that its value is no sum over single ones"
    if experiment.discriminator.packing > 1:
        return "it is a mean over packs of samples, whose distributions have too many dimensions for sums over cells"
    if unbounded_divergence(experiment.objective) and not _without_samples(experiment, data):
        return "this divergence has no bound, and where q is known by samples alone their number sets its size"
    return ""


def _without_samples(experiment: Experiment, data: Distribution) -> bool:
    """Whether both densities are known where D sees them, so that `look` takes no sample (see LinePair)."""
    one_gaussian = isinstance(experiment.generator, AffineGenerator) and isinstance(experiment.latent, NormalLatent)
    return one_gaussian and data.dim == 1 and data.modes is not None and not experiment.instance_noise.std


class Truth(Study):
    """V(D, G) = -L_D on both distributions, smoothed alike, against its largest value over all D: for the log losses
    -log 4 + 2 JSD. NaN where `no_value` tells why.

    Both are sums over the cells of MatchedKernel, so that the value never exceeds the optimum but for rounding. Under
    instance noise both distributions are convolved with the noise of the step, as D sees them. A packing discriminator
    sees products of densities: its best output for (x, ..., x), m samples, is that of the ratio (p / q)^m. Where both
    sides are Gaussians on the line that D sees as they are, nothing is smoothed and no sample taken: sums are over a
    quadrature, and `h` is 0.

    Arrays over the view, (R, R) or (1, R), NaN where neither side has mass at scale `h`: ratio, log p / q, and
    generated, the generator's log density, where both have a density; optimal, the best D in the surface's terms, and
    difference, D minus that, where the densities tell it.
    """

    COLUMNS = ("value", "optimum")
    REST = 0.17
    SHARE = 0.35
    FOLLOWS_VIEW = True
    JUDGES = False

    def __init__(self, data: Distribution, seed: int) -> None:
        super().__init__(data, seed)
        self._kernel: MatchedKernel | None = None

    @cached_property
    def _real(self) -> NDArray[np.float32]:
        return self.data.held_out(Streams(self.seed).at(0, Stream.MEASURED_REAL, 4), SAMPLES)

    @classmethod
    def fits(cls, experiment: Experiment, data: Distribution, objective: Objective) -> bool:
        return not no_density(experiment, data)

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        experiment, objective = snapshot.experiment, snapshot.objective
        noise = noise_std(experiment.instance_noise, snapshot.step)
        known = line_pair(snapshot) if seen_as_they_are(snapshot) else None
        if known is not None:
            pair, cells = _exact_densities(known, snapshot), partial(_exact_cells, known, snapshot)
        else:
            samples, kernel = snapshot.generate(SAMPLES), self._kernel_under(noise)
            pair = self._densities(snapshot, samples, kernel)
            cells = partial(self._cells, snapshot, samples, kernel)
        ratio = np.clip(pair.log_ratio, -_FARTHEST, _FARTHEST)
        arrays = {"ratio": ratio.astype(np.float32), "generated": pair.log_q.astype(np.float32)}
        row: Row = (math.nan, math.nan)
        if objective.optimal is not None and not no_optimum(experiment, self.data, objective):
            found = None if no_value(experiment, self.data, objective) and not objective.floating else cells()
            if found is not None and objective.terms is not None:
                row = found.values(objective.terms)
            packs = np.clip(experiment.discriminator.packing * ratio, -_FARTHEST, _FARTHEST)
            best = objective.optimal(torch.from_numpy(packs))
            arrays |= _beside_the_best(snapshot, best + found.offset() if found and objective.floating else best)
        numbers = dict(zip(self.COLUMNS, row, strict=True)) | {"h": pair.h} | box_numbers(snapshot.view)
        return Picture({**arrays}, numbers), row

    def _kernel_under(self, noise: float) -> MatchedKernel:
        """The cells under that much noise; while it fades every look needs its own, which takes up to 0.1 s."""
        if self._kernel is None or self._kernel.noise != noise:
            self._kernel = MatchedKernel(self.data, SAMPLES, noise)
        return self._kernel

    def _densities(self, snapshot: Snapshot, samples: NDArray[np.float32], kernel: MatchedKernel) -> DensityPair:
        """Over the view, at a scale that its points can show."""
        points, shape = grid_points(snapshot.view, self.data.dim)
        columns = points[: shape[1], 0]
        rows = points[:: shape[1], 1] if self.data.dim > 1 else None
        return density_pair(self.data, samples, columns, rows, max(kernel.h, float(columns[1] - columns[0])))

    def _cells(self, snapshot: Snapshot, samples: NDArray[np.float32], kernel: MatchedKernel) -> "_Cells":
        """The cells of the kernel; each side gets one more sample, spread evenly, so that both are finite. What lies
        outside the cells counts as one more, in which D says what it says there on average."""
        p, q = kernel.p, kernel.smoothed(samples)
        cells = np.flatnonzero((p > _NOTHING) | (q > _NOTHING))
        even = 1 / (p.size + 1)
        p, q = (mass.ravel()[cells] for mass in (p, q))
        p, q = (np.append(mass, max(0.0, 1 - mass.sum())) for mass in (p, q))
        p, q = ((mass * len(samples) + even) / (len(samples) + 1) for mass in (p, q))
        blocks, block_of_cell = _blocks(cells, kernel.shape)
        centres = kernel.origin + _BLOCK * (blocks + 0.5) * kernel.cell
        outside = np.concatenate([points[~kernel.covers(points)] for points in (self._real, samples)])
        with torch.no_grad():
            v, far = (
                snapshot.judge(torch.from_numpy(points.astype(np.float32))).ravel() for points in (centres, outside)
            )
        v = torch.cat((v[torch.from_numpy(block_of_cell)], far.mean().nan_to_num()[None]))
        ratio = snapshot.experiment.discriminator.packing * np.log(p / q)
        return _Cells(p, q, v, _optimal(snapshot)(torch.from_numpy(ratio.astype(np.float32))))


class _Cells(NamedTuple):
    """Masses p and q (N,) of cells that hold all of both, D's raw outputs v there, and the best ones."""

    p: FloatArray
    q: FloatArray
    v: Tensor
    best: Tensor

    def values(self, terms: tuple[Term, Term]) -> Row:
        """V(D, G) = -L_D and its largest value over all D."""
        value, optimum = (
            -float(self.p @ terms[0](v).double().numpy() + self.q @ terms[1](v).double().numpy())
            for v in (self.v, self.best)
        )
        return value, optimum

    def offset(self) -> float:
        """By how much D exceeds the best one on average over real and generated samples alike."""
        return float(((self.p + self.q) / 2) @ (self.v - self.best).double().numpy())


def _optimal(snapshot: Snapshot) -> Term:
    optimal = snapshot.objective.optimal
    assert optimal is not None
    return optimal


def exact_values(known: LinePair, snapshot: Snapshot) -> Row:
    """V(D, G) and its largest value over all D, without samples; for an f-GAN the largest is its divergence. NaN where
    the objective has no optimum in closed form or scores samples against each other."""
    terms = snapshot.objective.terms
    if terms is None or snapshot.objective.optimal is None:
        return math.nan, math.nan
    return _exact_cells(known, snapshot).values(terms)


def _exact_cells(known: LinePair, snapshot: Snapshot) -> _Cells:
    """The points of a quadrature."""
    x, weights, log_p, log_q = quadrature(known.p, GaussianSum.single(known.mean, known.std))
    with torch.no_grad():
        v = snapshot.judge(torch.from_numpy(x[:, None].astype(np.float32))).double().ravel()
    best = _optimal(snapshot)(torch.from_numpy(np.clip(log_p - log_q, -_FARTHEST, _FARTHEST)))
    return _Cells(np.exp(log_p) * weights, np.exp(log_q) * weights, v, best)


def _exact_densities(known: LinePair, snapshot: Snapshot) -> DensityPair:
    points, shape = grid_points(snapshot.view, 1)
    log_p, log_q = (
        side.log_density(points[:, 0]).reshape(shape) for side in (known.p, GaussianSum.single(known.mean, known.std))
    )
    return DensityPair(log_p, log_q, np.ones(shape, np.bool_), 0.0)


def _blocks(cells: NDArray[np.intp], shape: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The blocks (M, dim) that hold cells (N,) of a grid, and for each cell (N,) which of them it lies in."""
    blocks = tuple(-(-side // _BLOCK) for side in shape)
    block_of_cell = np.ravel_multi_index(tuple(place // _BLOCK for place in np.unravel_index(cells, shape)), blocks)
    held = np.zeros(math.prod(blocks), np.bool_)
    held[block_of_cell] = True
    numbers = np.cumsum(held) - 1
    return np.argwhere(held.reshape(blocks)), numbers[block_of_cell]


def _beside_the_best(snapshot: Snapshot, best: Tensor) -> dict[str, NDArray[np.float32]]:
    """The best raw output over the view in the surface's terms, and the discriminator's minus it."""
    objective = snapshot.objective
    points, shape = grid_points(snapshot.view, snapshot.data.dim)
    with torch.no_grad():
        shown = snapshot.judge(torch.from_numpy(points.astype(np.float32))).double().reshape(shape)
    best, shown = objective.shown(best), objective.shown(shown)
    return {"optimal": to_numpy(best), "difference": to_numpy(shown - best)}
