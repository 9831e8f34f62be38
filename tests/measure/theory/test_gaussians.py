"""Closed forms against numerical integration, sampling and the complex matrix root."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import sqrtm
from scipy.stats import norm

from ganlab_desktop.measure.theory.gaussians import frechet_distance, w1_gaussians, w2_gaussians
from ganlab_desktop.measure.theory.transport import optimal_transport

PAIRS = [(0, 1, 2, 1), (0, 1, 0, 3), (1, 0.5, -1, 2), (5, 1, 0, 1.01), (0, 1, 0, 1)]


@pytest.mark.parametrize("pair", PAIRS)
def test_w1_is_the_integral_of_the_distribution_functions_difference(pair: tuple[float, ...]) -> None:
    m, s, n, t = pair
    exact = quad(lambda x: abs(norm.cdf(x, m, s) - norm.cdf(x, n, t)), -15, 15, points=[m, n], limit=500)[0]
    assert w1_gaussians(*pair) == pytest.approx(exact, abs=1e-6)
    assert w1_gaussians(n, t, m, s) == w1_gaussians(*pair)


@pytest.mark.parametrize("pair", PAIRS)
def test_w2_is_the_integral_of_the_quantiles_squared_difference(pair: tuple[float, ...]) -> None:
    m, s, n, t = pair
    exact = quad(lambda u: (norm.ppf(u, m, s) - norm.ppf(u, n, t)) ** 2, 0, 1, limit=500)[0]
    assert w2_gaussians(*pair) ** 2 == pytest.approx(exact, abs=1e-4)


def test_sampled_w1_approaches_the_closed_form() -> None:
    rng = np.random.default_rng(0)
    real, fake = rng.normal(1, 2, (1000, 1)), rng.normal(-0.5, 0.6, (1000, 1))
    assert optimal_transport(real, fake).w1 == pytest.approx(w1_gaussians(1, 2, -0.5, 0.6), abs=0.12)


def test_frechet_distance_agrees_with_the_matrix_root() -> None:
    rng = np.random.default_rng(0)
    m, n = rng.standard_normal((2, 5))
    a, b = (root @ root.T for root in rng.standard_normal((2, 5, 5)))
    exact = ((m - n) ** 2).sum() + np.trace(a + b - 2 * sqrtm(a @ b).real)
    assert frechet_distance(m, a, n, b) == pytest.approx(exact)
    assert frechet_distance(n, b, m, a) == pytest.approx(exact)


def test_frechet_distance_on_the_line_is_w2_squared() -> None:
    found = frechet_distance(np.array([1.0]), np.array([[4.0]]), np.array([-0.5]), np.array([[0.36]]))
    assert found == pytest.approx(w2_gaussians(1.0, 2.0, -0.5, 0.6) ** 2)


@pytest.mark.parametrize("rank", [1, 3, 6])
def test_frechet_distance_of_equal_gaussians_is_zero_whatever_the_rank(rank: int) -> None:
    x = np.random.default_rng(0).standard_normal((rank + 1, 6))  # fewer samples than dimensions
    mean, covariance = x.mean(0), np.cov(x.T)
    assert frechet_distance(mean, covariance, mean, covariance) == pytest.approx(0, abs=1e-6)
    shifted = frechet_distance(mean, covariance, mean + 1, covariance)
    assert shifted == pytest.approx(6, abs=1e-6)
