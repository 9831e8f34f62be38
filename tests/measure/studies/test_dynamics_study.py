"""The phase plane follows the run's method, and the spectrum is that of the run's own losses."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from snapshots import line, snapshot

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import Hinge, Minimax, NonSaturating, Wasserstein
from ganlab_desktop.experiment.penalties import R1, R2, GradientPenalty, WeightClipping
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.studies.dynamics import Dynamics, dirac_of
from ganlab_desktop.measure.theory.dirac import Descent, DiracGan


@pytest.mark.parametrize(
    ("experiment", "expected"),
    [
        (Experiment(), DiracGan("non_saturating")),
        (Experiment(objective=Minimax(), penalties=(R1(weight=2.0),)), DiracGan("minimax", gamma=2.0)),
        (Experiment(penalties=(R1(weight=2.0), R2(weight=0.5))), DiracGan("non_saturating", gamma=2.5)),
        (
            Experiment(objective=Wasserstein(), penalties=(WeightClipping(limit=0.5),)),
            DiracGan("wasserstein", limit=0.5),
        ),
        (
            with_changes(Experiment(penalties=(R1(weight=2.0),)), {"instance_noise.std": 0.3}),
            DiracGan("non_saturating", gamma=2.0, noise=0.3),
        ),
        (
            with_changes(Experiment(), {"instance_noise": {"std": 0.4, "steps": 200}}),
            DiracGan("non_saturating", noise=0.2),
        ),
        (
            with_changes(Experiment(), {"schedule.discriminator_steps": 5}),
            DiracGan("non_saturating", descent=Descent(discriminator_steps=5)),
        ),
        (
            with_changes(Experiment(), {"game.kind": "optimistic"}),
            DiracGan("non_saturating", descent=Descent("optimistic")),
        ),
        (
            with_changes(Experiment(), {"game": {"kind": "symplectic", "weight": 0.4, "align": False}}),
            DiracGan("non_saturating", descent=Descent("symplectic", 0.4, align=False)),
        ),
        (Experiment(objective=Hinge()), None),
    ],
)
def test_the_smallest_game_has_the_runs_objective_and_method(experiment: Experiment, expected: DiracGan | None) -> None:
    assert dirac_of(experiment, 100) == expected


@pytest.mark.parametrize(
    ("preset", "verdict", "ends"),
    [
        ("simultaneous", 1.0, False),
        ("consensus", -1.0, True),
        ("extragradient", -1.0, True),
        ("optimistic", -1.0, True),
        ("symplectic", -1.0, True),
        ("r1", -1.0, True),
    ],
)
def test_the_rotating_presets_do_in_small_what_their_titles_say(preset: str, verdict: float, ends: bool) -> None:
    experiment = load_preset(f"rotation-{preset}")
    shot = replace(snapshot(Wasserstein(), line(0.5, 0.1)), experiment=experiment)
    picture, _ = Dynamics(shot.data, 0).look(shot)
    assert picture.numbers["step_verdict"] == verdict
    assert (np.abs(picture.arrays["step_eigenvalues"] @ [1, 1j]).max() < 1.0) == ends
    assert (np.hypot(*picture.arrays["descent"][-1]) < 0.1) == ends


@pytest.mark.parametrize("game", ["alternating", "simultaneous"])
def test_the_runs_own_steps_stand_beside_the_unit_circle(game: str) -> None:
    """G(z) = z + b against D(x) = c x: the bilinear game, whose steps of 0.1 multiply by sqrt(1.01), or turn."""
    experiment = with_changes(load_preset("rotation-simultaneous"), {"game.kind": game, "penalties": []})
    rates = {f"optimizer.{player}.lr": 0.1 for player in ("generator", "discriminator")}
    shot = replace(snapshot(Wasserstein(), line(0.5, 0.1)), experiment=with_changes(experiment, rates))
    picture, _ = Dynamics(shot.data, 0).look(shot)
    radius = 1.0 if game == "alternating" else np.sqrt(1.01)
    assert picture.numbers["step_radius"] == pytest.approx(radius, abs=1e-3)
    adam = replace(shot, experiment=with_changes(experiment, {"optimizer.generator.kind": "adam"}))
    assert np.isnan(Dynamics(shot.data, 0).look(adam)[0].numbers["step_radius"])


def study(objective, *penalties, discriminator=None):
    shot = snapshot(objective, discriminator or line(0.5, 0.1))
    experiment = with_changes(Experiment(objective=objective, penalties=penalties), {"data.kind": "mixture_1d"})
    experiment = with_changes(experiment, {"latent.dim": 1})
    return Dynamics(shot.data, 0).look(type(shot)(**{**shot.__dict__, "experiment": experiment}))


def test_plain_games_cycle_and_r1_converges() -> None:
    plain, _ = study(NonSaturating())
    assert plain.numbers["flow_verdict"] == 0.0
    np.testing.assert_allclose(np.hypot(*plain.arrays["step_eigenvalues"].T), 1.0, atol=1e-6)
    damped, _ = study(NonSaturating(), R1(weight=1.0))
    assert damped.numbers["flow_verdict"] == damped.numbers["step_verdict"] == -1.0
    assert np.hypot(*damped.arrays["descent"][-1]) < 0.1 < np.hypot(*plain.arrays["descent"][-1])


def test_a_penalty_without_an_equilibrium_has_no_verdict() -> None:
    picture, _ = study(Wasserstein(), GradientPenalty())
    assert "flow_verdict" not in picture.numbers
    assert "step_eigenvalues" not in picture.arrays
    assert "field" in picture.arrays


def test_the_spectrum_of_a_bilinear_game_is_imaginary() -> None:
    """G(z) = a z + b, D(x) = c x + d under the Wasserstein loss: the Jacobian is antisymmetric, up to the batch."""
    picture, (rightmost, rotation) = study(Wasserstein())
    spectrum = picture.arrays["spectrum"]
    np.testing.assert_allclose(spectrum[:, 0], 0.0, atol=1e-5)
    assert abs(rightmost) < 1e-5
    # d L_D / d c d b = 1 and d L_D / d c d a = E z, which is nearly 0: c turns with b at the rate |(1, E z)|.
    assert rotation == pytest.approx(1.0, abs=0.02)


def test_the_spectrum_is_that_of_the_games_own_penalised_losses() -> None:
    """R1 pulls psi back: the trace of the Jacobian falls by gamma for D(x) = c x + d."""
    _, (free, _) = study(Wasserstein())
    picture, (_, _) = study(Wasserstein(), R1(weight=3.0))
    assert picture.arrays["spectrum"][:, 0].min() == pytest.approx(-3.0 / 2 - np.sqrt(9.0 / 4 - 1.0), abs=0.05)
    assert abs(free) < 1e-5


def test_a_packing_discriminator_has_no_spectrum_but_a_phase_plane() -> None:
    experiment = with_changes(Experiment(), {"discriminator.packing": 2})
    game = Game(experiment, torch.device("cpu"))
    shot = snapshot(NonSaturating(), game.discriminator.module)
    shot = type(shot)(**{**shot.__dict__, "experiment": experiment})
    picture, row = Dynamics(shot.data, 0).look(shot)
    assert "field" in picture.arrays
    assert "spectrum" not in picture.arrays
    assert np.isnan(row).all()
    assert torch.is_tensor(game.discriminator.vector)
