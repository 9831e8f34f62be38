"""The quantities by which a training is judged, see measure/health.py."""

import math
from functools import cached_property, partial

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from scipy.spatial import cKDTree
from torch import Tensor, nn

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.experiment.penalties import R1, R2, WeightClipping
from ganlab_desktop.gan.data.distribution import Samples
from ganlab_desktop.gan.penalties import gradient_norms, input_gradient
from ganlab_desktop.gan.penalties.gradient_penalty import interpolate
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.health import Quantities
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.studies.likelihood import encoder_of
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study, held_out
from ganlab_desktop.measure.theory.velocity import generator_slopes

POINTS = 1000  # of each kind: fresh, training, generated, between
_IMAGES = 128  # of each kind where they are images, which take longer
_REGIONS = 8  # into which data without modes are divided
_AT_LIMIT = 0.999  # of the clipping limit


class Health(Study):
    """Of the generator that plays and the discriminator at hand, a few milliseconds a look."""

    COLUMNS = Quantities._fields
    REST = 0.5
    SHARE = 0.03
    LIGHT = True
    ALWAYS = True
    WHOLE = True
    IMAGES = True
    JUDGES = False

    @cached_property
    def _count(self) -> int:
        return POINTS if self.data.image is None else _IMAGES

    @cached_property
    def _fresh(self) -> tuple[Samples, Tensor | None]:
        return held_out(self.data, Streams(self.seed).at(0, Stream.MEASURED_REAL, 4), self._count)

    @property
    def _real(self) -> Samples:
        return self._fresh[0]

    @cached_property
    def _chosen(self) -> NDArray[np.intp]:
        """The numbers of some of the training points, in no order."""
        points = self.data.train_points
        count = 0 if points is None else len(points)
        return Streams(self.seed).at(0, Stream.MEASURED_REAL, 5).permutation(count)[: self._count]

    @cached_property
    def _training(self) -> Samples | None:
        return None if self.data.train_points is None else self.data.train_points[self._chosen]

    @cached_property
    def _training_told(self) -> Tensor | None:
        told = self.data.told_of_training(self._chosen)
        return None if told is None else torch.from_numpy(told)

    @cached_property
    def _regions(self) -> "_Regions":
        """The modes; of data without modes, or with a single one, regions of what is trained on."""
        modes, points = self.data.modes, self._real if self._training is None else self._training
        if modes is not None and len(modes.weights) > 1:
            return _Regions(modes.centres, modes.weights, points)
        rng = Streams(self.seed).at(0, Stream.MEASURED_REAL, 6)
        centres, labels = kmeans2(points.astype(np.float64), min(_REGIONS, len(points)), minit="++", rng=rng)
        weights = np.bincount(labels, minlength=len(centres)) / len(labels)
        return _Regions(centres[weights > 0], weights[weights > 0], points)

    @cached_property
    def _axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The data's mean (d,), and the matrix (2, d) to coordinates along their principal axes, in units of the
        standard deviation along the first; the second row is NaN on the line."""
        real = self._real.astype(np.float64)
        mean = real.mean(0)
        _, lengths, directions = np.linalg.svd(real - mean, full_matrices=False)
        axes = np.full((2, self.data.dim), math.nan)
        found = directions[:2] * (math.sqrt(len(real) - 1) / lengths[0])
        axes[: len(found)] = found
        return mean, axes

    def look(self, snapshot: Snapshot) -> tuple[Picture, Row]:
        found = self.measure(snapshot)
        return Picture({}, found._asdict()), tuple(found)

    def measure(self, snapshot: Snapshot) -> Quantities:
        """All quantities; NaN where one does not apply, or where the networks are no longer finite."""
        generated = snapshot.generate(self._count, condition=self._fresh[1])  # the same for real and generated samples
        mean, axes = self._axes
        offset = axes @ (generated.astype(np.float64).mean(0) - mean)
        alone = self.data.modes is not None and len(self.data.modes.weights) == 1
        placed = generated - (generated.mean(0) - mean).astype(np.float32) if alone else generated
        of_samples = Quantities(
            reached=float(self._regions.reached(placed)),
            regions=float(len(self._regions.weights)),
            near=self._regions.near(generated),
            offset_1=float(offset[0]),
            offset_2=float(offset[1]),
        )
        if not snapshot.objective.judges:
            with torch.no_grad():
                posterior = encoder_of(snapshot).encode(torch.from_numpy(self._real))
            return of_samples._replace(latent_nats=float(posterior.divergence().mean()))
        return of_samples._replace(**self._judged(snapshot, torch.from_numpy(generated)))

    def _judged(self, snapshot: Snapshot, fake: Tensor) -> dict[str, float]:
        """What the discriminator tells, with generated samples (N, dim)."""
        experiment, objective, told = snapshot.experiment, snapshot.objective, self._fresh[1]
        critic, of_fake = (partial(judge, condition=told) for judge in (snapshot.judge, snapshot.judge_fake))
        real = torch.from_numpy(self._real)
        training = None if self._training is None else torch.from_numpy(self._training)
        with torch.no_grad():
            v_real, v_fake = critic(real), of_fake(fake)
            v_training = None if training is None else snapshot.judge(training, self._training_told)
        rate = objective.rating
        ranked, error = (math.nan, math.nan) if v_training is None else _ranked(rate(v_training), rate(v_real))
        border = math.nan if objective.rated_border is None else objective.rated_border  # of a critic differences count
        slopes = gradient_norms(input_gradient(of_fake, fake))
        between = interpolate(real, fake, Streams(self.seed).at(0, Stream.CRITIC_FIELD, 2))
        steepness = float(gradient_norms(input_gradient(critic, between)).mean())
        return {
            "real_accuracy": _share(rate(v_real), border),
            "training_accuracy": math.nan if v_training is None else _share(rate(v_training), border),
            "fake_accuracy": 1.0 - _share(rate(v_fake), border),
            "fake_output": float(objective.shown(v_fake).mean()),
            "ranked": ranked,
            "ranked_error": error,
            "generator_gradient": float((generator_slopes(objective, v_real, v_fake) * slopes).mean()),
            "output_gradient": float(slopes.mean()),
            "clipped": _clipped(experiment, snapshot.discriminator),
            "slope": steepness if _asks_slope(experiment) else math.nan,
        }


class _Regions:
    """Data points (N, d) divided into regions, each what is nearest to its centre (K, d), with weights (K,)."""

    def __init__(self, centres: NDArray[np.float64], weights: NDArray[np.float64], points: Samples) -> None:
        self.weights = weights
        self._centres, self._points = cKDTree(centres), cKDTree(points)
        spacing = self._centres.query(centres, k=2)[0][:, 1] if len(centres) > 1 else np.ones(1)
        self._reach = float(np.median(spacing)) / 4

    def reached(self, samples: Samples) -> int:
        """How many regions hold at least a quarter of their own weight of samples (N, d)."""
        counts = np.bincount(self._centres.query(_finite(samples))[1], minlength=len(self.weights))
        return int((counts >= self.weights * len(samples) / 4).sum())

    def near(self, samples: Samples) -> float:
        """The share of samples (N, d) that lie near the data: a data point is closer than a quarter of the distance
        between neighbouring centres."""
        return float((self._points.query(_finite(samples))[0] < self._reach).sum() / len(samples))


def _finite(samples: Samples) -> Samples:
    return samples[np.isfinite(samples).all(1)]


def _share(v: Tensor, border: float) -> float:
    return float((v > border).float().mean()) if math.isfinite(border) and bool(v.isfinite().all()) else math.nan


def _ranked(training: Tensor, fresh: Tensor) -> tuple[float, float]:
    """The probability that D ranks a training point above a fresh one (ties count half), and its standard error where
    both come from one distribution (Mann and Whitney 1947)."""
    n, m = len(training), len(fresh)
    ascending, ranked = np.sort(fresh.ravel().numpy()), training.ravel().numpy()
    below = [np.searchsorted(ascending, ranked, side).sum(dtype=np.int64) for side in ("left", "right")]
    return float(sum(below)) / (2 * n * m), math.sqrt((n + m + 1) / (12 * n * m))


def _clipped(experiment: Experiment, critic: nn.Module) -> float:
    """The share of the critic's parameters at the clipping limit; NaN where nothing is clipped."""
    limits = [penalty.limit for penalty in experiment.penalties if isinstance(penalty, WeightClipping)]
    if not limits:
        return math.nan
    parameters = torch.cat([parameter.detach().ravel() for parameter in critic.parameters()])
    return float((parameters.abs() >= _AT_LIMIT * min(limits)).float().mean())


def _asks_slope(experiment: Experiment) -> bool:
    """Whether the critic's slope is to be 1: clipping and zero-centred penalties ask for another one."""
    other = any(isinstance(penalty, WeightClipping | R1 | R2) for penalty in experiment.penalties)
    return isinstance(experiment.objective, Wasserstein) and not other
