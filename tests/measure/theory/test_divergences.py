"""Divergences of masses against closed forms."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erf
from scipy.stats import norm

from ganlab_desktop.measure.theory.divergences import (
    divergences,
    jensen_shannon,
    kullback_leibler,
    total_variation,
)


def shifted_pair() -> tuple[np.ndarray, np.ndarray]:
    """Masses of N(2, 1) and N(0, 1) on cells of width 1/100."""
    x = np.arange(-10, 12, 0.01)
    return norm.pdf(x - 2) * 0.01, norm.pdf(x) * 0.01


def test_shifted_gaussians_have_their_known_divergences() -> None:
    found = divergences(*shifted_pair())
    assert found.jsd == pytest.approx(0.3368, abs=5e-5)
    assert found.kl == pytest.approx(2, abs=1e-6)  # (m1 - m2)^2 / 2
    assert found.reverse_kl == pytest.approx(2, abs=1e-6)
    assert found.tv == pytest.approx(erf(1 / 2**0.5), abs=1e-5)  # 2 Phi(1) - 1


def test_jensen_shannon_agrees_with_adaptive_quadrature() -> None:
    def integrand(x: float) -> float:
        p, q = norm.pdf(x, 2), norm.pdf(x)
        return (p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q))) / 2

    assert jensen_shannon(*shifted_pair()) == pytest.approx(quad(integrand, -8, 10)[0], abs=1e-9)


def test_value_of_the_game_at_the_optimal_discriminator() -> None:
    """V(D*, G) = -log 4 + 2 JSD, which is -0.7126 for this pair."""
    p, q = shifted_pair()
    value = (p * np.log(p / (p + q)) + q * np.log(q / (p + q))).sum()
    assert value == pytest.approx(-np.log(4) + 2 * jensen_shannon(p, q))
    assert value == pytest.approx(-0.7126, abs=1e-4)


def test_unequal_widths_tell_the_two_directions_apart() -> None:
    """KL(N(0, s^2) | N(0, t^2)) = log(t / s) + s^2 / (2 t^2) - 1/2."""
    x = np.arange(-20, 20, 0.01)
    p, q = norm.pdf(x, scale=1) * 0.01, norm.pdf(x, scale=2) * 0.01
    assert kullback_leibler(p, q) == pytest.approx(np.log(2) + 1 / 8 - 1 / 2, abs=1e-6)
    assert divergences(p, q).reverse_kl == pytest.approx(-np.log(2) + 2 - 1 / 2, abs=1e-6)


def test_identical_masses_diverge_by_nothing() -> None:
    p = np.array([0.2, 0.0, 0.8])
    assert divergences(p, p) == (0, 0, 0, 0)


def test_disjoint_masses_reach_the_bounds() -> None:
    p, q = np.array([[0.5, 0.5], [0.0, 0.0]]), np.array([[0.0, 0.0], [0.25, 0.75]])
    found = divergences(p, q)
    assert found.jsd == pytest.approx(np.log(2))
    assert found.tv == pytest.approx(1)
    assert found.kl == found.reverse_kl == np.inf
    assert total_variation(p, p) == 0
