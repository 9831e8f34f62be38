"""Numbers that hold where they are shown: whatever the zoom, the targets, the conditioning and the divergence."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from snapshots import DATA, line, snapshot
from torch import nn

from ganlab_desktop.engine.checkup import snapshot_of
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.data import Mixture1D
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.networks import AffineGenerator, NormalLatent
from ganlab_desktop.experiment.objectives import FGan, LeastSquares, RelativisticPaired
from ganlab_desktop.experiment.penalties import R1, Consistency, Dragan, LeCam, Orthogonal
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.gan.penalties import gradient_norms, input_gradient
from ganlab_desktop.measure.probes import View
from ganlab_desktop.measure.studies.best_response import gap_of
from ganlab_desktop.measure.studies.health import Health
from ganlab_desktop.measure.studies.lipschitz import Lipschitz, no_bound
from ganlab_desktop.measure.studies.losses import batch, left_out, losses_on, parameters
from ganlab_desktop.measure.studies.quality import Quality
from ganlab_desktop.measure.studies.truth import Truth, no_optimum, no_value

CPU = torch.device("cpu")


class Kinked(nn.Module):
    """log p/q = 2 x - 2 of N(2, 1) and N(0, 1), but flat beyond 4, and 5 too high."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (2 * x - 2).clamp(max=6.0) + 5.0


def test_the_constant_of_a_relativistic_best_d_is_the_same_at_any_zoom() -> None:
    shot = snapshot(RelativisticPaired(), Kinked())
    study, found = Truth(DATA, 0), []
    for view in (View((-1.0, 3.0, 0.0, 1.0), 65), View((-4.0, 40.0, 0.0, 1.0), 705)):
        picture, _ = study.look(replace(shot, view=view))
        x = np.linspace(view.box[0], view.box[1], view.resolution)
        found.append(picture.arrays["optimal"][0][np.abs(x - 1.0).argmin()])
    assert found[0] == pytest.approx(found[1], abs=0.05)
    assert found[0] == pytest.approx(5.0, abs=0.2)  # log p/q is 0 at 1


@pytest.mark.parametrize("divergence", ["kl", "reverse_kl", "pearson", "neyman", "jeffrey", "jensen_shannon"])
def test_the_largest_value_of_an_unbounded_divergence_is_told_without_samples_only(divergence: str) -> None:
    objective = FGan(divergence=divergence)
    sampled = Experiment(data=Mixture1D(), latent=NormalLatent(dim=1), objective=objective)
    exact = with_changes(sampled, {"generator.kind": "affine"})
    bounded = divergence == "jensen_shannon"
    assert ("no bound" in no_value(sampled, DATA, build_objective(objective))) != bounded
    assert no_value(exact, DATA, build_objective(objective)) == ""
    shot = replace(snapshot(objective, line(1.0, 0.0)), experiment=sampled)
    _, row = Truth(DATA, 0).look(shot)
    assert np.isfinite(row).all() == bounded
    _, row = Truth(DATA, 0).look(replace(shot, experiment=exact))
    assert np.isfinite(row).all()
    assert isinstance(exact.generator, AffineGenerator)


def test_batch_norm_has_no_best_d_of_single_samples() -> None:
    experiment = with_changes(Experiment(), {"discriminator.norm": "batch"})
    game = Game(experiment, CPU)
    assert "batch norm" in no_optimum(experiment, game.data, game.objective)


def test_targets_the_other_way_round_change_no_judgement() -> None:
    """D(x) = x / 2 with real at 1 is as right as 1 - x / 2 with real at 0."""
    upright = snapshot(LeastSquares(a=0.0, b=1.0, c=1.0), line(0.5, 0.0))
    inverted = snapshot(LeastSquares(a=1.0, b=0.0, c=0.0), line(-0.5, 1.0))
    rows = [Health(DATA, 0).measure(shot) for shot in (upright, inverted)]
    for name in ("real_accuracy", "fake_accuracy", "generator_gradient"):
        assert getattr(rows[0], name) == pytest.approx(getattr(rows[1], name), abs=1e-3)
    assert rows[1].real_accuracy > 0.8
    quality = [Quality(DATA, 0).look(shot)[1][:2] for shot in (upright, inverted)]
    assert quality[0] == pytest.approx(quality[1], abs=1e-3)
    assert min(quality[1]) > 0.8


