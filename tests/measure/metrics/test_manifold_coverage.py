"""Precision, recall, density and coverage by balls around features."""

import numpy as np
import pytest
import reference_sets

from ganlab_desktop.measure.metrics import neighbours
from ganlab_desktop.measure.metrics.manifold_coverage import manifold_coverage
from ganlab_desktop.measure.metrics.neighbours import nearest, neighbour_radii

PRDC = [
    (3, 0.42083333333333334, 0.5466666666666666, 0.2930555555555555, 0.36666666666666664),
    (5, 0.55, 0.64, 0.335, 0.53),
    (10, 0.7708333333333334, 0.7733333333333333, 0.41500000000000004, 0.8),
]


@pytest.mark.parametrize("entries", [4_000_000, 1000])
def test_agrees_with_prdc_and_torch_fidelity(entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """torch-fidelity gives the same precision and recall, in single precision."""
    monkeypatch.setattr(neighbours, "_ENTRIES", entries)  # all rows at once, or a few
    for found, expected in zip(manifold_coverage(*reference_sets.features()), PRDC, strict=True):
        assert tuple(found) == pytest.approx(expected, rel=1e-12)


def test_equal_sets_score_one_even_with_duplicates() -> None:
    """Balls are closed: where a sample stands four times, its ball has no radius and still holds the others."""
    x = np.random.default_rng(0).standard_normal((50, 64))
    for features in (x, np.repeat(x, 4, axis=0)):
        (found,) = manifold_coverage(features, features[::-1], ks=(3,))
        assert (found.precision, found.recall, found.coverage) == (1, 1, 1)
        assert found.density >= 1


def test_equal_distributions_have_the_known_expectations() -> None:
    """E density = 1, E coverage = 1 - (N-1)...(N-k) / ((2N-1)...(2N-k)) (Naeem et al. 2020, section 3.3)."""
    rng, n, k, repeats = np.random.default_rng(0), 60, 5, 200
    drawn = (
        manifold_coverage(rng.standard_normal((n, 3)), rng.standard_normal((n, 3)), (k,))[0] for _ in range(repeats)
    )
    found = np.array([(one.density, one.coverage) for one in drawn])
    expected = 1, 1 - np.prod([(n - i) / (2 * n - i) for i in range(1, k + 1)])
    assert found.mean(0) == pytest.approx(expected, abs=4 * found.std(0).max() / np.sqrt(repeats))


def test_dropped_modes_cost_recall_and_invented_ones_precision() -> None:
    rng = np.random.default_rng(0)
    one, two = (rng.standard_normal((200, 2)) + 100 * mode for mode in (0, 1))
    both = np.concatenate((one, two))
    again = rng.standard_normal((400, 2))
    (dropped,), (invented,) = manifold_coverage(both, again, (5,)), manifold_coverage(again, both, (5,))
    assert dropped.precision > 0.95
    assert dropped.recall == pytest.approx(0.5, abs=0.03)
    assert dropped.coverage == pytest.approx(0.5, abs=0.03)
    assert invented.precision == pytest.approx(0.5, abs=0.03)
    assert invented.recall > 0.95


def test_an_outlier_among_the_real_ones_lifts_precision_and_not_density() -> None:
    """The reason that Naeem et al. give for density: a lonely sample has a ball that holds everything."""
    rng = np.random.default_rng(0)
    real = np.concatenate((rng.standard_normal((300, 2)), [[60.0, 0.0]]))
    fake = rng.standard_normal((300, 2)) + np.array([30.0, 0.0])
    (found,) = manifold_coverage(real, fake, (5,))
    assert found.precision > 0.4
    assert found.density < 0.3
    assert found.coverage < 0.05


def test_distances_are_those_of_brute_force() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((40, 5)), rng.standard_normal((30, 5))
    apart = np.linalg.norm(x[:, None] - y, axis=2)
    assert nearest(x, y) == pytest.approx(apart.min(1))
    own = np.sort(np.linalg.norm(x[:, None] - x, axis=2), axis=1)
    assert neighbour_radii(x, (1, 4)) == pytest.approx(own[:, [1, 4]].T)
    far = x + 100  # where inner products would lose half of the digits
    assert (nearest(far, far) == 0).all()
    far[3] = far[7]
    assert neighbour_radii(far, (1,))[0, [3, 7]].tolist() == [0, 0]


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="no 10 nearest others"):
        manifold_coverage(np.zeros((10, 2)), np.zeros((20, 2)))
    with pytest.raises(ValueError, match="finite"):
        manifold_coverage(np.zeros((20, 2)), np.full((20, 2), np.nan))
