"""Densities of generators: exact ones against change of variables, kernel ones against the smoothed truth."""

import numpy as np
import pytest
import torch
from scipy.special import expit
from scipy.stats import lognorm, norm
from torch import nn

from ganlab_desktop.experiment.data import Gaussians, Mixture1D, Points, Ring
from ganlab_desktop.experiment.networks import MlpGenerator, NormalLatent, UniformLatent
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.networks.mlp import mlp_generator
from ganlab_desktop.measure.metrics.matched_kernel import MatchedKernel
from ganlab_desktop.measure.theory.kernel_density import density_pair, log_kernel_density
from ganlab_desktop.measure.theory.pushforward import (
    NoDensityError,
    curve_of,
    linear_log_density,
    log_density_of_samples,
    monotone_log_density,
    require_density,
)

X = np.linspace(-2, 3, 41)


def normal_samples(count: int, dim: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((count, dim))


def test_kernel_density_is_the_mean_of_the_kernels() -> None:
    samples, y, h = normal_samples(30, 2), np.linspace(-1, 1, 7), 0.3
    brute = np.array([[np.mean(norm.pdf(a, samples[:, 0], h) * norm.pdf(b, samples[:, 1], h)) for a in X] for b in y])
    assert log_kernel_density(samples, X, y, h) == pytest.approx(np.log(brute))
    line = np.array([[np.mean(norm.pdf(a, samples[:, 0], h)) for a in X]])
    assert log_kernel_density(samples[:, :1], X, None, h) == pytest.approx(np.log(line))


def test_samples_that_are_not_finite_take_mass_away() -> None:
    samples = normal_samples(30, 2)
    half = np.concatenate((samples, np.full((30, 2), np.inf)))
    whole, lost = log_kernel_density(samples, X, X, 0.3), log_kernel_density(half, X, X, 0.3)
    assert lost == pytest.approx(whole - np.log(2))


@pytest.mark.parametrize("spec", [Mixture1D(means=(0.0,), sigmas=(1.0,), weights=(1.0,)), Gaussians()])
def test_true_samples_have_the_smoothed_density_of_the_data(spec) -> None:
    data = build(spec)
    samples = data.sample(np.random.default_rng(0), 40_000)
    left, right, bottom, top = data.box
    x, y = np.linspace(left, right, 25), np.linspace(bottom, top, 25) if data.dim == 2 else None
    pair = density_pair(data, samples, x, y, data.detail / 2)
    assert pair.log_p.shape == pair.log_q.shape == ((25, 25) if data.dim == 2 else (1, 25))
    p, q = np.exp(pair.log_p), np.exp(pair.log_q)
    assert q == pytest.approx(p, abs=0.05 * p.max())
    likely = pair.log_p > pair.log_p.max() - 2
    assert np.abs(expit(pair.log_ratio[likely]) - 0.5).max() < 0.06


def test_rows_run_from_bottom_to_top() -> None:
    data = build(Ring())
    low_right = np.array([[1.0, -1.0]])
    pair = density_pair(data, low_right, np.array([-1.0, 1.0]), np.array([-1.0, 0.0, 1.0]), 0.1)
    assert np.unravel_index(pair.log_q.argmax(), pair.log_q.shape) == (0, 1)


def test_overlay_is_silent_where_neither_side_has_a_sample() -> None:
    data = build(Ring())
    kernel = MatchedKernel(data)
    samples = data.sample(np.random.default_rng(0), 5000)
    missing = samples[samples[:, 0] < 0.9 * samples[:, 0].max()]  # the mode at angle 0 is gone
    axis = np.append(0.0, data.modes.centres[0, 0])
    pair = density_pair(data, missing, axis, np.array([0.0]), kernel.h)
    assert pair.known.tolist() == [[False, True]]
    assert np.isnan(pair.log_ratio[0, 0])  # the ring's empty middle
    assert pair.log_ratio[0, 1] > 20  # data without samples: D* says real


def test_data_without_a_density_have_no_overlay(tmp_path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("1,2\n3,4\n")
    with pytest.raises(ValueError, match="no density"):
        density_pair(build(Points(path=str(file))), np.zeros((1, 2)), X, X, 0.1)


def test_linear_generator_has_covariance_w_wt() -> None:
    weight, bias = np.array([[1.0, 0.5, 0.0], [0.0, 0.3, 2.0]]), np.array([0.5, -1.0])
    z = normal_samples(200_000, 3)
    assert np.cov((z @ weight.T + bias).T) == pytest.approx(weight @ weight.T, abs=0.03)
    axis, cell = np.linspace(-9, 9, 181, retstep=True)
    x = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    density = np.exp(linear_log_density(x, weight, bias)) * cell**2
    assert density.sum() == pytest.approx(1, abs=1e-4)
    assert np.cov(x.T, aweights=density) == pytest.approx(weight @ weight.T, abs=1e-2)
    assert density @ x == pytest.approx(bias, abs=1e-3)


def test_square_linear_generator_agrees_with_change_of_variables() -> None:
    weight, bias, z = np.array([[2.0, 1.0], [0.0, 0.5]]), np.array([1.0, 0.0]), normal_samples(20, 2)
    exact = norm.logpdf(z).sum(1) - np.log(1.0)  # |det W| = 1
    assert linear_log_density(z @ weight.T + bias, weight, bias) == pytest.approx(exact)


def test_monotone_generators_have_their_known_densities() -> None:
    x = np.linspace(0.05, 6, 50)
    exponential = monotone_log_density(x, lambda z: (np.exp(z), np.exp(z)), NormalLatent(dim=1))
    assert exponential == pytest.approx(lognorm.logpdf(x, 1.0))
    falling = monotone_log_density(X, lambda z: (1 - 2 * z, np.full(len(z), -2.0)), NormalLatent(dim=1))
    assert falling == pytest.approx(norm.logpdf(X, 1, 2))
    uniform = monotone_log_density(X, lambda z: (2 * z, np.full(len(z), 2.0)), UniformLatent(dim=1))
    assert uniform == pytest.approx(np.where(np.abs(X) <= 2, -np.log(4), -np.inf))


@pytest.mark.parametrize("latent", [NormalLatent(dim=1), UniformLatent(dim=1)])
def test_density_of_a_monotone_network_integrates_to_one(latent) -> None:
    network = mlp_generator(MlpGenerator(hidden=(8,), activation="tanh"), 1, (1,), np.random.default_rng(0)).double()
    with torch.no_grad():
        for layer in network:
            if isinstance(layer, nn.Linear):
                layer.weight.abs_().add_(0.1)
    x = np.linspace(-8, 8, 4001)
    density = np.exp(monotone_log_density(x, curve_of(network), latent))
    assert density.sum() * (x[1] - x[0]) == pytest.approx(1, abs=3e-3)  # uniform noise ends in two steps


def test_invertible_generator_has_the_density_of_its_map() -> None:
    """sinh spreads each axis, a rotation mixes them: the inverse is known, and so is the density."""

    class Spread(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.sinh(x)

    weight = np.array([[0.8, -0.6], [0.6, 0.8]])
    generator = nn.Sequential(Spread(), nn.Linear(2, 2)).double()
    with torch.no_grad():
        generator[1].weight.copy_(torch.from_numpy(2 * weight))
        generator[1].bias.fill_(1.0)
    z = normal_samples(50, 2)
    samples, log_q = log_density_of_samples(generator, z, NormalLatent(dim=2))
    spread = (samples - 1) @ weight / 2
    exact = (norm.logpdf(np.arcsinh(spread)) - np.log(np.hypot(1, spread))).sum(1) - np.log(4)
    assert log_q == pytest.approx(exact)
    uniform = log_density_of_samples(generator[1], np.clip(z, -1, 1), UniformLatent(dim=2))[1]
    assert uniform == pytest.approx(-np.log(16))


def test_network_that_folds_the_plane_has_no_single_branch() -> None:
    class Fold(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.stack((x[:, 0] ** 2, x[:, 1]), dim=1) + 0 * self.weight.sum()

    with pytest.raises(NoDensityError, match="folds"):
        log_density_of_samples(Fold(2, 2).double(), normal_samples(50, 2), NormalLatent(dim=2))
    narrow = nn.Linear(1, 2).double()
    with pytest.raises(NoDensityError, match="dimension 1"):
        log_density_of_samples(narrow, normal_samples(5, 1), NormalLatent(dim=1))
    with pytest.raises(NoDensityError, match="integral"):
        log_density_of_samples(nn.Linear(3, 2).double(), normal_samples(5, 3), NormalLatent(dim=3))


def test_generators_without_a_density_say_why() -> None:
    with pytest.raises(NoDensityError, match="log 2"):
        require_density(1, 2)
    require_density(2, 2)
    with pytest.raises(NoDensityError, match="thin set"):
        linear_log_density(np.zeros((1, 2)), np.array([[1.0, 2.0], [2.0, 4.0]]), np.zeros(2))
    with pytest.raises(NoDensityError, match="dimension 1"):
        linear_log_density(np.zeros((1, 2)), np.array([[1.0], [2.0]]), np.zeros(2))
    for curve in (lambda z: (z**2, 2 * z), lambda z: (np.ones_like(z), np.zeros_like(z))):
        with pytest.raises(NoDensityError, match="monotone"):
            monotone_log_density(X, curve, NormalLatent(dim=1))