def test_total_variation_shows_the_bounded_function_that_theory_speaks_of() -> None:
    """T = tanh(v) / 2, and 1/2 either way at its best."""
    picture, _ = Truth(DATA, 0).look(snapshot(FGan(divergence="total_variation"), line(2.0, -2.0)))
    x = np.linspace(-1.0, 3.0, 65)
    best = np.where(x < 1.0, -0.5, 0.5)
    clear = np.abs(x - 1.0) > 0.3
    np.testing.assert_allclose(picture.arrays["optimal"][0][clear], best[clear])
    expected = np.tanh(2 * x - 2) / 2 - best
    np.testing.assert_allclose(picture.arrays["difference"][0][clear], expected[clear], atol=1e-5)


@pytest.mark.parametrize("kind", ["concatenation", "embedding", "projection", "auxiliary_classifier"])
def test_a_conditional_discriminator_is_bracketed_too(kind: str) -> None:
    experiment = with_changes(Experiment(), {"conditioning.kind": kind, "discriminator.hidden": [8, 8]})
    run = Run(experiment)
    for _ in range(20):
        run.game.iterate()
    shot = snapshot_of(run).of_shown_class()
    assert no_bound(experiment) == ""
    _, (lower, upper) = Lipschitz(shot.data, 0).look(shot)
    steepest = gradient_norms(input_gradient(shot.judge, 5.0 * torch.randn(2000, 2))).max()
    assert 0.0 < lower <= upper
    assert float(steepest) <= upper < math.inf


def test_this_game_has_the_noise_and_the_penalties_that_are_functions_of_what_the_networks_say() -> None:
    penalties = (R1(weight=2.0), Dragan(weight=3.0, std=0.0), Consistency(weight=1.0, generator_weight=0.5))
    experiment = Experiment(data=Mixture1D(), latent=NormalLatent(dim=1), penalties=penalties)
    shot = replace(snapshot(LeastSquares(), line(0.5, 0.1)), experiment=experiment)
    real, latent = batch(shot, 4000, real=5, latent=1)
    at = parameters(shot.generator), parameters(shot.discriminator)
    plain = losses_on(replace(shot, experiment=replace_penalties(experiment)), real, latent)(*at)
    found = losses_on(shot, real, latent)(*at)
    consistency = 2 * (0.5 * 0.05) ** 2  # two sides, slope 1/2, jitter 0.05
    r1_and_dragan = 2.0 / 2 * 0.25 + 3.0 * 0.25
    assert float(found[1] - plain[1]) == pytest.approx(r1_and_dragan + consistency, abs=2e-4)
    assert float(found[0] - plain[0]) == pytest.approx(-0.5 * 0.05**2, abs=2e-4)  # G(z) = z
    noisy = losses_on(replace(shot, experiment=with_changes(experiment, {"instance_noise.std": 2.0})), real, latent)(
        *at
    )
    # (v - c)^2 / 2 grows by the variance of half the noise.
    assert float(noisy[0] - found[0]) == pytest.approx(0.5 * 0.25 * 4.0, abs=0.05)


def replace_penalties(experiment: Experiment) -> Experiment:
    return with_changes(experiment, {"penalties": []})


def test_what_this_game_leaves_out_is_named() -> None:
    assert left_out(Experiment(penalties=(R1(), Dragan()))) == ()
    assert left_out(Experiment(penalties=(LeCam(), Orthogonal()))) == (LeCam.title, Orthogonal.title)
    assert left_out(with_changes(Experiment(), {"conditioning.kind": "auxiliary_classifier"})) == (
        "the classification loss",
    )
    assert left_out(with_changes(Experiment(), {"schedule.unrolled_steps": 3})) == ("the unrolled steps",)


def test_a_checkup_sees_the_label_of_the_step() -> None:
    run = Run(with_changes(load_preset("ring-label-smoothing"), {"label_smoothing": {"real": 0.7, "steps": 100}}))
    at_once = snapshot_of(run).objective
    assert at_once.border == pytest.approx(math.log(0.7 / 1.3))  # s p / ((1 - s) p + q) where p = q
    assert run.game.objective.border == 0.0


def test_a_generator_gains_nothing_by_leaving_the_datas_box() -> None:
    """Against D(x) = 3 x it could move V by thousands out there; inside, by no more than the box is wide."""
    shot = snapshot(LeastSquares(a=0.0, b=1.0, c=1.0), line(3.0, 0.0))
    far = replace(shot, generator=line(1.0, -60.0))
    near = replace(shot, generator=line(1.0, float(DATA.box[0])))
    # L_D has (3 x)^2 / 2 of generated samples: from 60 away V = -L_D would be -16,000.
    assert abs(gap_of(far) - gap_of(near)) < 100.0
