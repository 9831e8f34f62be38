"""Distances on the line against closed forms, published figures and brute force."""

import numpy as np
import pytest
from scipy.stats import norm

from ganlab_desktop.measure.theory.gaussians import kl_gaussians, w1_gaussians
from ganlab_desktop.measure.theory.line import GaussianSum, line_distances, quadrature
from ganlab_desktop.measure.theory.transport import line_transport, optimal_transport

PAIR = GaussianSum(np.array([-3.0, 3.0]), np.array([0.5, 0.5]), np.array([0.5, 0.5]))


def test_two_unit_gaussians_two_apart_are_those_of_the_worked_example() -> None:
    found = line_distances(GaussianSum.single(2.0, 1.0), 0.0, 1.0)
    assert found.jsd == pytest.approx(0.3368, abs=5e-5)
    assert -np.log(4) + 2 * found.jsd == pytest.approx(-0.7126, abs=2e-4)
    assert found.accuracy == pytest.approx(0.841, abs=5e-4)
    assert (found.kl, found.reverse_kl, found.w1, found.w2_squared) == pytest.approx((2.0, 2.0, 2.0, 4.0))
    assert found.tv == pytest.approx(2 * norm.cdf(1) - 1, abs=1e-5)


@pytest.mark.parametrize(("apart", "jsd", "slope"), [(2, 0.337, 0.450), (4, 0.633, 0.137), (8, 0.69305, 0.0004)])
def test_the_jensen_shannon_divergence_flattens_under_its_ceiling(apart: float, jsd: float, slope: float) -> None:
    here = line_distances(GaussianSum.single(0.0, 1.0), apart, 1.0)
    assert here.jsd == pytest.approx(jsd, abs=5e-4)
    assert here.slope == pytest.approx(slope, abs=5e-4)
    around = [line_distances(GaussianSum.single(0.0, 1.0), apart + h, 1.0).jsd for h in (-1e-4, 1e-4)]
    assert here.slope == pytest.approx(2 * (around[1] - around[0]) / 2e-4, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize(("mean", "std"), [(2.0, 3.0), (-1.0, 0.2), (0.3, 1.0), (40.0, 1e-3)])
def test_single_gaussians_agree_with_the_closed_forms(mean: float, std: float) -> None:
    found = line_distances(GaussianSum.single(0.0, 1.0), mean, std)
    p, q = (np.zeros(1), np.eye(1)), (np.array([mean]), np.array([[std**2]]))
    assert found.kl == pytest.approx(kl_gaussians(*p, *q), rel=1e-9)
    assert found.reverse_kl == pytest.approx(kl_gaussians(*q, *p), rel=1e-9)
    assert found.w1 == pytest.approx(w1_gaussians(0.0, 1.0, mean, std), rel=1e-4)
    assert found.w2_squared == pytest.approx(mean**2 + (1 - std) ** 2, rel=1e-9)


def test_a_mixture_agrees_with_sums_over_a_fine_grid() -> None:
    x, step = np.linspace(-40.0, 40.0, 800_001, retstep=True)
    p = (norm.pdf(x, -3, 0.5) + norm.pdf(x, 3, 0.5)) / 2
    q = norm.pdf(x, 1.0, 2.0)
    found = line_distances(PAIR, 1.0, 2.0)
    middle = (p + q) / 2
    assert found.tv == pytest.approx(np.abs(p - q).sum() * step / 2, rel=1e-4)
    assert found.kl == pytest.approx(
        (p * (np.log(np.maximum(p, 1e-300)) - norm.logpdf(x, 1, 2))).sum() * step, rel=1e-6
    )
    jsd = [(side * np.log(np.maximum(side, 1e-300) / np.maximum(middle, 1e-300))).sum() * step / 2 for side in (p, q)]
    assert found.jsd == pytest.approx(sum(jsd), rel=1e-6)
    below = (norm.cdf(x, -3, 0.5) + norm.cdf(x, 3, 0.5)) / 2
    assert found.w1 == pytest.approx(np.abs(below - norm.cdf(x, 1, 2)).sum() * step, rel=1e-4)
    shares = (np.arange(1_000_000) + 0.5) / 1_000_000
    quantiles = np.interp(shares, below, x)
    assert found.w2_squared == pytest.approx(((quantiles - norm.ppf(shares, 1, 2)) ** 2).mean(), rel=1e-4)


def test_forward_kl_is_least_at_the_moments_and_reverse_kl_on_one_mode() -> None:
    """Variance 9.25; on a mode about log 2."""
    best = line_distances(PAIR, 0.0, np.sqrt(9.25)).kl
    assert all(line_distances(PAIR, mean, std).kl > best for mean, std in ((0.2, 3.04), (0.0, 2.9), (0.0, 3.2)))
    on_mode = line_distances(PAIR, 3.0, 0.5)
    assert on_mode.reverse_kl == pytest.approx(np.log(2), abs=1e-4)
    assert on_mode.reverse_kl < line_distances(PAIR, 0.0, np.sqrt(9.25)).reverse_kl


def test_the_quadrature_holds_all_mass_of_both_sides() -> None:
    _, weights, log_p, log_q = quadrature(PAIR, GaussianSum.single(30.0, 0.01))
    assert weights @ np.exp(log_p) == pytest.approx(1.0, abs=1e-12)
    assert weights @ np.exp(log_q) == pytest.approx(1.0, abs=1e-12)


def test_the_nearly_flat_gaussian_of_the_plane() -> None:
    """diag(2, 0.1) against N(0, I): KL(G, I) 2.61, KL(I, G) 47.5."""
    flat, round_ = (np.zeros(2), np.diag([4.0, 0.01])), (np.zeros(2), np.eye(2))
    assert kl_gaussians(*flat, *round_) == pytest.approx(2.61, abs=5e-3)
    assert kl_gaussians(*round_, *flat) == pytest.approx(47.5, abs=0.05)
    segment = np.zeros(2), np.diag([1.0, 0.0])
    assert kl_gaussians(*round_, *segment) == np.inf
    assert np.isnan(kl_gaussians(*segment, *round_))


@pytest.mark.parametrize("seed", range(4))
def test_transport_on_the_line_is_the_network_simplexs_with_a_potential(seed: int) -> None:
    rng = np.random.default_rng(seed)
    real, fake = rng.normal(size=(40, 1)), rng.normal(1.0, 2.0, size=(40, 1))
    real[:4] = real[4:8]  # equal points
    found, simplex = line_transport(real, fake), optimal_transport(real, fake)
    assert found.w1 == pytest.approx(simplex.w1, rel=1e-9)
    cost = np.abs(real - fake.T)
    assert (found.u[:, None] + found.v <= cost + 1e-12).all()
    across = found.u[found.pairs[:, 0]] + found.v[found.pairs[:, 1]]
    np.testing.assert_allclose(across, cost[tuple(found.pairs.T)], atol=1e-12)
    potential = found.potential(np.concatenate((real, fake)))
    assert potential[:40].mean() - potential[40:].mean() == pytest.approx(found.w1)


def test_points_that_do_not_pair_up_are_refused() -> None:
    with pytest.raises(ValueError, match="equally many"):
        line_transport(np.zeros((3, 1)), np.zeros((4, 1)))
    with pytest.raises(ValueError, match="finite"):
        line_transport(np.zeros((2, 1)), np.array([[0.0], [np.nan]]))
