"""Coverage of classes by what a classifier reads."""

import numpy as np
import pytest

from ganlab_desktop.measure.metrics.class_coverage import class_coverage


def test_shares_and_classes_are_counted() -> None:
    weights = np.array([0.7, 0.2, 0.1])
    found = class_coverage(np.repeat([0, 1], [96, 4]), weights)
    assert found.shares.tolist() == [0.96, 0.04, 0]
    assert (found.present, found.present_quarter) == (2, 1)  # a quarter of a fifth is 5 of 100
    assert found.reverse_kl == pytest.approx(0.96 * np.log(0.96 / 0.7) + 0.04 * np.log(0.04 / 0.2))
    assert class_coverage(np.repeat([0, 1], [95, 5]), weights).present_quarter == 2


def test_collapse_to_one_of_a_thousand_scores_log_a_thousand() -> None:
    found = class_coverage(np.full(500, 7), np.full(1000, 1e-3))
    assert (found.present, found.reverse_kl) == (1, pytest.approx(np.log(1000)))


def test_true_classes_score_the_floor_on_average() -> None:
    """2 N times the divergence follows chi-square with K - 1 degrees of freedom (Wilks)."""
    rng, weights, n, repeats = np.random.default_rng(0), np.array([0.4, 0.3, 0.2, 0.1]), 1000, 400
    found = [class_coverage(rng.choice(4, n, p=weights), weights) for _ in range(repeats)]
    assert found[0].floor == 3 / 2000
    assert np.mean([one.reverse_kl for one in found]) == pytest.approx(3 / 2000, abs=4 * np.sqrt(6 / repeats) / 2000)


def test_a_class_without_samples_and_weight_is_not_present() -> None:
    assert class_coverage(np.zeros(4, np.int64), np.array([1.0, 0.0]))[1:3] == (1, 1)


def test_classes_that_there_are_not_are_refused() -> None:
    for bad in ([0, 3], [-1], []):
        with pytest.raises(ValueError, match="classes 0 to 2"):
            class_coverage(np.array(bad, np.int64), np.full(3, 1 / 3))
