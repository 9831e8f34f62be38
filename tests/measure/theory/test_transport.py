"""Exact transport against brute force, closed forms and its own duality."""

from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.spatial.distance import cdist
from scipy.stats import norm

from ganlab_desktop.measure.theory.gaussians import w1_gaussians, w2_gaussians
from ganlab_desktop.measure.theory.transport import (
    Transport,
    alignment,
    monotone_plan,
    optimal_transport,
    penalised_slope,
    sliced_w2,
    w1_line,
)


def clouds(n: int, m: int, dim: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, dim)), 0.7 * rng.standard_normal((m, dim)) + 1


def solved(n: int, m: int, dim: int) -> tuple[Transport, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    a, b = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))
    return optimal_transport(*clouds(n, m, dim), a, b), a, b


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("n", [2, 4, 6])
def test_transport_is_the_best_of_all_assignments(n: int, dim: int) -> None:
    real, fake = clouds(n, n, dim, seed=n)
    cost = cdist(real, fake)
    best = min(cost[np.arange(n), list(order)].mean() for order in permutations(range(n)))
    assert optimal_transport(real, fake).w1 == pytest.approx(best, rel=1e-12)


@pytest.mark.parametrize("dim", [1, 2])
def test_plan_keeps_its_marginals_and_costs_w1(dim: int) -> None:
    found, a, b = solved(60, 45, dim)
    rows, columns = found.pairs.T
    assert np.bincount(rows, found.mass, 60) == pytest.approx(a, abs=1e-12)
    assert np.bincount(columns, found.mass, 45) == pytest.approx(b, abs=1e-12)
    start, end = found.segments()
    assert found.mass @ np.linalg.norm(end - start, axis=1) == pytest.approx(found.w1)


@pytest.mark.parametrize("dim", [1, 2])
def test_duals_are_feasible_and_tight(dim: int) -> None:
    found, a, b = solved(60, 45, dim)
    cost = cdist(found.real, found.fake)
    assert (found.u[:, None] + found.v <= cost + 1e-10).all()
    assert a @ found.u + b @ found.v == pytest.approx(found.w1, abs=1e-10)
    rows, columns = found.pairs.T
    assert found.u[rows] + found.v[columns] == pytest.approx(cost[rows, columns], abs=1e-10)


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("name", ["potential", "lower_potential"])
def test_both_extensions_are_1_lipschitz_and_reach_w1(name: str, dim: int) -> None:
    found, a, b = solved(60, 45, dim)
    phi = getattr(found, name)
    assert a @ phi(found.real) - b @ phi(found.fake) == pytest.approx(found.w1, abs=1e-10)
    anywhere = np.random.default_rng(2).uniform(-6, 6, (300, dim))
    values, distances = phi(anywhere), cdist(anywhere, anywhere)
    assert (np.abs(values[:, None] - values) <= distances + 1e-10).all()
    assert (found.lower_potential(anywhere) <= found.potential(anywhere) + 1e-10).all()


def test_potential_rises_at_rate_one_along_transport_segments() -> None:
    found, _, _ = solved(60, 45, 2)
    start, end = found.segments()
    lengths = np.linalg.norm(end - start, axis=1)
    for share in (0.0, 0.3, 1.0):
        along = found.potential(start + share * (end - start)) - found.potential(start)
        assert along == pytest.approx(share * lengths, abs=1e-9)


def test_points_without_mass_get_a_feasible_dual() -> None:
    real, fake = clouds(5, 4, 2)
    found = optimal_transport(real, fake, np.array([0.5, 0.5, 0, 0, 0]), np.array([0, 0, 1.0, 0]))
    assert (found.u[:, None] + found.v <= cdist(real, fake) + 1e-12).all()
    assert found.w1 == pytest.approx(cdist(real, fake)[:2, 2].mean())


def test_what_cannot_be_transported_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        optimal_transport(np.array([[np.nan]]), np.zeros((1, 1)))
    with pytest.raises(ValueError, match="sum to 1"):
        optimal_transport(np.zeros((2, 1)), np.zeros((1, 1)), np.array([0.5, 0.6]))
    with pytest.raises(ValueError, match="plane"):
        sliced_w2(np.zeros((2, 3)), np.zeros((2, 3)))


