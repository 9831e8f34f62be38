"""Runs repeat exactly, whether or not anyone looks."""

from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.engine.run import DivergedError, Run
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.measure.probes import PROBES, View

VARIANTS: dict[str, dict[str, Any]] = {
    "r1 and average": {"penalties[0].kind": "r1", "ema.half_life": 5000.0},
    "gradient penalty": {"objective.kind": "wasserstein", "penalties[0].kind": "gradient_penalty"},
    "spectral and batch norm": {"discriminator.spectral_norm": True, "discriminator.norm": "batch"},
}


def run_of(changes: dict[str, Any]) -> Run:
    torch.set_num_threads(1)
    return Run(with_changes(Experiment(), {"schedule.batch_size": 64, **changes}))


def train(run: Run, iterations: int) -> None:
    for _ in range(iterations):
        run.advance()


def assert_same(first: Run, second: Run) -> None:
    first.flush()
    second.flush()
    (_, left, _), (_, right, _) = first.state(), second.state()
    assert left.keys() == right.keys()
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)
    for mine, theirs in zip(first.history["step"].after(0), second.history["step"].after(0), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_run_probed_at_every_step_equals_one_never_probed(name: str) -> None:
    probed, left_alone = run_of(VARIANTS[name]), run_of(VARIANTS[name])
    probes = [build(probed.game) for build in PROBES.values()]
    view = View(probed.game.data.box, 16)
    for _ in range(30):
        left_alone.advance()
        probed.advance()
        for probe in probes:
            probe(view)
        probed.sample(10)
    assert_same(probed, left_alone)


def test_a_saved_state_restores_bit_for_bit_in_a_new_run() -> None:
    through = run_of(VARIANTS["r1 and average"])
    for _ in range(10):
        through.advance()
    step, arrays, facts = through.state()
    resumed = run_of(VARIANTS["r1 and average"])
    resumed.restore(arrays, facts)
    assert resumed.step == step == 10
    for _ in range(10):
        through.advance()
        resumed.advance()
    (_, left, _), (_, right, _) = through.state(), resumed.state()
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


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


def test_a_diverging_run_says_so_once() -> None:
    run = run_of(
        {"objective.kind": "wasserstein", "optimizer.discriminator.kind": "sgd", "optimizer.discriminator.lr": 100.0}
    )
    with pytest.raises(DivergedError, match="no longer finite"):
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
    assert run.objective_since == 0
    run.edit({"objective.kind": "hinge"})
    train(run, 2)
    _, arrays, facts = run.state()
    again = run_of({"objective.kind": "hinge"})
    again.restore(arrays, facts)
    assert run.objective_since == again.objective_since == 3
