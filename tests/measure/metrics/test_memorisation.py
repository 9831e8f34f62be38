"""Copies of the training set are told from new samples."""

import numpy as np
import pytest
from scipy.stats import kstest

from ganlab_desktop.measure.metrics.memorisation import memorisation


def draws(seed: int, *sizes: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((size, 3)) for size in sizes]


def test_new_samples_are_no_nearer_than_held_out_ones() -> None:
    """The p value is uniform then: over 300 draws of all three sets Kolmogorov and Smirnov find nothing amiss."""
    found = [memorisation(*draws(seed, 60, 100, 50)) for seed in range(300)]
    assert kstest([one.p_value for one in found], "uniform").pvalue > 0.01
    assert np.mean([one.nearer for one in found]) == pytest.approx(0.5, abs=0.02)
    assert np.median([one.median_ratio for one in found]) == pytest.approx(1, abs=0.05)


def test_copies_are_found_out() -> None:
    training, held_out = draws(0, 200, 100)
    exact = memorisation(training[:100], training, held_out)
    assert (exact.nearer, exact.median_ratio) == (1, 0)
    assert exact.p_value < 1e-10
    near = memorisation(training[:100] + 0.01 * draws(1, 100)[0], training, held_out)
    assert near.nearer > 0.95
    assert near.median_ratio < 0.2
    assert near.p_value < 1e-10


def test_a_share_of_copies_moves_the_share_of_pairs() -> None:
    """A quarter of exact copies wins all its pairs, the rest half of them: 1/4 + 3/4 * 1/2."""
    training, held_out, new = draws(0, 400, 1000, 1500)
    mixed = memorisation(np.concatenate((np.repeat(training[:250], 2, axis=0), new)), training, held_out)
    assert mixed.nearer == pytest.approx(0.625, abs=0.03)
    assert mixed.p_value < 1e-6


def test_noise_far_away_is_no_copy() -> None:
    training, held_out, new = draws(0, 100, 100, 100)
    found = memorisation(new + 50, training, held_out)
    assert found.nearer == 0
    some = memorisation(np.concatenate((new[:60], new[60:] + 50)), training, held_out)
    assert some.median_ratio < 3  # whatever the share beyond the median does
    assert found.p_value == pytest.approx(1)
    assert found.median_ratio > 10


def test_ties_count_half() -> None:
    training, held_out = draws(0, 20, 10)
    assert memorisation(held_out, training, held_out).nearer == pytest.approx(0.5)


def test_an_empty_set_is_refused() -> None:
    with pytest.raises(ValueError, match="each of the three"):
        memorisation(np.empty((0, 2)), np.zeros((3, 2)), np.zeros((3, 2)))
