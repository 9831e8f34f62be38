"""The Inception score at its bounds and against another implementation."""

import numpy as np
import pytest
import reference_sets
from scipy.special import softmax

from ganlab_desktop.measure.metrics.inception_score import inception_score


def test_agrees_with_torch_fidelity() -> None:
    found = inception_score(softmax(reference_sets.logits(), axis=1))
    assert found == pytest.approx((2.5583184790619313, 0.1614553697294476), rel=1e-9)


@pytest.mark.parametrize("classes", [2, 10])
def test_certain_classes_in_balance_score_their_number(classes: int) -> None:
    certain = np.tile(np.eye(classes, dtype=np.float32), (10, 1))
    assert inception_score(certain, splits=10) == pytest.approx((classes, 0))


def test_one_class_and_ignorance_score_one() -> None:
    for row in (np.eye(4)[0], np.full(4, 0.25)):
        assert inception_score(np.tile(row, (40, 1)), splits=4) == pytest.approx((1, 0))


def test_classes_in_runs_score_one_in_each_split() -> None:
    assert inception_score(np.repeat(np.eye(4), 10, axis=0), splits=4).mean == pytest.approx(1)
    assert inception_score(np.repeat(np.eye(4), 10, axis=0), splits=1).mean == pytest.approx(4)


def test_what_are_no_probabilities_is_refused() -> None:
    for bad in (np.full((20, 2), 0.7), np.tile([1.5, -0.5], (20, 1)), np.full((20, 2), np.nan)):
        with pytest.raises(ValueError, match="probabilities"):
            inception_score(bad)
    with pytest.raises(ValueError, match="cannot be split"):
        inception_score(np.full((5, 2), 0.5))
