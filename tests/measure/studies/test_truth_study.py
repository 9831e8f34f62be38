"""The best discriminator and the game's value against closed forms."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from msgspec.structs import asdict
from scipy.special import expit
from scipy.stats import norm
from snapshots import DATA, line, snapshot
from torch import nn

from ganlab_desktop.experiment.data import Ring
from ganlab_desktop.experiment.experiment import Experiment, InstanceNoise
from ganlab_desktop.experiment.networks import NormalLatent
from ganlab_desktop.experiment.objectives import (
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    ObjectiveSpec,
    RelativisticAverage,
    RelativisticPaired,
    Wasserstein,
)
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.measure.metrics.matched_kernel import MatchedKernel
from ganlab_desktop.measure.probes import View
from ganlab_desktop.measure.studies import Snapshot
from ganlab_desktop.measure.studies.truth import SAMPLES, Truth, no_density, no_optimum, no_value

TRUTH = Truth(DATA, seed=0)
X = np.linspace(-1.0, 3.0, 65)
TV = math.erf(1 / math.sqrt(2))  # of N(2, 1) and N(0, 1): 2 Phi(1) - 1


@pytest.mark.parametrize("objective", [Minimax(), NonSaturating()])
def test_the_best_logit_of_two_gaussians_is_linear_and_reaches_the_known_value(objective) -> None:
    """D*(x) = sigma(2 x - 2), JSD 0.3368, V -0.7126."""
    picture, (value, optimum) = TRUTH.look(snapshot(objective, line(2.0, -2.0)))
    assert optimum == pytest.approx(-0.7126, abs=0.03)
    assert value == pytest.approx(optimum, abs=0.004)
    assert value <= optimum
    np.testing.assert_allclose(picture.arrays["optimal"][0], expit(2 * X - 2), atol=0.04)
    np.testing.assert_allclose(picture.arrays["difference"][0], 0.0, atol=0.04)
    np.testing.assert_allclose(picture.arrays["ratio"][0], 2 * X - 2, atol=0.6)
    np.testing.assert_allclose(np.exp(picture.arrays["generated"][0]), np.exp(-(X**2) / 2) / 2.5066, atol=0.03)


def test_a_blind_discriminator_is_worth_minus_log_4_and_a_wrong_one_less() -> None:
    _, (blind, optimum) = TRUTH.look(snapshot(NonSaturating(), line(0.0, 0.0)))
    _, (wrong, _) = TRUTH.look(snapshot(NonSaturating(), line(-2.0, 2.0)))
    assert blind == pytest.approx(-math.log(4), abs=3e-3)  # but for what lies outside the cells
    assert wrong < blind < optimum


def test_a_perfect_generator_leaves_nothing_to_tell() -> None:
    _, (value, optimum) = TRUTH.look(snapshot(NonSaturating(), line(0.0, 0.0), line(1.0, 2.0)))
    assert value == pytest.approx(-math.log(4), abs=3e-3)
    assert optimum == pytest.approx(-math.log(4), abs=0.02)
    assert value <= optimum


def test_least_squares_and_hinge_have_optima_of_their_own() -> None:
    """(b p + a q) / (p + q), and sign(p - q) with min L_D = 2 - 2 TV."""
    picture, _ = TRUTH.look(snapshot(LeastSquares(a=-1.0, b=3.0), line(0.0, 0.0)))
    np.testing.assert_allclose(picture.arrays["optimal"][0], -1 + 4 * expit(2 * X - 2), atol=0.15)
    picture, (_, optimum) = TRUTH.look(snapshot(Hinge(), line(0.0, 0.0)))
    assert optimum == pytest.approx(-(2 - 2 * TV), abs=0.04)
    np.testing.assert_array_equal(picture.arrays["optimal"][0][[0, 24, 40, 64]], [-1, -1, 1, 1])


def test_in_the_plane_the_value_is_that_of_the_smoothed_distributions() -> None:
    """The optimum is -log 4 + 2 JSD; the value, by Monte Carlo: samples of either side with the kernel's noise."""
    data, discriminator, generator = build(Ring()), nn.Linear(2, 1), nn.Linear(2, 2)
    with torch.no_grad():
        discriminator.weight.copy_(torch.tensor([[1.5, -0.8]]))
        discriminator.bias.fill_(0.4)
        generator.weight.copy_(torch.tensor([[0.3, 0.1], [-0.2, 0.25]]))  # few samples leave the box
        generator.bias.fill_(0.2)
    shot = snapshot(NonSaturating(), discriminator, generator)
    experiment = Experiment(objective=NonSaturating(), data=Ring(), latent=NormalLatent(dim=2))
    shot = replace(shot, data=data, experiment=experiment, view=View(data.box, 16))
    _, (value, optimum) = Truth(data, seed=0).look(shot)
    kernel = MatchedKernel(data, SAMPLES)
    fake = shot.generate(SAMPLES)
    assert optimum == pytest.approx(-math.log(4) + 2 * kernel.measure(fake).jsd, abs=2e-3)
    noise = kernel.h * np.random.default_rng(0).standard_normal((2, 200_000, 2))
    real = data.sample(np.random.default_rng(1), 200_000) + noise[0]
    many = np.resize(fake, (200_000, 2)) + noise[1]
    v_real, v_fake = (points @ [1.5, -0.8] + 0.4 for points in (real, many))
    assert value == pytest.approx(-np.log1p(np.exp(-v_real)).mean() - np.log1p(np.exp(v_fake)).mean(), abs=5e-3)


