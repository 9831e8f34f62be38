"""Runs repeat exactly, whether or not anyone looks."""

import time
from contextlib import closing
from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.engine.frames import FrameMaker
from ganlab_desktop.engine.lane import Lane, Measurement
from ganlab_desktop.engine.measuring import Meter
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Player
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.streams import Stream
from ganlab_desktop.measure.probes import PROBES, View, fits
from ganlab_desktop.measure.studies.coverage import Coverage
from ganlab_desktop.wire.messages import Grant

VARIANTS: dict[str, dict[str, Any]] = {
    "r1 and average": {"penalties[0].kind": "r1", "ema.half_life": 5000.0},
    "gradient penalty": {"objective.kind": "wasserstein", "penalties[0].kind": "gradient_penalty"},
    "averages of penalties, noise and schedules": {
        "penalties": [{"kind": "lecam"}, {"kind": "consistency", "latent_weight": 1.0, "generator_weight": 0.1}],
        "instance_noise": {"std": 0.2, "steps": 12},
        "label_smoothing": {"real": 0.9, "steps": 12},
        "optimizer.generator.schedule": "cosine",
        "optimizer.discriminator.schedule": "linear",
        "schedule.steps": 25,
    },
    "spectral and batch norm": {"discriminator.spectral_norm": True, "discriminator.norm": "batch"},
}


def run_of(changes: dict[str, Any]) -> Run:
    torch.set_num_threads(1)
    return Run(with_changes(Experiment(), {"schedule.batch_size": 64, **changes}))


def train(run: Run, iterations: int, only: Player | None = None) -> None:
    for _ in range(iterations):
        run.advance(only)


def restored(run: Run) -> Run:
    """A new run at the state of another."""
    _, arrays, facts = run.state()
    again = Run(run.timeline.first)
    again.timeline.edits = list(run.timeline.edits)
    again.restore(arrays, facts)
    return again


def assert_same_state(first: Run, second: Run) -> None:
    (_, left, here), (_, right, there) = first.state(), second.state()
    assert here == there
    assert left.keys() == right.keys()
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


