"""The discriminator at hand beside the best one against the generator at hand."""

import math
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.gan.data.distribution import Distribution, FloatArray
from ganlab_desktop.gan.objectives import Objective
from ganlab_desktop.gan.objectives.objective import Term
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.metrics.matched_kernel import MatchedKernel
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.probes.probe import box_numbers, grid_points, to_numpy
from ganlab_desktop.measure.studies.known import LinePair, line_pair
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.theory.kernel_density import DensityPair, density_pair
from ganlab_desktop.measure.theory.line import GaussianSum, quadrature

SAMPLES = 5000  # fewer than the metrics take, so that several looks a second are cheap
_FARTHEST = 700.0  # log ratio where one side has nothing: exp of it is still a float


def no_optimum(experiment: Experiment, data: Distribution, objective: Objective) -> str:
    """Why the best discriminator cannot be drawn; empty where it can."""
    if isinstance(experiment.objective, Wasserstein):
        return ""  # the Kantorovich potential needs no density
    if objective.optimal is None:
        return objective.reason
    if experiment.discriminator.packing > 1:
        return "a packing discriminator tells groups of samples apart, not single ones"
    if experiment.discriminator.minibatch != "none":
        return "a discriminator with minibatch layers tells batches apart, not single samples"
    if experiment.instance_noise.std:
        return "instance noise blurs what D sees, and the best D is known for sharp samples only"
    if not data.has_density:
        return "these points have no known density"
    if experiment.latent.dim < data.dim:
        return "with fewer latent than data dimensions the generator has no density"
    return ""


class Truth(Study):
    """V(D, G) = -L_D on both distributions, smoothed alike, against its largest value over all D: for the log losses
    -log 4 + 2 JSD. NaN where the objective has no optimum in closed form or is not a sum over samples.

    Both are sums over the cells of MatchedKernel, so that the value never exceeds the optimum. Where both sides are
    Gaussians on the line, nothing is smoothed and no sample taken: sums are over a quadrature, and `h` is 0.

    Arrays over the view, (R, R) or (1, R): optimal, the best D in the surface's terms; difference, D minus that; ratio,
    log p / q; generated, the generator's log density. NaN where neither side has mass at scale `h`.
    """

    COLUMNS = ("value", "optimum")
    REST = 0.08
    SHARE = 0.4
    FOLLOWS_VIEW = True

    @cached_property
    def _kernel(self) -> MatchedKernel:
        return MatchedKernel(self.data, SAMPLES)

    @cached_property
    def _real(self) -> NDArray[np.float32]:
        return self.data.held_out(Streams(self.seed).at(0, Stream.MEASURED_REAL, 4), SAMPLES)

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        if no_optimum(snapshot.experiment, self.data, snapshot.objective) or snapshot.objective.optimal is None:
            return Picture({}), (math.nan, math.nan)
        if (known := line_pair(snapshot)) is not None:
            row: Row = exact_values(known, snapshot)
            pair = _exact_densities(known, snapshot)
        else:
            samples = snapshot.generate(SAMPLES)
            row, pair = self._values(snapshot, samples), self._densities(snapshot, samples)
        numbers = dict(zip(self.COLUMNS, row, strict=True)) | {"h": pair.h} | box_numbers(snapshot.view)
        return Picture(_arrays(snapshot, pair), numbers), row

    def _densities(self, snapshot: Snapshot, samples: NDArray[np.float32]) -> DensityPair:
        """Over the view, at a scale that its points can show."""
        points, shape = grid_points(snapshot.view, self.data.dim)
        columns = points[: shape[1], 0]
        rows = points[:: shape[1], 1] if self.data.dim > 1 else None
        return density_pair(self.data, samples, columns, rows, max(self._kernel.h, float(columns[1] - columns[0])))

    def _values(self, snapshot: Snapshot, samples: NDArray[np.float32]) -> Row:
        """V(D, G) and its largest value; each side gets one more sample, spread evenly, so that both are finite. What
        lies outside the cells counts as one more, in which D says what it says there on average."""
        terms, optimal = snapshot.objective.terms, snapshot.objective.optimal
        if terms is None or optimal is None:
            return math.nan, math.nan
        kernel = self._kernel
        p, q = kernel.p, kernel.smoothed(samples)
        seen = (p > 0) | (q > 0)
        even = 1 / (p.size + 1)
        p, q = (np.append(mass[seen], max(0.0, 1 - mass.sum())) for mass in (p, q))
        p, q = ((mass * len(samples) + even) / (len(samples) + 1) for mass in (p, q))
        centres = kernel.origin + (np.argwhere(seen) + 0.5) * kernel.cell
        outside = np.concatenate([points[~kernel.covers(points)] for points in (self._real, samples)])
        with torch.no_grad():
            v, far = (
                snapshot.judge(torch.from_numpy(points.astype(np.float32))).double().ravel()
                for points in (centres, outside)
            )
        v = torch.cat((v, far.mean().nan_to_num()[None]))
        best = optimal(torch.from_numpy(np.log(p) - np.log(q)))
        value, optimum = (_value(terms, p, q, outputs) for outputs in (v, best))
        return value, optimum