def test_where_any_constant_would_do_the_picture_takes_the_discriminators() -> None:
    picture, row = TRUTH.look(snapshot(RelativisticPaired(), line(2.0, 40.0)))
    np.testing.assert_allclose(picture.arrays["difference"][0], 0.0, atol=0.6)
    assert np.isnan(row).all()


def under(spec: InstanceNoise, discriminator: nn.Module, objective: ObjectiveSpec) -> Snapshot:
    """Data N(2, 1) against N(0, 1) after seven steps under instance noise."""
    found = snapshot(objective, discriminator)
    return replace(found, experiment=with_changes(found.experiment, {"instance_noise": asdict(spec)}))


@pytest.mark.parametrize("noise", [InstanceNoise(std=1.0), InstanceNoise(std=2.0, steps=14)])
def test_under_instance_noise_the_best_d_is_that_of_the_convolved_densities(noise: InstanceNoise) -> None:
    """Both variances grow from 1 to 2: D*(x) = sigma(x - 1), and the optimum is that of N(2, 2) and N(0, 2)."""
    picture, (value, optimum) = TRUTH.look(under(noise, line(1.0, -1.0), NonSaturating()))
    np.testing.assert_allclose(picture.arrays["optimal"][0], expit(X - 1), atol=0.03)
    np.testing.assert_allclose(picture.arrays["difference"][0], 0.0, atol=0.03)
    x = np.linspace(-12.0, 14.0, 20_001)
    p, q = norm.pdf(x, 2, math.sqrt(2)), norm.pdf(x, 0, math.sqrt(2))
    exact = float(np.sum(p * np.log(expit(x - 1)) + q * np.log(expit(1 - x))) * (x[1] - x[0]))
    assert optimum == pytest.approx(exact, abs=0.02)
    assert optimum - 1e-3 < value <= optimum


@pytest.mark.parametrize("std", [0.02, 0.3, 3.0])
def test_no_discriminator_is_worth_more_than_the_best_one_under_noise(std: float) -> None:
    for slope, offset in ((2.0, -2.0), (40.0, -30.0), (-1.0, 0.0)):
        _, (value, optimum) = TRUTH.look(under(InstanceNoise(std=std), line(slope, offset), NonSaturating()))
        assert value < optimum
        assert np.isfinite([value, optimum]).all()


def test_the_best_packed_d_of_equal_samples_is_that_of_the_ratios_power() -> None:
    """For pairs log p(x) p(x') / (q(x) q(x')), at x = x' twice 2 x - 2; the value would be a sum over the plane."""
    pairs = nn.Linear(2, 1)
    with torch.no_grad():
        pairs.weight.fill_(2.0)
        pairs.bias.fill_(-4.0)
    found = snapshot(NonSaturating(), pairs)
    found = replace(found, experiment=with_changes(found.experiment, {"discriminator.packing": 2}))
    picture, row = TRUTH.look(found)
    np.testing.assert_allclose(picture.arrays["optimal"][0], expit(4 * X - 4), atol=0.08)
    np.testing.assert_allclose(picture.arrays["difference"][0], 0.0, atol=0.08)
    assert np.isnan(row).all()
    assert Truth.fits(found.experiment, DATA, found.objective)
    assert "packs" in no_value(found.experiment, DATA, found.objective)


def test_what_has_no_optimum_says_why() -> None:
    def why(objective, data=DATA, latent=1) -> str:
        experiment = Experiment(objective=objective, latent=NormalLatent(dim=latent))
        return no_optimum(experiment, data, build_objective(objective))

    assert why(NonSaturating()) == why(Wasserstein()) == ""
    assert "closed form" in why(RelativisticAverage())
    assert "latent" in why(NonSaturating(), build(Ring()), latent=1)
    paired = build_objective(RelativisticPaired())
    assert "pairs" in no_value(Experiment(objective=RelativisticPaired()), DATA, paired)
    assert no_value(Experiment(), DATA, build_objective(NonSaturating())) == ""
    picture, row = TRUTH.look(snapshot(RelativisticAverage(), line(1.0, 0.0)))
    assert not {"optimal", "difference"} & set(picture.arrays)
    assert np.isnan(row).all()


@pytest.mark.parametrize("objective", [RelativisticAverage(), Wasserstein()])
def test_the_log_ratio_is_there_without_an_optimum(objective) -> None:
    picture, row = TRUTH.look(snapshot(objective, line(1.0, 0.0)))
    np.testing.assert_allclose(picture.arrays["ratio"][0], 2 * X - 2, atol=0.6)
    assert set(picture.arrays) == {"ratio", "generated"}
    assert np.isnan(row).all()


def test_densities_are_missing_for_reasons_of_their_own() -> None:
    experiment = Experiment(objective=RelativisticAverage(), latent=NormalLatent(dim=1))
    assert no_density(experiment, DATA) == ""
    assert "latent" in no_density(experiment, build(Ring()))
    assert not Truth.fits(experiment, build(Ring()), build_objective(experiment.objective))
    assert Truth.fits(experiment, DATA, build_objective(experiment.objective))
