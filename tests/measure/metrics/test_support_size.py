"""The birthday estimate on supports of known size."""

import numpy as np
import pytest

from ganlab_desktop.measure.metrics.support_size import near_pairs, support_size


def test_pairs_are_counted_by_brute_force() -> None:
    x = np.random.default_rng(0).uniform(0, 1, (60, 2))
    brute = sum(np.linalg.norm(x[i] - x[j]) <= 0.1 for i in range(60) for j in range(i))
    assert near_pairs(x, 0.1) == brute
    assert near_pairs(np.concatenate((x, np.full((5, 2), np.nan))), 0.1) == brute


@pytest.mark.parametrize("size", [50, 500])
def test_support_of_equally_likely_points_is_found(size: int) -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 1000, (size, 2))
    assert support_size(points[rng.integers(size, size=3000)], 1e-6) == pytest.approx(size, rel=0.05)


def test_unequal_probabilities_count_by_their_squares() -> None:
    rng, weights = np.random.default_rng(0), np.array([0.5, 0.25, 0.25])
    samples = np.arange(3.0)[rng.choice(3, 5000, p=weights), None]
    assert support_size(samples, 0.5) == pytest.approx(1 / (weights**2).sum(), rel=0.03)


def test_duplicates_appear_in_half_the_batches_of_the_birthday_size() -> None:
    rng, size = np.random.default_rng(0), 365
    batch = round(np.sqrt(2 * size * np.log(2)))  # 22.5, the birthday problem's 23
    found = [near_pairs(rng.integers(size, size=(batch, 1)).astype(float), 0.5) > 0 for _ in range(2000)]
    assert np.mean(found) == pytest.approx(0.5, abs=0.05)


def test_no_near_pair_means_no_bound() -> None:
    assert support_size(np.arange(10.0)[:, None], 0.5) == np.inf
