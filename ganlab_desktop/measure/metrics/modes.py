"""Which modes of the data a generator reaches, and how well."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtr, rel_entr

from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Modes, Samples

NEAR = 3.0  # Mahalanobis distance within which a sample is of high quality
DENSITY_QUANTILE = 0.011  # of true samples lie below: what a Mahalanobis distance of 3 leaves out in the plane


class ModeCoverage(NamedTuple):
    """How samples fall on the modes.

    `shares` (K,): share of the finite samples whose nearest mode it is. `high_quality`: share of all samples within
    distance 3 of their mode. `captured`: modes with at least one high-quality sample; `captured_quarter`: modes whose
    high-quality samples are at least a quarter of the mode's own weight. `reverse_kl`: sum h log(h / w) of shares h
    and weights w, in nats; see `reverse_kl_floor`. `hits` (K,): high-quality samples of each mode.
    """

    shares: FloatArray
    high_quality: float
    captured: int
    captured_quarter: int
    reverse_kl: float
    hits: NDArray[np.intp]


def nearest_mode(samples: Samples | FloatArray, modes: Modes) -> tuple[NDArray[np.intp], FloatArray]:
    """For samples (N, d) the number of the mode at the least Mahalanobis distance, and that distance, both (N,)."""
    whitening = np.linalg.inv(np.linalg.cholesky(modes.covariances))
    squares = np.empty((len(modes.weights), len(samples)))
    for k, (centre, matrix) in enumerate(zip(modes.centres, whitening, strict=True)):
        offset = (samples - centre) @ matrix.T
        squares[k] = np.einsum("ni,ni->n", offset, offset)
    nearest = squares.argmin(0)
    return nearest, np.sqrt(np.take_along_axis(squares, nearest[None], axis=0)[0])


def mode_coverage(samples: Samples | FloatArray, modes: Modes) -> ModeCoverage:
    """Coverage of modes (K) by samples (N, d), N >= 1, in network units; samples that are not finite hit no mode.

    The counts are those of Srivastava et al. (2017, VEEGAN) and Lin et al. (2018, PacGAN); the quarter of a mode's own
    weight is the rule "at least 1 %" of 25 equal modes, for any weights.
    """
    count = len(modes.weights)
    finite = samples[np.isfinite(samples).all(1)]
    nearest, distance = nearest_mode(finite, modes)
    shares = np.bincount(nearest, minlength=count) / max(len(finite), 1)
    good = np.bincount(nearest[distance < NEAR], minlength=count)
    return ModeCoverage(
        shares=shares,
        high_quality=float(good.sum() / len(samples)),
        captured=int((good > 0).sum()),
        captured_quarter=int((good >= modes.weights * len(samples) / 4).sum()),
        reverse_kl=share_kl(shares, modes.weights) if len(finite) else float("nan"),
        hits=good,
    )


def reverse_kl_floor(modes: Modes, n: int) -> float:
    """The mean `reverse_kl` of n true samples."""
    return share_kl_floor(len(modes.weights), n)


def share_kl(shares: FloatArray, weights: FloatArray) -> float:
    """KL(shares | weights) in nats, both (K,) with sum 1; infinite where there is a share without weight."""
    return float(rel_entr(shares, weights).sum())


def share_kl_floor(kinds: int, n: int) -> float:
    """(K - 1) / (2 n): the mean `share_kl` of n draws from the weights of K kinds, to first order in 1 / n (Wilks)."""
    return (kinds - 1) / (2 * n)


def high_quality_ceiling(dim: int) -> float:
    """F_d(9), the chi-square distribution function: the high-quality share of true samples, 0.98889 in the plane."""
    return float(chdtr(dim, NEAR**2))


class ModeEvent(NamedTuple):
    """At row `time` of a history a mode is `born` or dies."""

    time: int
    mode: int
    born: bool


def mode_events(captured: NDArray[np.bool_]) -> list[ModeEvent]:
    """Births and deaths in a history (T, K) of which modes are captured, in order of time; row 0 has none."""
    changed = np.argwhere(captured[1:] != captured[:-1])
    return [ModeEvent(int(time) + 1, int(mode), bool(captured[time + 1, mode])) for time, mode in changed]


def density_threshold(distribution: Distribution, rng: np.random.Generator, n: int = 20_000) -> float:
    """The log density below which 1.1 % of true samples lie: the bound of high quality for data without modes.

    Raises ValueError for a distribution without a density.
    """
    return float(np.quantile(_log_density(distribution, distribution.held_out(rng, n)), DENSITY_QUANTILE))


def dense_share(samples: Samples | FloatArray, distribution: Distribution, threshold: float) -> float:
    """Share of samples (N, d) whose log density is at least `threshold`; samples that are not finite count as below."""
    finite = samples[np.isfinite(samples).all(1)]
    return float((_log_density(distribution, finite) >= threshold).sum() / len(samples))


def _log_density(distribution: Distribution, samples: Samples | FloatArray) -> FloatArray:
    log_density = distribution.log_density(samples.astype(np.float64))
    if log_density is None:
        raise ValueError("this distribution has no density")
    return log_density
