"""The kernel distance against its definition, another implementation and what unbiasedness says."""

import numpy as np
import pytest
import reference_sets

from ganlab_desktop.measure.metrics import kernel_distance as module
from ganlab_desktop.measure.metrics.kernel_distance import kernel_distance, subset_kernel_distance


def test_agrees_with_torch_fidelity() -> None:
    real, fake = reference_sets.features()
    assert kernel_distance(real[:240], fake) == pytest.approx(0.32046321531887223, rel=1e-9)
    drawn = subset_kernel_distance(real, fake, np.random.RandomState(2020), subsets=20, size=50)
    assert drawn == pytest.approx((0.35785186435499494, 0.09288568151821537), rel=1e-9)


def test_is_its_definition_for_unequal_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROWS", 3)  # several parts of the kernel matrix
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((10, 4)), rng.standard_normal((7, 4)) + 1

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        return (a @ b / 4 + 1) ** 3

    def within(z: np.ndarray) -> float:
        return np.mean([kernel(z[i], z[j]) for i in range(len(z)) for j in range(len(z)) if i != j])

    across = np.mean([kernel(a, b) for a in x for b in y])
    assert kernel_distance(x, y) == pytest.approx(within(x) + within(y) - 2 * across)


def test_a_set_against_itself_is_slightly_below_zero() -> None:
    x = np.random.default_rng(0).standard_normal((500, 16))
    assert -0.05 < kernel_distance(x, x) < 0


def test_two_true_sets_score_zero_on_average_at_any_size() -> None:
    rng = np.random.default_rng(0)
    found = [kernel_distance(rng.standard_normal((20, 3)), rng.standard_normal((20, 3))) for _ in range(2000)]
    assert np.mean(found) == pytest.approx(0, abs=4 * np.std(found) / np.sqrt(2000))


def test_subsets_are_no_larger_than_the_sets_and_repeatable() -> None:
    real, fake = reference_sets.features()
    first, second = (subset_kernel_distance(real, fake, np.random.default_rng(0), subsets=3) for _ in range(2))
    assert first == second
    assert subset_kernel_distance(real[:240], fake, np.random.default_rng(0), 3).std == pytest.approx(0, abs=1e-12)


def test_features_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        kernel_distance(np.zeros((3, 2)), np.full((3, 2), np.inf))
