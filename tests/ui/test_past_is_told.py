"""A window that shows the past tells the numbers and the colours of that moment."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from windows import SLOW, close, run_to

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.window import Window


def told_of(window: Window, step: int) -> bool:
    """Whether the header of the losses tells D's mean loss at a step."""
    mean = window.session.series["step"].window("discriminator_loss", 0, 10**9, 1000)
    there, numbers = mean.smooth[mean.steps == step], window.losses.header.numbers
    return bool(len(there) and numbers) and numbers[0].value == fixed(float(there[0]), 3)


def test_before_a_change_of_objective_colours_losses_and_header_are_those_of_the_old_one(open_window, qtbot):
    window = open_window()
    session, canvas, losses = window.session, window.canvas, window.losses
    run_to(window, qtbot, 60)
    window.do(session.edit({"objective.kind": "wasserstein"}))
    qtbot.waitUntil(lambda: session.scene.output == "score", timeout=SLOW)
    run_to(window, qtbot, 160)
    qtbot.waitUntil(lambda: losses.plot.caption == "objective changed: from step 60 on", timeout=SLOW)
    for step in (40, 20):
        window.do(session.seeking.to(step))
        qtbot.waitUntil(lambda: canvas.pictures["surface"].step == step and not canvas.dirty, timeout=SLOW)  # noqa: B023
        values = canvas.pictures["surface"].arrays["values"].numpy()
        low, high = canvas.plane.scale.range
        assert (low + high) / 2 == pytest.approx(0.5)
        assert high - 0.5 == pytest.approx(max(np.percentile(np.abs(values - 0.5), 99.0), 0.05), rel=0.02)
        assert canvas.colour_bar.name == "D(x)"
        qtbot.waitUntil(lambda: losses.plot.caption == "objective changed at step 60", timeout=SLOW)
        qtbot.waitUntil(lambda: told_of(window, step), timeout=SLOW)  # noqa: B023 - the rows are told again
        assert losses.plot.curves[0].raw.getData()[0][-1] == 60
    window.go_to_end()
    qtbot.waitUntil(lambda: losses.plot.moment == -1 and not losses.dirty, timeout=SLOW)
    qtbot.waitUntil(lambda: losses.plot.caption == "objective changed: from step 60 on", timeout=SLOW)


def test_rows_forgotten_while_the_engine_holds_a_credit_come_again(open_window, qtbot):
    window = open_window()
    run_to(window, qtbot, 60)
    pacing, rows = window.pacing, window.session.series["step"]
    qtbot.waitUntil(lambda: pacing._outstanding and not window.losses.dirty, timeout=SLOW)
    qtbot.wait(500)  # the engine has nothing to tell, and keeps the credit
    assert pacing._outstanding
    rows.clear()
    qtbot.waitUntil(lambda: rows.count == 60, timeout=5_000)


def test_steps_back_count_from_where_the_run_is_on_its_way_to(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    run_to(window, qtbot, 300)
    for _ in range(7):  # faster than answers, which tell of the keyframe before at first
        window.step_back()
    qtbot.waitUntil(lambda: session.step == 293 and session.aim is None, timeout=SLOW)
    window.step_phase_back()
    window.step_back()
    window.step_back()
    qtbot.waitUntil(lambda: session.step == 291 and session.aim is None, timeout=SLOW)
    window.go_to_end()
    window.step_back()
    qtbot.waitUntil(lambda: session.step == 299 and session.aim is None, timeout=SLOW)


def test_a_long_way_into_the_past_is_told_and_can_be_left(open_window, qtbot, tmp_path) -> None:
    slow = tmp_path / "slow.toml"
    files.save(with_changes(Experiment(), {"generator.hidden": [256] * 3, "schedule.batch_size": 512}), slow)
    window = open_window(str(slow))
    session, transport = window.session, window.transport
    run_to(window, qtbot, 120)
    path = tmp_path / "slow.ganlab"
    window.documents.save_to(str(path))
    qtbot.waitUntil(lambda: session.path == str(path), timeout=SLOW)
    close(window, qtbot)
    with closing(sqlite3.connect(path)) as file:  # so that it is played again from the beginning
        file.execute("DELETE FROM keyframes WHERE step > 0")
        file.commit()
    window = open_window(str(path))
    session, transport = window.session, window.transport
    window.seek(119)
    qtbot.waitUntil(transport.stay.isVisible, timeout=SLOW)
    assert session.aim == (119, 0)
    assert "Going to step 119" in transport._where.text()
    transport.stay.click()
    qtbot.waitUntil(lambda: session.aim is None and not transport.stay.isVisible(), timeout=SLOW)
    assert 0 < session.step < 119
    reached = session.step
    window.step()
    qtbot.waitUntil(lambda: session.step == reached + 1 and not session.playing, timeout=SLOW)