def exact_values(known: LinePair, snapshot: Snapshot) -> tuple[float, float]:
    """V(D, G) and its largest value over all D, without samples; for an f-GAN the largest is its divergence. NaN where
    the objective has no optimum in closed form or scores samples against each other."""
    terms, optimal = snapshot.objective.terms, snapshot.objective.optimal
    if terms is None or optimal is None:
        return math.nan, math.nan
    x, weights, log_p, log_q = quadrature(known.p, GaussianSum.single(known.mean, known.std))
    with torch.no_grad():
        v = snapshot.judge(torch.from_numpy(x[:, None].astype(np.float32))).double().ravel()
    best = optimal(torch.from_numpy(np.clip(log_p - log_q, -_FARTHEST, _FARTHEST)))
    p, q = np.exp(log_p) * weights, np.exp(log_q) * weights
    return _value(terms, p, q, v), _value(terms, p, q, best)


def _value(terms: tuple[Term, Term], p: FloatArray, q: FloatArray, outputs: torch.Tensor) -> float:
    """-L_D of raw outputs (N,) for masses p and q (N,)."""
    return -float((torch.from_numpy(p) * terms[0](outputs) + torch.from_numpy(q) * terms[1](outputs)).sum())


def _exact_densities(known: LinePair, snapshot: Snapshot) -> DensityPair:
    points, shape = grid_points(snapshot.view, 1)
    log_p, log_q = (
        side.log_density(points[:, 0]).reshape(shape) for side in (known.p, GaussianSum.single(known.mean, known.std))
    )
    return DensityPair(log_p, log_q, np.ones(shape, np.bool_), 0.0)


def _arrays(snapshot: Snapshot, pair: DensityPair) -> dict[str, NDArray[np.generic]]:
    objective = snapshot.objective
    assert objective.optimal is not None
    ratio = np.clip(pair.log_ratio, -_FARTHEST, _FARTHEST)
    best = objective.optimal(torch.from_numpy(ratio))
    points, shape = grid_points(snapshot.view, snapshot.data.dim)
    with torch.no_grad():
        shown = snapshot.judge(torch.from_numpy(points.astype(np.float32))).double().reshape(shape)
    if objective.output == "probability":
        best, shown = torch.sigmoid(best), torch.sigmoid(shown)
    elif objective.floating:  # only differences of outputs count: move the best one to the same mean
        best = best + (shown - best).nanmean()
    return {
        "optimal": to_numpy(best),
        "difference": to_numpy(shown - best),
        "ratio": ratio.astype(np.float32),
        "generated": pair.log_q.astype(np.float32),
    }