def assert_same(first: Run, second: Run) -> None:
    first.flush()
    second.flush()
    assert_same_state(first, second)
    for mine, theirs in zip(first.history["step"].after(0), second.history["step"].after(0), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_run_probed_at_every_step_equals_one_never_probed(name: str) -> None:
    probed, left_alone = run_of(VARIANTS[name]), run_of(VARIANTS[name])
    probes = [build(probed.game) for name, build in PROBES.items() if fits(name, probed.game)]
    view = View(probed.game.data.box, 16)
    for _ in range(30):
        left_alone.advance()
        probed.advance()
        for probe in probes:
            probe(view)
        probed.sample(10)
    assert_same(probed, left_alone)


def test_a_run_watched_by_a_window_equals_one_left_alone() -> None:
    watched, left_alone = run_of(VARIANTS["r1 and average"]), run_of(VARIANTS["r1 and average"])
    frames = FrameMaker(watched, lambda: None)
    seen: set[str] = set()
    with closing(frames):
        deadline = time.monotonic() + 20.0
        credit = 0
        while watched.step < 40 or "coverage" not in seen:
            assert time.monotonic() < deadline
            left_alone.advance()
            before = watched.step
            while watched.step == before:
                if before % 4 == 0:
                    watched.advance_phase()
                else:
                    watched.advance()
                playing = before % 2 == 0  # all pictures are taken while training rests
                frames.measure(resting=not playing)
                credit += 1
                grant = Grant(credit, (*PROBES, "coverage", "moves"), None, 16)
                frame = frames.make(grant, playing=playing, rate=0.0)
                assert frame is not None
                seen |= frame.pictures.keys()
        assert seen == {*(name for name in PROBES if fits(name, watched.game)), "coverage"}
        assert len(watched.history["coverage"])
        assert len(watched.history["moves"])
    assert not len(left_alone.history["moves"])
    assert_same(watched, left_alone)


@pytest.mark.parametrize("half_life", [0.0, 1e5])
def test_coverage_is_measured_of_the_average_where_it_is_kept(half_life: float) -> None:
    run = run_of({"ema.half_life": half_life, "data.kind": "ellipse"})
    train(run, 300)
    game = run.game
    latents = torch.from_numpy(
        draw_latent(run.experiment.latent, game.streams.at(0, Stream.MEASURED_LATENT), Coverage.SAMPLES)
    )
    coverage = Coverage(game.data, run.experiment.seed)
    with torch.no_grad():
        of_average, of_generator = (
            coverage.measure(network.module(latents).numpy())[1] for network in (game.average.network, game.generator)
        )
    assert of_average != pytest.approx(of_generator, rel=1e-2)
    meter = Meter(run, ("coverage",), Lane, lambda: None)
    with closing(meter):
        meter.offer(("coverage",), View(game.data.box, 8), resting=True)
        measured: list[Measurement] = []
        deadline = time.monotonic() + 20.0
        while not measured:
            assert time.monotonic() < deadline
            time.sleep(0.01)
            measured = meter.take()
    assert [measurement.step for measurement in measured] == [300]
    assert measured[0].row == pytest.approx(of_average if half_life else of_generator, rel=1e-5)


@pytest.mark.parametrize(
    ("changes", "looked", "rows"),
    [
        ({"data.kind": "ring"}, False, False),  # no density of G, whose latent is a line
        ({"objective.kind": "relativistic_average"}, True, False),  # the densities' ratio, but no best D
        ({"discriminator.packing": 2}, True, False),  # a best D, but no value to compare it with
        ({}, True, True),
    ],
)
def test_what_cannot_be_known_is_neither_looked_for_nor_stored(
    changes: dict[str, Any], looked: bool, rows: bool
) -> None:
    run = run_of({"data.kind": "mixture_1d", "latent.dim": 1, **changes})
    frames = FrameMaker(run, lambda: None)
    seen: set[str] = set()
    with closing(frames):
        credit, deadline = 0, time.monotonic() + 30.0
        while time.monotonic() < deadline:
            credit += 1
            run.advance()
            frames.measure(resting=True)
            frame = frames.make(Grant(credit, ("truth", "coverage"), None, 16), playing=False, rate=0.0)
            assert frame is not None
            seen |= frame.pictures.keys()
            if {"coverage", "truth"} <= seen or (not looked and len(run.history["coverage"]) > 2):
                break
            time.sleep(0.01)
    assert ("truth" in seen) is looked
    assert (len(run.history["truth"]) > 0) is rows


def test_samples_of_the_average_are_those_of_its_network() -> None:
    run = run_of({"ema.half_life": 1e5})
    train(run, 300)
    latents = torch.from_numpy(draw_latent(run.experiment.latent, run.game.streams.at(0, Stream.SAMPLED_LATENT), 50))
    with torch.no_grad():
        of_average = run.game.average.network.module(latents).numpy()
        of_generator = run.game.generator.module(latents).numpy()
    np.testing.assert_allclose(run.sample(50, average=True), of_average, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(run.sample(50), of_generator, rtol=1e-5, atol=1e-6)
    assert np.abs(of_average - of_generator).max() > 1e-3


@pytest.mark.parametrize("name", VARIANTS)
def test_a_saved_state_restores_bit_for_bit_in_a_new_run(name: str) -> None:
    through = run_of(VARIANTS[name])
    train(through, 10)
    resumed = restored(through)
    assert resumed.step == 10
    for run in (through, resumed):
        train(run, 10)
    assert_same_state(through, resumed)


@pytest.mark.parametrize("only", ["discriminator", "generator"])
@pytest.mark.parametrize("name", VARIANTS)
def test_a_state_after_steps_of_one_player_restores_bit_for_bit(name: str, only: Player) -> None:
    changes = {**VARIANTS[name], "ema.half_life": 5000.0}
    if "penalties[0].kind" in changes:
        changes["penalties[0].every"] = 3  # updates and iterations no longer count alike
    through = run_of({**changes, "schedule.generator_steps": 2})
    train(through, 4)
    train(through, 4, only)
    resumed = restored(through)
    for run in (through, resumed):
        train(run, 3, only)
        train(run, 5)
    assert_same_state(through, resumed)


@pytest.mark.parametrize("phases", [1, 4, 7])
@pytest.mark.parametrize("name", VARIANTS)
def test_an_edit_in_mid_iteration_is_the_same_edit_at_its_end(name: str, phases: int) -> None:
    edit = {
        "data.kind": "grid",
        "optimizer.discriminator.kind": "rmsprop",
        "optimizer.generator.lr": 2e-3,
        "schedule.discriminator_steps": 2,
        "ema.half_life": 1000.0,
    }
    midway, at_boundary = run_of(VARIANTS[name]), run_of(VARIANTS[name])
    train(midway, 5)
    for _ in range(phases):
        midway.advance_phase()
    train(at_boundary, 6)
    for run in (midway, at_boundary):
        run.edit(edit)
    resumed = restored(midway)
    for run in (midway, at_boundary, resumed):
        train(run, 6)
    assert_same(midway, at_boundary)
    assert_same_state(midway, resumed)


def test_every_iteration_leaves_one_row() -> None:
    run = run_of({})
    for _ in range(300):
        run.advance()
    run.advance("discriminator")
    run.flush()
    steps, values = run.history["step"].after(0)
    np.testing.assert_array_equal(steps, np.arange(1, 302))
    assert np.isfinite(values[:300, :2]).all()
    assert np.isnan(values[300, 1])


def test_a_diverging_run_is_noticed() -> None:
    run = run_of(
        {"objective.kind": "wasserstein", "optimizer.discriminator.kind": "sgd", "optimizer.discriminator.lr": 100.0}
    )
    train(run, 2000)
    run.flush()
    assert run.diverged


def test_a_refused_edit_changes_nothing() -> None:
    run = run_of({})
    run.advance()
    before = run.experiment
    with pytest.raises(ExperimentError, match=r"optimizer\.generator\.lr: must be > 0"):
        run.edit({"optimizer.generator.lr": -1})
    assert run.experiment == before


def test_a_missing_device_is_named() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(ExperimentError, match="device: cuda was asked for, but this machine has no CUDA device"):
        run_of({"device": "cuda"})


def test_samples_depend_on_their_seed_and_leave_no_trace() -> None:
    run, untouched = run_of({}), run_of({})
    np.testing.assert_array_equal(run.sample(100, 3), run.sample(100, 3))
    assert not np.array_equal(run.sample(100, 3), run.sample(100, 4))
    for each in (run, untouched):
        each.advance()
    assert_same(run, untouched)


def test_a_run_remembers_since_when_its_objective_is_played() -> None:
    run = run_of({})
    train(run, 3)
    run.edit({"optimizer.generator.lr": 1e-4})
    assert run.standing.objective_since == 0
    run.edit({"objective.kind": "hinge"})
    train(run, 2)
    again = restored(run)
    assert run.standing.objective_since == again.standing.objective_since == 3


def test_a_refused_edit_in_mid_iteration_leaves_the_iteration_where_it_is() -> None:
    run = run_of({})
    run.advance_phase()
    with pytest.raises(ExperimentError, match="needs a new start"):
        run.edit({"seed": 5})
    assert (run.step, run.game.position) == (0, 1)


def test_a_run_whose_optimiser_overflows_has_diverged() -> None:
    run = run_of({})
    run.advance()
    run.game.state()  # parameters stay finite while an infinite second moment stops the player for good
    run.game.descent.optimizers["discriminator"].state["square"][0] = np.inf
    run.advance()
    run.flush()
    assert np.isfinite(run.state()[1]["discriminator.parameters"]).all()
    assert run.diverged


def test_an_average_that_is_switched_on_starts_at_the_generator() -> None:
    run = run_of({"ema.half_life": 5000.0})
    train(run, 50)
    run.edit({"ema.half_life": 0.0})
    train(run, 300)
    run.edit({"ema.half_life": 5000.0})
    np.testing.assert_array_equal(run.sample(10, average=True), run.sample(10))
