"""Mixtures of Gaussians: ring, grid, random mixture, pair, ellipse and mixtures on the line."""

import numpy as np

from ganlab_desktop.experiment.data import Ellipse, Gaussians, Grid, Mixture, Mixture1D, Ring
from ganlab_desktop.gan.data.create import create
from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Labels, Modes, Samples, fit_box
from ganlab_desktop.gan.data.gaussian_sum import log_gaussian_sum, log_isotropic_sum
from ganlab_desktop.gan.streams import Stream, Streams

_VIEW = 3.0  # the view shows so many standard deviations around each mode


class GaussianMixture(Distribution):
    """A mixture of Gaussians with centres (K, d), covariances (K, d, d) and relative weights (K,)."""

    def __init__(self, centres: FloatArray, covariances: FloatArray, weights: FloatArray) -> None:
        weights = weights / weights.sum()
        self.modes: Modes = Modes(centres, covariances, weights)
        self._set_classes(weights)
        self.dim = centres.shape[1]
        variances = np.linalg.eigvalsh(covariances)
        self.detail = float(np.sqrt(variances.min()))
        spread = _VIEW * np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
        self.box = fit_box((centres - spread).min(0), (centres + spread).max(0))
        self._sigma = self.detail if np.ptp(variances) <= 1e-12 * variances.max() else None
        self._factors = np.linalg.cholesky(covariances).astype(np.float32)
        self._centres = centres.astype(np.float32)
        self._thresholds = np.cumsum(weights)[:-1]

    def sample(self, rng: np.random.Generator, n: int) -> Samples:
        return self.labelled(rng, n)[0]

    def labelled(self, rng: np.random.Generator, n: int) -> tuple[Samples, Labels]:
        """The class of a sample is its mode."""
        mode = self._thresholds.searchsorted(rng.random(n), side="right")
        noise = rng.standard_normal((n, self.dim), dtype=np.float32)
        if self._sigma is None:
            noise = np.matmul(self._factors.take(mode, axis=0), noise[:, :, None])[:, :, 0]
        else:
            noise *= self._sigma
        noise += self._centres.take(mode, axis=0)
        return noise, mode

    def _class(self, label: int) -> Distribution:
        centres, covariances, _ = (part[label : label + 1] for part in self.modes)
        return GaussianMixture(centres, covariances, np.ones(1))

    def log_density(self, x: FloatArray) -> FloatArray:
        return self.smoothed_log_density(x, 0.0)

    def smoothed_log_density(self, x: FloatArray, h: float) -> FloatArray:
        centres, covariances, weights = self.modes
        if self._sigma is not None:
            return log_isotropic_sum(x, centres, weights, float(np.hypot(self._sigma, h)))
        return log_gaussian_sum(x, centres, covariances + h**2 * np.eye(self.dim), weights)


def round_mixture(centres: FloatArray, sigma: float, scale: float, weights: FloatArray | None = None) -> Distribution:
    """Round Gaussians of one width at centres (K, d), in data units; equal weights where none are given."""
    count, dim = centres.shape
    covariances = np.broadcast_to((sigma / scale) ** 2 * np.eye(dim), (count, dim, dim)).copy()
    return GaussianMixture(centres / scale, covariances, np.ones(count) if weights is None else weights)


@create.register
def ring(spec: Ring) -> Distribution:
    """Modes at the angles 2 pi k / modes, k = 0 .. modes - 1, so that the first and the last do not coincide."""
    angles = 2 * np.pi * np.arange(spec.modes) / spec.modes
    return round_mixture(spec.radius * np.column_stack([np.cos(angles), np.sin(angles)]), spec.sigma, spec.scale)


@create.register
def ellipse(spec: Ellipse) -> Distribution:
    angle = np.deg2rad(spec.angle)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    covariance = turn @ np.diag([spec.major**2, spec.minor**2]) @ turn.T
    return GaussianMixture(np.zeros((1, 2)), covariance[None] / spec.scale**2, np.ones(1))


@create.register
def grid(spec: Grid) -> Distribution:
    places = spec.spacing * (np.arange(spec.side) - (spec.side - 1) / 2)
    centres = np.stack(np.meshgrid(places, places, indexing="ij"), axis=-1).reshape(-1, 2)
    return round_mixture(centres, spec.sigma, spec.scale)


@create.register
def mixture(spec: Mixture) -> Distribution:
    """Centres uniform in the square; weights uniform from 1/2 to 3/2 before they are normalised, so none vanishes."""
    rng = Streams(spec.layout).at(0, Stream.LAYOUT)
    centres = spec.extent * (2 * rng.random((spec.modes, 2)) - 1)
    return round_mixture(centres, spec.sigma, spec.scale, 0.5 + rng.random(spec.modes))


@create.register
def gaussians(spec: Gaussians) -> Distribution:
    centres = np.array([[-spec.distance / 2, 0.0], [spec.distance / 2, 0.0]])
    return round_mixture(centres, spec.sigma, spec.scale, np.array([spec.share, 1 - spec.share]))


@create.register
def mixture_1d(spec: Mixture1D) -> Distribution:
    centres = np.array(spec.means)[:, None] / spec.scale
    variances = (np.array(spec.sigmas)[:, None, None] / spec.scale) ** 2
    return GaussianMixture(centres, variances, np.array(spec.weights))
