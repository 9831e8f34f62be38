"""Transport distances of samples, their floor, and a critic's estimate of them."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from ganlab_desktop.experiment.data import Mixture1D, Ring
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.measure.metrics.transport_distance import (
    critic_estimate,
    critic_gap,
    transport_distances,
    transport_floor,
)
from ganlab_desktop.measure.theory.gaussians import w1_gaussians, w2_gaussians
from ganlab_desktop.measure.theory.transport import optimal_transport


def test_distances_on_the_line_approach_the_closed_forms() -> None:
    rng = np.random.default_rng(0)
    found = transport_distances(rng.normal(0, 1, (50_000, 1)), rng.normal(2, 0.5, (50_000, 1)))
    assert found.w1 == pytest.approx(w1_gaussians(0, 1, 2, 0.5), abs=0.03)
    assert found.sliced_w2 == pytest.approx(w2_gaussians(0, 1, 2, 0.5), abs=0.03)


def test_a_shift_in_the_plane_costs_its_length() -> None:
    ring = build(Ring()).sample(np.random.default_rng(0), 300)
    found = transport_distances(ring, ring + np.float32([0.3, 0.4]))
    assert found.w1 == pytest.approx(0.5, abs=1e-6)
    assert found.sliced_w2 == pytest.approx(0.5 / np.sqrt(2), abs=1e-6)


def test_two_true_batches_are_apart_and_draw_nearer_with_their_size() -> None:
    """On the line E W1 of two batches of n tends to the integral of 2 sqrt(F (1 - F) / (pi n)) (central limit)."""
    normal = build(Mixture1D(means=(0.0,), sigmas=(1.0,), weights=(1.0,), scale=1.0))
    rng = np.random.default_rng(0)
    spread = quad(lambda x: np.sqrt(norm.cdf(x) * norm.sf(x)), -12, 12)[0]
    floors = [transport_floor(normal, rng, 400).w1 for _ in range(300)]
    assert np.mean(floors) == pytest.approx(2 * spread / np.sqrt(np.pi * 400), rel=0.1)
    ring = build(Ring())
    small, large = (transport_floor(ring, np.random.default_rng(0), n) for n in (50, 800))
    assert small.w1 > large.w1 > 0
    assert small.sliced_w2 > large.sliced_w2 > 0


def test_floor_is_repeatable() -> None:
    ring = build(Ring())
    first, second = (transport_floor(ring, np.random.default_rng(3), 100) for _ in range(2))
    assert first == second


def test_the_exact_potential_as_a_critic_has_no_gap() -> None:
    rng = np.random.default_rng(0)
    found = optimal_transport(rng.standard_normal((60, 2)), rng.standard_normal((60, 2)) + 1)
    v_real, v_fake = found.potential(found.real), found.potential(found.fake)
    assert critic_gap(found.w1, v_real, v_fake, 1.0) == pytest.approx(0, abs=1e-10)
    assert critic_gap(found.w1, 6 * v_real, 6 * v_fake, 6.0) == pytest.approx(0, abs=1e-10)
    flatter = np.tanh(v_real), np.tanh(v_fake)
    assert critic_gap(found.w1, *flatter, 1.0) > 0
    assert np.isnan(critic_estimate(v_real, v_fake, 0.0))


def test_samples_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        transport_distances(np.zeros((2, 1)), np.array([[0.0], [np.inf]]))
