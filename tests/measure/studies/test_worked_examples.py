"""The presets of the worked examples show the numbers that the guided labs state."""

import math

import numpy as np
import pytest
import torch

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.measure.probes import View
from ganlab_desktop.measure.studies import STUDIES, Snapshot


def seen(run: Run, study: str, view: View | None = None) -> dict:
    """What a study tells of a run as it stands: arrays and numbers by name."""
    game = run.game
    snapshot = Snapshot(
        step=run.step,
        experiment=run.experiment,
        data=game.data,
        objective=game.objective,
        generator=game.generator.module,
        average=game.average.network.module,
        discriminator=game.discriminator.module,
        view=view or View(game.data.box, 65),
    )
    picture, _ = STUDIES[study](game.data, run.experiment.seed).look(snapshot)
    return {**picture.arrays, **picture.numbers}


def test_the_optimal_discriminator_points_towards_the_data() -> None:
    run = Run(load_preset("line-optimal-discriminator"))
    found = seen(run, "gaussians")
    assert found["jsd"] == pytest.approx(0.3368, abs=5e-5)
    assert found["optimum"] == pytest.approx(-0.7126, abs=2e-4)
    assert found["accuracy"] == pytest.approx(0.841, abs=5e-4)
    best = seen(run, "truth", View((0.0, 2.0, 0.0, 1.0), 65))["optimal"][0]
    assert best[[0, 32, 64]] == pytest.approx([0.119, 0.5, 0.881], abs=5e-4)


def test_at_equilibrium_the_value_is_minus_log_4() -> None:
    run = Run(load_preset("line-equilibrium"))
    assert seen(run, "gaussians")["optimum"] == pytest.approx(-1.1635, abs=5e-5)
    run.edit({"generator.mean": [0.0]})
    assert seen(run, "gaussians")["optimum"] == pytest.approx(-1.3863, abs=5e-5)


@pytest.mark.parametrize(("apart", "jsd", "slope"), [(8.0, 0.69305, 0.0004), (4.0, 0.633, 0.137), (2.0, 0.337, 0.450)])
def test_far_apart_the_jensen_shannon_divergence_has_no_slope(apart: float, jsd: float, slope: float) -> None:
    run = Run(load_preset("line-jsd-ceiling"))
    run.edit({"generator.mean": [apart]})
    found = seen(run, "gaussians")
    assert (found["jsd"], found["slope"]) == pytest.approx((jsd, slope), abs=5e-4)


def test_the_ceiling_opens_eight_apart_and_earth_mover_with_its_pair() -> None:
    assert seen(Run(load_preset("line-jsd-ceiling")), "gaussians")["jsd"] == pytest.approx(0.69305, abs=5e-6)
    found = seen(Run(load_preset("line-earth-mover")), "gaussians")
    assert (found["w1"], found["w2_squared"]) == pytest.approx((2.333, 8.0), abs=5e-4)


def test_the_slope_of_the_earth_movers_distance_is_one() -> None:
    run = Run(load_preset("line-earth-mover"))
    distances = []
    for mean in (3.0, 3.5, 8.0):
        run.edit({"generator.mean": [mean], "generator.std": [1.0]})
        distances.append(seen(run, "gaussians")["w1"])
    assert distances == pytest.approx([3.0, 3.5, 8.0])


def test_a_nearly_flat_linear_generator_keeps_its_rank() -> None:
    found = seen(Run(load_preset("linear-generator")), "gaussians")
    assert found["reverse_kl"] == pytest.approx(2.61, abs=5e-3)
    assert found["kl"] == pytest.approx(47.5, abs=0.05)
    assert found["rank"] == 2.0


def test_forward_kl_wants_the_variance_of_both_modes_and_reverse_kl_one_mode() -> None:
    def at(preset: str, mean: float, variance: float) -> dict:
        run = Run(load_preset(preset))
        run.edit({"generator.mean": [mean], "generator.std": [math.sqrt(variance)]})
        return seen(run, "gaussians")

    forward = at("one-gaussian-kl", 0.0, 9.25)
    assert forward["optimum"] == pytest.approx(forward["kl"], rel=1e-6)
    for mean, variance in ((0.3, 9.25), (0.0, 8.5), (0.0, 10.0), (3.0, 0.25)):
        assert at("one-gaussian-kl", mean, variance)["kl"] > forward["kl"]
    reverse = at("one-gaussian-reverse-kl", 3.0, 0.25)
    assert reverse["optimum"] == pytest.approx(math.log(2), abs=1e-3)
    assert at("one-gaussian-reverse-kl", 0.0, 9.25)["optimum"] > reverse["optimum"]


def test_parallel_segments_are_told_apart_at_any_distance_but_w1_is_their_distance() -> None:
    run = Run(load_preset("segments-wgan-gp"))
    for distance in (1.0, 0.25):
        run.edit({"generator.mean": [distance, 0.0]})
        assert seen(run, "transport")["w1"] == pytest.approx(distance, abs=0.05)
        assert seen(run, "coverage")["jsd"] == pytest.approx(0.693, abs=5e-3)
    fake = run.sample(1000)
    border = torch.from_numpy(fake)[:, 0] > 0.12  # a D that cuts between them is always right
    assert bool(border.all())
    assert (run.game.data.sample(np.random.default_rng(0), 1000)[:, 0] < 0.12).all()
