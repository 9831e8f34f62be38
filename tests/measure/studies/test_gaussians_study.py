"""Two known Gaussians: the numbers that the guided labs state, without samples."""

import math

import numpy as np
import pytest
import torch
from scipy.special import expit
from snapshots import VIEW, line
from torch import nn

from ganlab_desktop.experiment.data import Ellipse, Mixture1D, Ring
from ganlab_desktop.experiment.experiment import Experiment, InstanceNoise
from ganlab_desktop.experiment.networks import AffineGenerator, NormalLatent, UniformLatent
from ganlab_desktop.experiment.objectives import FGan, NonSaturating, RelativisticAverage
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.measure.studies import Snapshot
from ganlab_desktop.measure.studies.gaussians import Gaussians
from ganlab_desktop.measure.studies.transport import CELLS, Transport
from ganlab_desktop.measure.studies.truth import Truth


def snapshot(data, generator: nn.Module, objective=NonSaturating(), discriminator=None, **fields) -> Snapshot:  # noqa: B008
    experiment = Experiment(
        data=data,
        latent=fields.pop("latent", NormalLatent(dim=generator.in_features)),
        generator=AffineGenerator(),
        objective=objective,
        **fields,
    )
    return Snapshot(
        step=0,
        experiment=experiment,
        data=build(data),
        objective=build_objective(objective),
        generator=generator,
        average=generator,
        discriminator=discriminator or line(2.0, -2.0),
        view=VIEW,
    )


def gaussian(mean: float, sigma: float) -> Mixture1D:
    return Mixture1D(means=(mean,), sigmas=(sigma,), weights=(1.0,))


def numbers(seen: Snapshot) -> dict[str, float]:
    picture, row = Gaussians(seen.data, 0).look(seen)
    assert row == pytest.approx([picture.numbers.get(name, math.nan) for name in Gaussians.COLUMNS], nan_ok=True)
    return picture.numbers


@pytest.mark.parametrize(
    ("objective", "value"),
    [
        (NonSaturating(), -0.7126),
        (FGan(divergence="kl"), 2.0),
        (FGan(divergence="reverse_kl"), 2.0),
        (FGan(divergence="jensen_shannon"), 0.674),
        (FGan(divergence="pearson"), 53.6),
        (FGan(divergence="squared_hellinger"), 0.787),
        (FGan(divergence="total_variation"), 0.683),
        (FGan(divergence="jeffrey"), 4.0),
    ],
)
def test_the_best_value_is_the_divergence_of_the_objective(objective, value) -> None:
    found = numbers(snapshot(gaussian(2.0, 1.0), line(1.0, 0.0), objective))
    assert found["optimum"] == pytest.approx(value, rel=2e-3)
    assert found["jsd"] == pytest.approx(0.3368, abs=5e-5)


def test_at_equilibrium_the_value_is_minus_log_4_and_one_off_it_is_more() -> None:
    assert numbers(snapshot(gaussian(0.0, 1.0), line(1.0, 0.0)))["optimum"] == pytest.approx(-1.3863, abs=5e-5)
    assert numbers(snapshot(gaussian(0.0, 1.0), line(1.0, 1.0)))["optimum"] == pytest.approx(-1.1635, abs=5e-5)


def test_a_generator_that_turns_its_noise_round_is_the_same_gaussian() -> None:
    there, mirrored = (numbers(snapshot(gaussian(0.0, 1.0), line(slope, 2.0))) for slope in (3.0, -3.0))
    assert there == mirrored
    assert (there["w1"], there["w2_squared"]) == pytest.approx((2.333, 8.0), abs=5e-4)


def test_truth_of_two_gaussians_is_exact() -> None:
    seen = snapshot(gaussian(2.0, 1.0), line(1.0, 0.0))
    picture, (value, optimum) = Truth(seen.data, 0).look(seen)
    assert optimum == pytest.approx(-0.7126, abs=2e-4)
    assert value == pytest.approx(optimum, abs=1e-6)
    x = np.linspace(-1.0, 3.0, 65)
    np.testing.assert_allclose(picture.arrays["optimal"][0], expit(2 * x - 2), atol=1e-6)
    assert picture.arrays["optimal"][0][[16, 32, 48]] == pytest.approx([0.119, 0.5, 0.881], abs=5e-4)
    np.testing.assert_allclose(np.exp(picture.arrays["generated"][0]), np.exp(-(x**2) / 2) / 2.50663, rtol=1e-4)
    assert picture.numbers["h"] == 0.0


def test_in_the_plane_the_closed_forms_are_left() -> None:
    flat = nn.Linear(2, 2)
    with torch.no_grad():
        flat.weight.copy_(torch.diag(torch.tensor([2.0, 0.1])))
        flat.bias.zero_()
    found = numbers(snapshot(Ellipse(major=1.0, minor=1.0), flat, discriminator=nn.Linear(2, 1)))
    assert (found["reverse_kl"], found["kl"]) == pytest.approx((2.61, 47.5), rel=2e-3)
    assert found["w2_squared"] == pytest.approx(1.0 + 0.81)
    assert found["rank"] == 2.0
    assert math.isnan(found["jsd"])
    ring = numbers(snapshot(Ring(), flat, discriminator=nn.Linear(2, 1)))
    assert ring["rank"] == 2.0
    assert math.isnan(ring["kl"])


def test_what_is_not_known_is_not_told() -> None:
    uniform = snapshot(gaussian(0.0, 1.0), line(1.0, 0.0), latent=UniformLatent(dim=1))
    assert numbers(uniform) == {}
    other = snapshot(gaussian(0.0, 1.0), line(1.0, 0.0), RelativisticAverage())
    assert math.isnan(numbers(other)["optimum"])
    noisy = snapshot(gaussian(0.0, 1.0), line(1.0, 0.0), instance_noise=InstanceNoise(std=0.5))
    assert math.isnan(numbers(noisy)["optimum"])
    point = numbers(snapshot(gaussian(0.0, 1.0), line(0.0, 1.0)))
    assert (point["kl"], point["w2_squared"]) == (math.inf, pytest.approx(2.0))


def test_the_joint_plan_has_both_marginals_and_moves_w1() -> None:
    seen = snapshot(gaussian(0.0, 1.0), line(3.0, 2.0))
    wide = Snapshot(**{**seen.__dict__, "view": type(VIEW)((-15.0, 20.0, 0.0, 1.0), 64)})
    study = Transport(wide.data, 0)
    picture, (w1, floor, *_) = study.look(wide)
    plan = picture.arrays["plan"].astype(np.float64)
    assert plan.shape == (CELLS, CELLS)
    edges = np.linspace(-15.0, 20.0, CELLS + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    real, fake = study._real[:, 0], wide.generate(1000)[:, 0]
    np.testing.assert_allclose(plan.sum(0), np.histogram(real, edges)[0] / 1000, atol=1e-6)
    np.testing.assert_allclose(plan.sum(1), np.histogram(fake, edges)[0] / 1000, atol=1e-6)
    assert (np.abs(middles[:, None] - middles) * plan).sum() == pytest.approx(w1, rel=0.02)
    assert w1 == pytest.approx(2.333, abs=0.3)
    assert floor < 0.2
    rows, columns = np.nonzero(plan)
    assert (np.diff(columns) >= 0).all()  # it does not cross
    assert len(rows) < 3 * CELLS
