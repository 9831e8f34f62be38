"""A run judged as it trains, from its history, and by the frames that a window gets."""

import time
from contextlib import closing

import numpy as np
import pytest

from ganlab_desktop.engine.checkup import Checkup
from ganlab_desktop.engine.frames import FrameMaker
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.timeline import Edit
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.measure.health import LOOKS, WARM_UP
from ganlab_desktop.measure.studies.health import Health
from ganlab_desktop.wire.messages import Grant

SMALL = with_changes(Experiment(), {"generator.hidden": [8], "discriminator.hidden": [8], "schedule.batch_size": 16})


def clipped_run(looks: int = 2 * LOOKS) -> Run:
    """A run whose history tells of clipped weights from the end of the warm-up on."""
    run = Run(SMALL)
    rows = np.full((looks, len(Health.COLUMNS)), np.nan, np.float32)
    rows[:, Health.COLUMNS.index("clipped")] = 0.9
    run.history["health"].append(WARM_UP + 100 * np.arange(looks), rows)
    return run


def test_a_look_keeps_a_row_and_leaves_no_trace_in_the_game() -> None:
    looked, left_alone = Run(SMALL), Run(SMALL)
    checkup = Checkup(looked)
    for _ in range(20):
        looked.advance()
        left_alone.advance()
        assert checkup.look() == []
    steps, values = looked.history["health"].after(0)
    assert steps.tolist() == list(range(1, 21))
    assert np.isfinite(values[:, Health.COLUMNS.index("real_accuracy")]).all()
    for name, array in looked.state()[1].items():
        np.testing.assert_array_equal(array, left_alone.state()[1][name])


@pytest.mark.parametrize(("rest", "looks"), [(1e6, 1), (0.0, 5)])
def test_looks_rest_between(rest: float, looks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Health, "REST", rest)
    monkeypatch.setattr(Health, "SHARE", 1e9)
    run = Run(SMALL)
    checkup = Checkup(run)
    for _ in range(5):
        run.advance()
        checkup.look_if_due()
    assert len(run.history["health"]) == looks


def test_each_row_is_judged_by_the_game_of_its_own_step() -> None:
    run = clipped_run(4 * LOOKS)
    first = WARM_UP + 100 * (LOOKS - 1)
    changed = with_changes(run.experiment, {"objective.kind": "hinge"})
    run.timeline.edits.append(Edit(WARM_UP, changed, {"objective.kind": "hinge"}))
    (late,) = Checkup(run).findings  # another game since the end of the warm-up, which needs one of its own
    assert late.step > first
    run.timeline.edits[0] = Edit(9 * WARM_UP, changed, {"objective.kind": "hinge"})
    (finding,) = Checkup(run).findings
    assert finding.step == first  # what comes later changes nothing


def test_what_a_runs_history_tells_is_found_again() -> None:
    (finding,) = Checkup(clipped_run()).findings
    assert (finding.kind, finding.step) == ("saturated_clipping", WARM_UP + 100 * (LOOKS - 1))
    assert finding.values["clipped"] == pytest.approx(0.9)


def test_a_diverged_run_is_told_of_once() -> None:
    run = Run(with_changes(load_preset("divergence"), {"schedule.batch_size": 16}))
    checkup = Checkup(run)
    while not run.diverged:
        assert checkup.check_divergence() == []
        run.advance()
        checkup.look()
    assert [finding.kind for finding in checkup.check_divergence()] == ["divergence"]
    assert checkup.check_divergence() == []
    steps, rows = run.history["step"].after(0)
    good = np.isfinite(rows[:, :2]).any(1) & ~np.isinf(rows[:, :2]).any(1)
    first = steps[~good][0]
    assert 200 < first < 800  # slow enough to be watched
    assert [finding.step for finding in checkup.findings] == [first]
    assert first < run.step


def test_divergence_shows_as_soon_as_the_losses_are_looked_at() -> None:
    run = Run(with_changes(load_preset("divergence"), {"schedule.batch_size": 16, "optimizer.discriminator.lr": 100.0}))
    while not run.diverged and run.step < 256:
        run.advance()
        run.flush(check=False)
    assert run.diverged_at <= run.step < 250


def test_frames_carry_the_findings_until_the_window_has_them() -> None:
    frames = FrameMaker(clipped_run(), lambda: None)
    with closing(frames):
        for credit in (1, 2):
            frame = frames.make(Grant(credit), playing=False, rate=0.0)
            assert frame is not None
            assert frame.findings is not None
            assert [finding.kind for finding in frame.findings] == ["saturated_clipping"]
        rows = {"health": 2 * LOOKS}
        frame = frames.make(Grant(3, acknowledged=rows), playing=False, rate=0.0)
        assert frame is not None
        assert frame.findings is not None
        assert frames.make(Grant(4, acknowledged=rows | {"findings": 1}), playing=False, rate=0.0) is None


@pytest.mark.parametrize("resting", [True, False])
def test_health_is_looked_at_while_training_whether_or_not_a_panel_asks(resting: bool) -> None:
    run = Run(SMALL)
    frames = FrameMaker(run, lambda: None)
    with closing(frames):
        deadline = time.monotonic() + (1.0 if resting else 20.0)
        while not len(run.history["health"]) and time.monotonic() < deadline:
            run.advance()
            frames.measure(resting=resting)
            time.sleep(0.01)
    assert bool(len(run.history["health"])) is not resting
