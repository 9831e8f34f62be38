"""Accuracies, the held-out gap and the cross-time matrix."""

import numpy as np
import pytest
import torch
from scipy.stats import norm

from ganlab_desktop.measure.metrics.discrimination import cross_time_matrix, discrimination, held_out_gap


def test_optimal_discriminator_of_two_gaussians_is_right_as_often_as_tv_allows() -> None:
    rng = np.random.default_rng(0)
    v_real, v_fake = (2 * rng.normal(mean, 1, 100_000) - 2 for mean in (2, 0))
    found = discrimination(v_real, v_fake)
    assert found.real == pytest.approx(norm.cdf(1), abs=4e-3)
    assert found.fake == pytest.approx(norm.cdf(1), abs=4e-3)
    assert (found.real + found.fake) / 2 == pytest.approx(0.841, abs=4e-3)
    # E_q D* = E_q p / (p + q), here by quadrature
    x = np.linspace(-8, 10, 4001)
    p, q = norm.pdf(x, 2), norm.pdf(x)
    assert found.mean_fake == pytest.approx((p * q / (p + q)).sum() * (x[1] - x[0]), abs=4e-3)


def test_a_discriminator_that_cannot_tell_is_right_half_the_time() -> None:
    assert discrimination(np.zeros(4), np.zeros(6)) == (0.5, 0.5, 0.5)
    assert discrimination(np.full(4, 0.5), np.full(6, 0.5), neutral=0.5)[:2] == (0.5, 0.5)
    assert discrimination(np.array([1.0, 0.2, 0.5]), np.array([0.6]), neutral=0.5)[:2] == (0.5, 0.0)


def test_held_out_gap_is_what_a_memorising_discriminator_gains() -> None:
    assert held_out_gap(np.array([3.0, 5.0]), np.array([1.0, 0.0, -1.0])) == 4


def test_rows_of_the_cross_time_matrix_are_discriminators() -> None:
    samples = [torch.tensor([[1.0, 0], [3, 0]]), torch.tensor([[0.0, 1]]), torch.tensor([[-2.0, 2]])]
    discriminators = [lambda x: x[:, :1], lambda x: 10 * x[:, 1:]]
    assert cross_time_matrix(discriminators, samples).tolist() == [[2, 0, -2], [0, 10, 20]]
