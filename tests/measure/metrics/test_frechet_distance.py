"""The Fréchet distance of feature sets against closed forms and another implementation."""

import numpy as np
import pytest
import reference_sets

from ganlab_desktop.measure.metrics.frechet_distance import feature_distance, feature_floor
from ganlab_desktop.measure.theory.gaussians import frechet_distance


def exactly(n: int, mean: np.ndarray, covariance: np.ndarray, seed: int) -> np.ndarray:
    """n rows whose own mean and unbiased covariance are those given."""
    x = np.random.default_rng(seed).standard_normal((n, len(mean)))
    x -= x.mean(0)
    x = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T
    return x @ np.linalg.cholesky(covariance).T + mean


def test_agrees_with_torch_fidelity() -> None:
    assert feature_distance(*reference_sets.features()) == pytest.approx(4.9866109378970656, rel=1e-9)


def test_sets_with_the_moments_of_two_gaussians_have_their_closed_form() -> None:
    """Of covariances that commute W2^2 is |m - n|^2 + sum (sigma - tau)^2 along the common axes."""
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))
    sigma, tau, away = np.array([1.0, 2.0, 0.5]), np.array([1.5, 0.5, 0.5]), np.array([1.0, -2.0, 0.5])
    real = exactly(200, np.zeros(3), (turn * sigma**2) @ turn.T, 1)
    fake = exactly(90, away, (turn * tau**2) @ turn.T, 2)
    assert feature_distance(real, fake) == pytest.approx((away**2).sum() + ((sigma - tau) ** 2).sum())


@pytest.mark.parametrize("n", [2, 5, 40])
def test_fewer_rows_than_features_are_as_exact_as_many(n: int) -> None:
    """Against the distance of the moments, whose eigenvalues near 0 are told less well; and equal sets score 0."""
    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((n, 30)), rng.standard_normal((n + 1, 30)) + 0.5
    moments = [moment for x in (real, fake) for moment in (x.mean(0), np.cov(x.T))]
    assert feature_distance(real, fake) == pytest.approx(frechet_distance(*moments), abs=1e-6)
    assert feature_distance(real, real[::-1]) == pytest.approx(0, abs=1e-12)


def test_float32_features_are_taken_as_float64() -> None:
    x = np.random.default_rng(0).standard_normal((500, 8)).astype(np.float32) + np.float32(1000)
    assert feature_distance(x, x + np.float32(1)) == pytest.approx(8, rel=1e-6)


def test_the_floor_is_what_two_true_halves_score() -> None:
    """On average the same as independent sets of half the size."""
    rng = np.random.default_rng(0)
    pairs = [feature_distance(rng.standard_normal((200, 4)), rng.standard_normal((200, 4))) for _ in range(200)]
    floors = [feature_floor(rng.standard_normal((400, 4)), rng) for _ in range(200)]
    assert np.mean(floors) == pytest.approx(np.mean(pairs), rel=0.1)
    sorted_rows = np.repeat([[0.0], [10.0]], 200, axis=0)  # halves are drawn, not cut
    assert feature_floor(sorted_rows, rng) < 5


def test_what_has_no_covariance_is_refused() -> None:
    for bad in (np.zeros((1, 3)), np.full((4, 3), np.nan)):
        with pytest.raises(ValueError, match="at least two rows of finite"):
            feature_distance(np.zeros((4, 3)), bad)
