"""The Fréchet distance of two feature sets (Heusel et al. 2017), called FID where the features are Inception's."""

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import FloatArray

Features = NDArray[np.floating]


def feature_distance(real: Features, fake: Features) -> float:
    """W2^2 of the Gaussians with the moments of the features (N, d) and (M, d), N, M >= 2, in squared feature units.

    |m_r - m_f|^2 + tr S_r + tr S_f - 2 tr (S_r^(1/2) S_f S_r^(1/2))^(1/2) with the unbiased covariances. For any roots
    S = R^T R the last trace is the sum of the singular values of R_r R_f^T: no complex root arises, nor is a small
    eigenvalue lost under a square, so N < d is safe and equal sets score 0 but for rounding. From given moments:
    `theory.gaussians.frechet_distance`.

    Biased upwards by about 1 / N (Chong and Forsyth 2020): compare at equal N only, beside `feature_floor`. Raises
    ValueError for fewer than two rows, and for features that are not finite.
    """
    (mean_real, root_real), (mean_fake, root_fake) = _moments(real), _moments(fake)
    cross = np.linalg.norm(root_real @ root_fake.T, "nuc")
    spread = (root_real**2).sum() + (root_fake**2).sum()
    return float(((mean_real - mean_fake) ** 2).sum() + spread - 2 * cross)


def feature_floor(real: Features, rng: np.random.Generator) -> float:
    """What the two halves of the real features (N, d), N >= 4, shuffled, score against each other.

    No generator is expected to score less with N / 2 samples a side.
    """
    first, second = np.array_split(rng.permutation(real), 2)
    return feature_distance(first, second)


def _moments(features: Features) -> tuple[FloatArray, FloatArray]:
    """The mean (d,) and a root R (min(N, d), d) of the covariance: R^T R = S."""
    features = features.astype(np.float64)
    if len(features) < 2 or not np.isfinite(features).all():
        raise ValueError("a covariance needs at least two rows of finite features")
    mean = features.mean(0)
    root: FloatArray = np.linalg.qr(features - mean, mode="r") / np.sqrt(len(features) - 1)
    return mean, root