def test_w1_on_the_line_is_the_transport_and_the_integral_of_the_quantiles() -> None:
    found, a, b = solved(40, 30, 1)
    assert w1_line(found.real[:, 0], found.fake[:, 0], a, b) == pytest.approx(found.w1)
    x, y = clouds(50, 50, 1)
    assert w1_line(x[:, 0], y[:, 0]) == pytest.approx(np.abs(np.sort(x[:, 0]) - np.sort(y[:, 0])).mean())


def test_quantiles_of_gaussians_give_the_closed_forms() -> None:
    levels = (np.arange(200_000) + 0.5) / 200_000
    p, q = norm.ppf(levels, 1.0, 2.0), norm.ppf(levels, -0.5, 0.6)
    assert w1_line(p, q) == pytest.approx(w1_gaussians(1.0, 2.0, -0.5, 0.6), abs=1e-4)
    assert sliced_w2(p[:, None], q[:, None]) == pytest.approx(w2_gaussians(1.0, 2.0, -0.5, 0.6), abs=1e-3)


def test_sliced_w2_of_a_shift_is_its_length_over_the_root_of_two() -> None:
    """E (m . theta)^2 = |m|^2 / d over directions theta of the plane."""
    x, _ = clouds(100, 1, 2)
    assert sliced_w2(x, x + np.array([3.0, 4.0])) == pytest.approx(5 / np.sqrt(2))
    assert sliced_w2(x, x) == 0


def test_sliced_w2_takes_clouds_of_unequal_size() -> None:
    x, y = clouds(6, 4, 2)
    assert sliced_w2(x, y) == pytest.approx(sliced_w2(np.repeat(x, 2, axis=0), np.repeat(y, 3, axis=0)))
    assert sliced_w2(x, np.repeat(x, 7, axis=0)) == pytest.approx(0, abs=1e-12)


def test_monotone_plan_has_its_marginals_and_the_cost_of_exact_transport() -> None:
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(12)), rng.dirichlet(np.ones(9))
    plan = monotone_plan(p, q)
    assert plan.sum(1) == pytest.approx(p, abs=1e-12)
    assert plan.sum(0) == pytest.approx(q, abs=1e-12)
    x, y = np.arange(12.0)[:, None], np.arange(9.0)[:, None]
    assert (plan * cdist(x, y)).sum() == pytest.approx(optimal_transport(x, y, p, q).w1)
    rows, columns = np.nonzero(plan > 1e-12)
    assert (np.diff(columns[np.argsort(rows, kind="stable")]) >= 0).all()  # nothing crosses


def test_alignment_is_one_for_the_potentials_own_gradient() -> None:
    found, _, _ = solved(60, 45, 2)
    start, end = found.segments()
    middle, step = (start + end) / 2, 1e-6
    gradients = np.column_stack(
        [
            (found.potential(middle + step * axis) - found.potential(middle - step * axis)) / (2 * step)
            for axis in np.eye(2)
        ]
    )
    assert alignment(found, gradients) == pytest.approx(1, abs=1e-4)
    assert alignment(found, -3 * gradients) == pytest.approx(-1, abs=1e-4)
    assert alignment(found, gradients @ [[0, 1], [-1, 0]]) == pytest.approx(0, abs=1e-4)
    assert np.isnan(alignment(found, 0 * gradients)).all()
    still = optimal_transport(found.real, found.real)
    assert np.isnan(alignment(still, np.ones((len(still.pairs), 2)))).all()


def test_gradient_penalty_overshoots_by_the_slope_law() -> None:
    """For points at distance d the best slope is 1 + d / (2 lambda): 6 for d = 1 and lambda = 0.1, where W1 is 1."""
    for distance, weight in ((1.0, 0.1), (0.5, 10.0)):
        pieces = 8

        def loss(values: np.ndarray, d: float = distance, w: float = weight, n: int = pieces) -> float:
            """The Wasserstein critic's loss for a function that is linear between n + 1 points from fake to real."""
            slopes = np.diff(np.append(0.0, values)) * n / d
            return float(-values[-1] + w * np.mean((np.abs(slopes) - 1) ** 2))

        found = minimize(loss, np.linspace(0, distance, pieces + 1)[1:], tol=1e-12).x
        assert found[-1] / distance == pytest.approx(penalised_slope(distance, weight), rel=1e-4)
    assert penalised_slope(1.0, 0.1) == pytest.approx(6)
