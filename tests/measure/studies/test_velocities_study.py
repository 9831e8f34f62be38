"""What losses make of D's gradient, for discriminators and generators on the line whose answers are known."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from scipy.special import expit
from snapshots import DATA, line, snapshot
from torch import nn

from ganlab_desktop.experiment.data import Ring
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.networks import NormalLatent
from ganlab_desktop.experiment.objectives import (
    FGan,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    ObjectiveSpec,
    RelativisticPaired,
    Wasserstein,
)
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.measure.studies.velocities import BINS, Velocities

STUDY = Velocities(DATA, seed=0)
SLOPE, OFFSET = 2.0, -6.0  # v = 2 x - 6 of samples from N(0, 1): sure that they are fake


def look(objective: ObjectiveSpec, slope: float = SLOPE, offset: float = OFFSET):
    picture, row = STUDY.look(snapshot(objective, line(slope, offset)))
    assert row == pytest.approx(tuple(picture.numbers[name] for name in Velocities.COLUMNS), nan_ok=True)
    return picture


def test_of_a_sure_discriminator_the_saturating_velocity_vanishes_and_the_other_is_the_whole_slope() -> None:
    picture = look(NonSaturating())
    v = picture.arrays["output"].astype(float)
    density, edges = picture.arrays["density"].astype(float), picture.arrays["edges"].astype(float)
    assert len(density) == BINS
    np.testing.assert_array_equal(np.searchsorted(edges, v) - 1, np.flatnonzero(density))
    np.testing.assert_allclose(picture.arrays["saturating"], np.log10(SLOPE * expit(v)), atol=5e-3)
    np.testing.assert_allclose(picture.arrays["non_saturating"], np.log10(SLOPE * expit(-v)), atol=5e-3)
    middle = -math.log(picture.numbers["ratio"])
    assert middle == pytest.approx(OFFSET, abs=0.3)  # the median of v
    assert picture.numbers["saturating"] == pytest.approx(SLOPE * expit(middle), rel=1e-3)
    assert picture.numbers["non_saturating"] == pytest.approx(SLOPE * expit(-middle), rel=1e-3)
    assert density @ np.diff(edges) == pytest.approx(1.0, abs=1e-4)
    assert density @ (np.diff(edges) * (edges[1:] + edges[:-1]) / 2) == pytest.approx(OFFSET, abs=0.3)


@pytest.mark.parametrize(
    ("objective", "same"),
    [
        (Minimax(), "saturating"),
        (NonSaturating(), "non_saturating"),
        (FGan(divergence="gan"), "saturating"),
        (FGan(divergence="gan", generator_form="alternative"), "non_saturating"),
    ],
)
def test_the_log_losses_own_velocity_is_one_of_the_two(objective: ObjectiveSpec, same: str) -> None:
    arrays = look(objective).arrays
    np.testing.assert_allclose(arrays["own"], arrays[same], atol=1e-4)


@pytest.mark.parametrize("objective", [Wasserstein(), Hinge()])
def test_a_linear_loss_passes_the_slope_on(objective: ObjectiveSpec) -> None:
    np.testing.assert_allclose(look(objective).arrays["own"], np.log10(SLOPE), atol=1e-4)


def test_least_squares_pull_in_proportion_to_what_is_missing() -> None:
    """l = (v - 1)^2 / 2, so that |l'| = |v - 1|."""
    picture = look(LeastSquares())
    np.testing.assert_allclose(
        picture.arrays["own"], np.log10(SLOPE * np.abs(picture.arrays["output"] - 1.0)), atol=2e-2
    )


def test_relativistic_slopes_are_those_of_pairs() -> None:
    """l = softplus(v_real - v_fake), with l' near 1 where D is sure."""
    assert look(RelativisticPaired()).numbers["own"] == pytest.approx(SLOPE, rel=0.05)


def test_the_ideal_velocity_of_two_gaussians_is_the_slope_of_their_logit() -> None:
    """log p/q = 2 x - 2 for N(2, 1) against N(0, 1)."""
    assert look(NonSaturating()).numbers["ideal"] == pytest.approx(2.0, rel=0.3)


def test_without_densities_the_ideal_is_left_out() -> None:
    data = build(Ring())
    shot = snapshot(NonSaturating(), nn.Linear(2, 1), nn.Linear(1, 2))
    thin = dataclasses.replace(shot, data=data, experiment=Experiment(latent=NormalLatent(dim=1)))
    picture, row = Velocities(data, seed=0).look(thin)
    assert "ideal" not in picture.arrays
    assert [math.isnan(value) for value in row] == [False, False, False, True]


def test_saturation_beyond_all_digits_is_drawn_as_minus_infinity() -> None:
    picture = look(NonSaturating(), offset=-2000.0)
    assert np.isneginf(picture.arrays["saturating"]).all()
    assert picture.numbers["saturating"] == 0.0
    assert picture.numbers["ratio"] == math.inf


def test_players_that_are_no_longer_finite_leave_nothing() -> None:
    picture, row = STUDY.look(snapshot(NonSaturating(), line(math.nan, 0.0)))
    assert not picture.arrays
    assert np.isnan(row).all()


def test_the_ideal_of_an_affine_generator_is_exact() -> None:
    shot = snapshot(NonSaturating(), line(SLOPE, OFFSET), line(1.0, 0.0))
    affine = dataclasses.replace(shot, experiment=with_changes(shot.experiment, {"generator.kind": "affine"}))
    picture, _ = Velocities(DATA, seed=0).look(affine)
    np.testing.assert_allclose(picture.arrays["ideal"], np.log10(2.0), atol=1e-4)
    assert picture.numbers["ideal_floor"] == picture.numbers["h"] == 0.0


def test_a_generator_of_true_samples_scores_the_floor_and_a_shifted_one_far_more() -> None:
    data = build(Ring())

    class Truth(nn.Module):
        shift = 0.0

        def forward(self, latents):
            points = data.sample(np.random.default_rng(5), len(latents)) + np.float32(self.shift)
            return torch.from_numpy(points)

    generator = Truth()
    shot = snapshot(NonSaturating(), nn.Linear(2, 1), generator)
    shot = dataclasses.replace(shot, data=data, experiment=Experiment())
    study = Velocities(data, seed=0)
    alike, _ = study.look(shot)
    assert alike.numbers["ideal"] == pytest.approx(alike.numbers["ideal_floor"], rel=0.5)
    generator.shift = 3 * data.detail
    moved, _ = study.look(shot)
    assert moved.numbers["ideal"] > 20 * moved.numbers["ideal_floor"]
