"""W1, its plan and its potential against closed forms."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from snapshots import DATA, line, snapshot

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import NonSaturating, Wasserstein
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.studies.transport import POINTS, SHOWN, Transport, no_potential
from ganlab_desktop.measure.studies.truth import no_optimum

TRANSPORT = Transport(DATA, seed=0)
NOISE = 4 * np.sqrt(2 / POINTS)  # of a difference of two means


def test_the_distance_of_two_gaussians_is_that_of_their_means() -> None:
    picture, (w1, floor, *rest) = TRANSPORT.look(snapshot(NonSaturating(), line(2.0, -2.0)))
    assert w1 == pytest.approx(2.0, abs=NOISE)
    assert 0.0 < floor < NOISE
    assert np.isnan(rest).all()
    start, end = picture.arrays["start"], picture.arrays["end"]
    assert SHOWN <= len(start) < 2 * SHOWN
    assert (end - start).mean() == pytest.approx(w1, rel=0.05)


@pytest.mark.parametrize("slope", [0.5, 3.0])
def test_a_linear_critic_has_the_right_estimate_once_divided_by_its_slope(slope: float) -> None:
    picture, (w1, _, estimate, found, cosine) = TRANSPORT.look(snapshot(Wasserstein(), line(slope, 5.0)))
    assert found == pytest.approx(slope, rel=1e-4)
    assert estimate == pytest.approx(w1, abs=1e-3)
    assert cosine == pytest.approx(1.0, abs=1e-4)
    np.testing.assert_allclose(np.diff(picture.arrays["optimal"][0]), slope * 4 / 64, rtol=1e-3)
    assert "difference" not in picture.arrays  # away from the segments the potential is one of many


def test_a_critic_that_points_the_wrong_way_is_told() -> None:
    _, (w1, _, estimate, _, cosine) = TRANSPORT.look(snapshot(Wasserstein(), line(-1.0, 0.0)))
    assert estimate == pytest.approx(-w1, abs=1e-3)
    assert cosine == pytest.approx(-1.0, abs=1e-4)


@pytest.mark.parametrize(
    "changes",
    [
        {"discriminator.packing": 2},
        {"discriminator.minibatch": "stddev"},
        {"discriminator.norm": "batch"},
        {"instance_noise.std": 0.2},
    ],
    ids=str,
)
def test_a_critic_that_does_not_see_single_samples_as_they_are_is_not_held_against_w1(changes: dict) -> None:
    experiment = with_changes(Experiment(), {"objective.kind": "wasserstein", "latent.dim": 1, **changes})
    game = Game(experiment, torch.device("cpu"))
    reason = no_optimum(experiment, game.data, game.objective)
    assert reason == no_potential(experiment) != ""
    shot = replace(snapshot(Wasserstein(), line(1.0, 0.0)), experiment=experiment)
    picture, (w1, floor, *of_critic) = TRANSPORT.look(shot)
    assert w1 > floor
    assert np.isnan(of_critic).all()
    assert "optimal" not in picture.arrays
