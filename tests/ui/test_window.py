"""The real window with the real engine, from opening to closing."""

import os
import signal
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QSlider,
)
from windows import SLOW, boxes, canvas_samples, close, enter, press, reach, run_to, shown_at

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.ui.dialogs.about import About
from ganlab_desktop.ui.dialogs.shortcuts import Shortcuts
from ganlab_desktop.ui.session import FLAT_OUT, EngineState, Kept, Speed
from ganlab_desktop.ui.transport import position_of, speed_at
from ganlab_desktop.ui.window import Window


def recent(window: Window) -> dict[str, str]:
    """What File > Open recent lists, with the paths."""
    window.documents.recent.fill()
    return {action.text(): action.data() for action in window.documents.recent.actions() if action.isEnabled()}


def test_a_session_from_the_first_frame_over_a_killed_engine_to_the_end(open_window, qtbot) -> None:
    window = open_window(play=True)
    session = window.session
    frames: list[int] = []
    session.frame_arrived.connect(lambda frame: frames.append(frame.step))
    qtbot.waitUntil(lambda: len(set(frames)) > 10, timeout=SLOW)
    assert session.playing
    assert frames == sorted(frames)
    assert session.series
    shown = {name for name, dock in window.docks.items() if dock.isVisible()}
    assert shown == {"experiment", "losses", "coverage", "critic_field"}
    for name in ("truth", "dynamics", "generator", "quality", "memory"):
        window.docks[name].toggleViewAction().trigger()
        qtbot.waitUntil(lambda name=name: window.pacing.refreshes[name] > 0, timeout=SLOW)
    window.docks["critic_field"].raise_()
    drawn = window.pacing.refreshes
    of_images = {"likeness", "pairs", "latent"}
    idle = {"canvas_beside", "schedule", "likelihood"} | of_images  # no other run, no schedule and no likelihood
    qtbot.waitUntil(lambda: {name for name, count in drawn.items() if not count} == idle, timeout=SLOW)

    window.actions_["play"].trigger()
    qtbot.waitUntil(lambda: not session.playing, timeout=5_000)
    qtbot.wait(300)
    before = session.step
    window.actions_["step"].trigger()
    qtbot.waitUntil(lambda: session.step == before + 1, timeout=5_000)
    qtbot.wait(200)
    assert session.step == before + 1

    enter(window, "optimizer.generator.lr", "2e-4")
    qtbot.waitUntil(lambda: session.experiment.optimizer.generator.lr == 2e-4, timeout=5_000)
    assert session.step == before + 1
    qtbot.waitUntil(lambda: session.saved_step == session.step, timeout=20_000)

    run, process = session.scene.run, psutil.Process(window._client.process_id)
    rows = {name: series.count for name, series in session.series.items()}
    os.kill(process.pid, signal.SIGKILL)
    qtbot.waitUntil(window.banner.isVisible, timeout=5_000)
    assert "signal 9" in window.banner.text
    assert session.state is EngineState.DEAD
    assert not window.actions_["play"].isEnabled()
    assert not boxes(window)

    window.banner.accept()
    qtbot.waitUntil(lambda: session.state is EngineState.RUNNING and session.scene.run == run, timeout=SLOW)
    assert not window.banner.isVisible()
    qtbot.waitUntil(lambda: session.frame is not None, timeout=10_000)
    assert session.step == before + 1
    assert session.experiment.optimizer.generator.lr == 2e-4
    assert {name: series.count for name, series in session.series.items()} == rows
    window.actions_["play"].trigger()
    reach(window, qtbot, before + 50)
    second = psutil.Process(window._client.process_id)
    close(window, qtbot)
    assert not process.is_running()
    assert not second.is_running()


def test_phases_of_one_iteration_make_one_step(open_window, qtbot) -> None:
    window = open_window()
    phases = len(window.session.scene.phases)
    assert phases >= 4
    for number in range(1, phases):
        window.actions_["phase"].trigger()
        qtbot.waitUntil(
            lambda n=number: window.session.frame is not None and window.session.frame.phase == n, timeout=SLOW
        )
        around = window.session.scene.phases[number - 1 : number + 1]
        done, following = (f"{phase.player[0].upper()} {phase.name}" for phase in around)
        assert window.phases.accessibleDescription() == f"Done: {done}, next: {following}"
    window.actions_["phase"].trigger()
    qtbot.waitUntil(lambda: window.session.step == 1, timeout=5_000)
    assert window.phases.accessibleDescription() == ""


def test_settings_that_need_a_new_start_wait_for_it(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 20)
    session, panel = window.session, window.form_panel
    first = session.scene.run
    enter(window, "generator.hidden", "32, 32")
    enter(window, "seed", "7")
    qtbot.waitUntil(lambda: len(session.pending) == 2, timeout=5_000)
    assert panel._bar.isVisible()
    assert "2 changes" in panel._waiting.text()
    assert session.experiment.seed == 0
    assert session.step == 20

    panel.revert_button.click()
    assert not panel._bar.isVisible()
    assert panel.form.field("seed").editor.text() == "0"

    enter(window, "seed", "7")
    qtbot.waitUntil(lambda: len(session.pending) == 1, timeout=5_000)
    panel.restart_button.click()
    qtbot.waitUntil(lambda: session.scene.run != first, timeout=SLOW)
    assert session.experiment.seed == 7
    assert session.step == 0
    assert not session.pending
    assert all(series.count == 0 for series in session.series.values())


def test_live_edits_of_many_shapes_reach_the_engine(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    form = window.form_panel.form
    form.edited.emit("data.kind", "grid")
    qtbot.waitUntil(lambda: type(session.experiment.data).__name__ == "Grid", timeout=SLOW)
    form.edited.emit("penalties[0].kind", "r1")
    qtbot.waitUntil(lambda: len(session.experiment.penalties) == 1, timeout=5_000)
    form.edited.emit("penalties[0].weight", 0.5)
    qtbot.waitUntil(lambda: session.experiment.penalties[0].weight == 0.5, timeout=5_000)
    form.edited.emit("penalties", [])
    qtbot.waitUntil(lambda: not session.experiment.penalties, timeout=5_000)
    assert session.touched


def test_a_run_is_saved_and_opened_again(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    run_to(window, qtbot, 30)
    assert window.windowTitle().startswith("Untitled - Ring of eight")
    assert not window.isWindowModified()  # nothing would be lost: the file of untitled runs follows it
    window.status.refresh()
    assert window.status._age.text().startswith("kept untitled")
    path = str(tmp_path / "kept.ganlab")
    window.documents.save_to(path)
    qtbot.waitUntil(lambda: window.session.path == path, timeout=10_000)
    assert not window.isWindowModified()
    assert window.windowTitle().startswith("kept.ganlab")
    window.status.refresh()
    assert window.status._age.text().startswith("saved")
    close(window, qtbot)
    again = open_window(path)
    assert again.session.scene.step == 30
    qtbot.waitUntil(lambda: again.session.frame is not None, timeout=SLOW)
    assert again.session.step == 30


def test_an_experiment_is_exported_as_toml(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    path = tmp_path / "ring.toml"
    window.documents.save_to(str(path))
    qtbot.waitUntil(path.exists, timeout=10_000)
    qtbot.waitUntil(lambda: path.stat().st_size > 0, timeout=5_000)
    assert files.load(path) == window.session.experiment


def test_a_file_that_cannot_be_opened_is_told_and_the_run_goes_on(open_window, qtbot, tmp_path) -> None:
    window = open_window(play=True)
    path = tmp_path / "broken.ganlab"
    path.write_bytes(b"no database" * 100)
    window.documents.open_path(str(path))
    qtbot.waitUntil(lambda: bool(boxes(window)), timeout=10_000)
    box = boxes(window)[0]
    assert "broken.ganlab" in box.text()
    before = window.session.step
    reach(window, qtbot, before + 10)
    press(box, QMessageBox.StandardButton.Close)


def test_files_are_opened_by_dropping_them(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    path = tmp_path / "points.csv"
    path.write_text("\n".join(f"{i / 10},{-i / 10}" for i in range(40)))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(5, 5), actions, data, button, keys)
    window.dropEvent(event)
    qtbot.waitUntil(lambda: type(window.session.experiment.data).__name__ == "Points", timeout=SLOW)
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "picture.gif"))])
    assert window.documents.dropped(data) == ""


def test_closing_asks_only_for_a_longer_untitled_run_of_the_users(open_window, qtbot) -> None:
    window = open_window(ask=True)
    run_to(window, qtbot, 1_001)
    window.close()
    qtbot.waitUntil(lambda: bool(boxes(window)), timeout=5_000)
    press(boxes(window)[0], QMessageBox.StandardButton.Cancel)
    qtbot.wait(50)
    assert window.isVisible()
    window.close()
    qtbot.waitUntil(lambda: bool(boxes(window)), timeout=5_000)
    path = window.session.scene.path
    leave = boxes(window)[0].button(QMessageBox.StandardButton.Discard)
    assert leave.text() == "Close without a name"
    assert "stays under" in boxes(window)[0].informativeText()
    with qtbot.waitSignal(window.closed, timeout=20_000):
        leave.click()
    assert Path(path).is_file()
    assert recent(window) == {"Ring of eight, non-saturating with R1 · 1,001 steps": path}


def test_closing_an_untouched_example_asks_nothing(open_window, qtbot) -> None:
    window = open_window(play=True, ask=True)
    reach(window, qtbot, 5)
    with qtbot.waitSignal(window.closed, timeout=20_000):
        window.close()
    assert not boxes(window)


def test_keys_belong_to_a_focused_text_field_and_else_to_the_run(open_window, qtbot) -> None:
    window = open_window()
    window.activateWindow()
    editor = window.form_panel.form.field("title").editor
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    editor.selectAll()
    QTest.keyClicks(editor, "a dg n")
    QTest.keyClick(editor, Qt.Key.Key_Left)
    QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.step == 0
    assert not window.session.playing
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.session.step == 1, timeout=SLOW)
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.playing, timeout=5_000)
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.session.playing, timeout=5_000)


def test_a_speed_limit_holds(open_window, qtbot) -> None:
    window = open_window(play=True)
    reach(window, qtbot, 5)
    window.transport._speed.setValue(position_of(Speed(10)))
    qtbot.wait(500)
    before = window.session.step
    qtbot.wait(2_000)
    assert 10 <= window.session.step - before <= 30


def test_hidden_panels_ask_for_nothing(open_window, qtbot) -> None:
    window = open_window(play=True)
    qtbot.waitUntil(lambda: window.pacing.refreshes["critic_field"] > 0, timeout=SLOW)
    window.docks["critic_field"].hide()
    qtbot.wait(300)
    pictures: set[str] = set()
    window.session.frame_arrived.connect(lambda frame: pictures.update(frame.pictures))
    count = window.pacing.refreshes["critic_field"]
    before = window.session.step
    reach(window, qtbot, before + 100)
    own = set(window.pictures[2].probes) - {p for panel in (window.canvas, *window.pictures[:2]) for p in panel.probes}
    assert own
    assert not pictures & own
    assert window.pacing.refreshes["critic_field"] == count


def test_what_the_generator_is_told_is_measured_only_while_it_is_shown(open_window, qtbot) -> None:
    window = open_window(play=True)
    session, studies = window.session, ("velocities", "singular_values")

    def looks() -> list[int]:
        return [session.series[name].count if name in session.series else 0 for name in studies]

    reach(window, qtbot, session.step + 30)
    assert looks() == [0, 0]
    window.docks["generator"].toggleViewAction().trigger()
    qtbot.waitUntil(lambda: all(looks()) and window.pacing.refreshes["generator"] > 0, timeout=SLOW)
    window.docks["generator"].hide()
    qtbot.wait(600)  # a look that had begun
    before = looks()
    reach(window, qtbot, session.step + 30)
    qtbot.wait(1_000)
    assert looks() == before


def test_a_minimised_window_draws_nothing_while_training_goes_on(open_window, qtbot) -> None:
    window = open_window(play=True)
    reach(window, qtbot, 10)
    window.pacing.set_minimised(True)
    qtbot.wait(200)
    painted, before = sum(window.pacing.refreshes.values()), window.session.step
    qtbot.wait(500)
    assert sum(window.pacing.refreshes.values()) == painted
    window.pacing.set_minimised(False)
    qtbot.waitUntil(lambda: window.session.step > before + 20, timeout=SLOW)


def test_a_rested_window_ticks_slowly(open_window, qtbot) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: window.session.frame is not None, timeout=SLOW)
    qtbot.waitUntil(lambda: window.pacing._timer.interval() == 100, timeout=10_000)
    window.actions_["play"].trigger()
    qtbot.waitUntil(lambda: window.pacing._timer.interval() < 20, timeout=5_000)


def test_layout_is_reset_saved_and_restored(open_window, qtbot, settings) -> None:
    window = open_window()
    assert window.width() == 1280
    assert window.docks["experiment"].width() >= window.form_panel.minimumSizeHint().width()
    assert not window.docks["log"].isVisible()
    window.docks["losses"].hide()
    window.docks["log"].show()
    window.docks["critic_field"].setFloating(True)
    close(window, qtbot)
    again = open_window()
    again.restore_layout()
    assert not again.docks["losses"].isVisible()
    assert again.docks["log"].isVisible()
    assert again.docks["critic_field"].isFloating()
    again.reset_layout()
    assert again.docks["losses"].isVisible()
    assert not again.docks["log"].isVisible()
    assert not again.docks["critic_field"].isFloating()


def test_themes_switch_live(open_window, qtbot, settings) -> None:
    window = open_window()
    for mode, ground in (("light", "#ffffff"), ("dark", "#1a1e25")):
        window._theme.set_mode(mode)
        qtbot.wait(50)
        picture = window.transport.grab().toImage()
        assert picture.pixelColor(2, 2).name() == ground
        assert window.canvas.colours.name == mode
    assert settings.value("view/theme") == "dark"


def test_every_control_has_a_name_and_every_dock_too(open_window) -> None:
    window = open_window()
    kinds = (QAbstractButton, QComboBox, QLineEdit, QSlider)
    for control in [widget for kind in kinds for widget in window.findChildren(kind) if widget.isVisible()]:
        name = control.accessibleName() or getattr(control, "text", str)()
        assert name or control.objectName().startswith("qt_"), (control, control.parent())
    assert all(dock.objectName() for dock in window.docks.values())


def test_transport_buttons_take_no_focus(open_window) -> None:
    window = open_window()
    buttons = window.transport.findChildren(QAbstractButton)
    assert len(buttons) >= 7
    assert all(button.focusPolicy() == Qt.FocusPolicy.NoFocus for button in buttons)


def test_help_is_fed_by_the_registry(open_window, qtbot) -> None:
    window = open_window()
    window.help.show_shortcuts()
    window.help.show_about()
    sheet = window.findChild(Shortcuts)
    texts = [label.text() for label in sheet.findChildren(QLabel)]
    assert {"Space", "Ctrl+S", "Ctrl+N", "Home", "End"} <= set(texts)
    assert {"Alt+Up", "Alt+Down", "LISTS WHOSE ORDER COUNTS"} <= set(texts)
    assert "" not in texts  # what has no key does not stand on the sheet
    about = window.findChild(About)
    about._copy()
    assert "PySide6-Essentials" in QApplication.clipboard().text()
    sheet.close()
    about.close()


def test_presets_stand_in_the_menu(open_window) -> None:
    window = open_window()
    menu = window.actions_["new"].menu()
    menu.fill()
    found = [action.data() for action in menu.actions()]
    found += [inner.data() for action in menu.actions() if action.menu() for inner in action.menu().actions()]
    assert "ring-ns" in found


@pytest.mark.parametrize("position", [-24, -7, 0, 1, 50, 99])
def test_the_speed_slider_goes_there_and_back(position: int) -> None:
    assert speed_at(position_of(speed_at(position))) == speed_at(position)


def test_the_speed_slider_spans_one_phase_a_second_to_flat_out() -> None:
    assert speed_at(-24) == Speed(1, phases=True)
    assert speed_at(-1) == Speed(8, phases=True)
    assert speed_at(0) == Speed(1)
    assert speed_at(100) == FLAT_OUT
    assert position_of(FLAT_OUT) == 100


def test_an_experiment_of_ones_own_is_opened_untitled(open_window, qtbot, tmp_path) -> None:
    path = tmp_path / "mine.toml"
    files.save(Experiment(title="Mine"), path)
    window = open_window(str(path))
    assert window.session.path == ""
    assert window.windowTitle().startswith("Untitled - Mine")
    assert recent(window) == {"mine.toml": str(path)}


def test_a_run_whose_file_is_gone_begins_again_and_that_is_told(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 10)
    session, first = window.session, window.session.scene
    os.kill(window._client.process_id, signal.SIGKILL)
    qtbot.waitUntil(window.banner.isVisible, timeout=5_000)
    Path(first.path).unlink()
    window.banner.accept()
    qtbot.waitUntil(lambda: session.scene.run != first.run and bool(boxes(window)), timeout=SLOW)
    assert session.step == 0
    assert session.experiment.title == files.from_toml(first.experiment).title
    press(boxes(window)[0], QMessageBox.StandardButton.Close)


def test_a_diverged_run_is_told_without_a_box(open_window, qtbot) -> None:
    window = open_window()
    wild = {"objective.kind": "wasserstein", "penalties": [], "optimizer.discriminator.kind": "sgd"}
    window.do(window.session.edit({**wild, "optimizer.discriminator.lr": 100.0}))
    qtbot.waitUntil(lambda: window.session.experiment.optimizer.discriminator.lr == 100.0, timeout=5_000)
    window.actions_["play"].trigger()
    qtbot.waitUntil(window.banner.isVisible, timeout=SLOW)
    assert window.session.rest == "diverged"
    assert not boxes(window)
    window.banner.accept()
    qtbot.waitUntil(lambda: window.session.scene.step == 0, timeout=SLOW)
    assert not window.banner.isVisible()


@pytest.mark.parametrize("leave", ["restart", "new_from_preset", "open_path"])
def test_a_longer_untitled_run_that_is_left_can_be_opened_again(open_window, qtbot, tmp_path, leave) -> None:
    window = open_window(ask=True)
    session, first = window.session, window.session.scene
    run_to(window, qtbot, 1_000)
    files.save(Experiment(title="Mine"), tmp_path / "mine.toml")
    wanted = {"restart": (), "new_from_preset": ("moons-ns",), "open_path": (str(tmp_path / "mine.toml"),)}
    getattr(window if leave == "restart" else window.documents, leave)(*wanted[leave])
    qtbot.waitUntil(lambda: session.scene.run != first.run, timeout=SLOW)
    assert not boxes(window)
    assert window.banner.text.strip() == "The earlier run of 1,000 steps is kept."
    assert first.path in recent(window).values()
    window.do(session.edit({"data.kind": "grid"}))
    qtbot.waitUntil(lambda: type(session.experiment.data).__name__ == "Grid", timeout=SLOW)
    assert window.banner.isVisible()
    window.banner.accept()
    qtbot.waitUntil(lambda: session.scene.path == first.path, timeout=SLOW)
    assert session.scene.step == 1_000
    assert not window.banner.isVisible()


def test_a_short_untitled_run_is_left_without_a_word(open_window, qtbot) -> None:
    window = open_window(ask=True)
    first = window.session.scene.run
    run_to(window, qtbot, 10)
    window.restart()
    qtbot.waitUntil(lambda: window.session.scene.run != first, timeout=SLOW)
    assert not window.banner.isVisible()
    assert not recent(window)


def test_a_longer_run_that_no_file_follows_is_not_left_unasked(open_window, qtbot, tmp_path) -> None:
    (tmp_path / "data").write_text("a file where the data folder should be")
    window = open_window(ask=True)
    first = window.session.scene.run
    assert not window.session.scene.kept
    run_to(window, qtbot, 1_000)
    assert window.isWindowModified()
    window.restart()
    qtbot.waitUntil(lambda: bool(boxes(window)), timeout=5_000)
    assert window.session.scene.run == first
    press(boxes(window)[0], QMessageBox.StandardButton.Discard)
    qtbot.waitUntil(lambda: window.session.scene.run != first, timeout=SLOW)


def test_recent_files_are_the_last_ten_that_still_exist(open_window, tmp_path) -> None:
    window = open_window()
    runs = [tmp_path / f"{number}.ganlab" for number in range(13)]
    for path in runs:
        path.touch()
        window.documents.recent.add(Kept(str(path)))
    for number in range(7):
        untitled = tmp_path / f"untitled {number}.ganlab"
        untitled.touch()
        window.documents.recent.add(Kept(str(untitled), "A run", number))
    assert list(recent(window)) == [
        *(f"A run · {number} steps" for number in (6, 5, 4, 3, 2)),
        *(f"{number}.ganlab" for number in (12, 11, 10, 9, 8)),
    ]
    runs[12].unlink()
    assert "12.ganlab" not in recent(window)


def test_ctrl_n_opens_the_list_of_presets(open_window, qtbot) -> None:
    window = open_window()
    window.activateWindow()
    QTest.keyClick(window.canvas, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.documents.presets.isVisible, timeout=5_000)
    assert window.documents.presets.activeAction() is not None
    window.documents.presets.close()


@pytest.mark.parametrize(("text", "said"), [("abc", "whole number"), ("-5", ">= 1"), ("10,000,001", "<= 10,000,000")])
def test_run_steps_says_what_is_wrong_and_runs_nothing(open_window, qtbot, text, said) -> None:
    window = open_window()
    field, wanted = window.transport._count, []
    window.transport.steps_wanted.connect(wanted.append)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    window.transport._run.click()
    assert wanted == []
    assert field.property("wrong") is True
    assert said in field.toolTip()
    assert field.text() == text
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.property("wrong") is False
    assert field.text() == "1,000"
    window.transport._run.click()
    assert wanted == [1_000]


def test_a_finished_run_says_so_until_it_goes_on(open_window, qtbot) -> None:
    window = open_window()
    window.do(window.session.edit({"schedule.steps": 20}))
    qtbot.waitUntil(lambda: window.session.experiment.schedule.steps == 20, timeout=5_000)
    window.actions_["play"].trigger()
    said = window.transport._where.text
    qtbot.waitUntil(lambda: said() == "Finished at 20 steps; Play goes on", timeout=SLOW)
    window.actions_["step"].trigger()
    qtbot.waitUntil(lambda: said() == "", timeout=5_000)


def test_the_window_with_its_frame_fits_the_screen(open_window, settings) -> None:
    window = open_window()
    room = window.screen().availableGeometry().height()
    window.resize(window.width(), room)
    window.restore_layout()  # as at the first start
    assert window.height() < room
    window.resize(window.width(), room + 200)
    settings.setValue("window/geometry", window.saveGeometry())
    window.restore_layout()
    assert window.frameGeometry().height() <= room


def test_docks_give_way_in_a_shrinking_window(open_window, qtbot) -> None:
    window = open_window()
    window.resize(2560, 1000)
    qtbot.wait(20)
    window.resizeDocks([window.docks["losses"]], [900], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: window.docks["losses"].width() > 800, timeout=5_000)
    window.resize(1280, 1000)
    qtbot.waitUntil(lambda: window.docks["losses"].width() < 400, timeout=5_000)
    assert window.canvas.width() > 440  # which fonts there are moves the form
    assert window.docks["experiment"].width() >= window.form_panel.minimumSizeHint().width()


def test_a_floated_panel_is_lifted_off_its_place_and_framed(open_window, qtbot) -> None:
    window = open_window()
    dock = window.docks["critic_field"]
    before = dock.mapToGlobal(QPoint(0, 0))
    dock.float_or_dock()
    qtbot.waitUntil(dock.isFloating)
    moved = dock.mapToGlobal(QPoint(0, 0)) - before
    assert moved.x() < -10  # towards the window's middle
    assert moved.y() < -10
    edge = dock.grab().toImage().pixelColor(dock.width() // 2, dock.height() - 1).name()
    assert edge != dock.palette().window().color().name()
    assert edge != window._theme.colours.panel.lower()
    dock.float_or_dock()
    assert not dock.isFloating()


def test_a_file_that_is_open_elsewhere_leaves_the_window_with_the_example(open_window, qtbot, tmp_path) -> None:
    first = open_window()
    path = str(tmp_path / "kept.ganlab")
    first.documents.save_to(path)
    qtbot.waitUntil(lambda: first.session.path == path, timeout=10_000)
    second = open_window(path, play=True)
    qtbot.waitUntil(lambda: second.session.scene is not None and bool(boxes(second)), timeout=SLOW)
    assert "kept.ganlab could not be opened" in boxes(second)[0].text()
    assert second.session.path == ""
    assert second.actions_["play"].isEnabled()
    press(boxes(second)[0], QMessageBox.StandardButton.Close)


def test_a_points_file_is_chosen_in_a_dialog_on_the_last_folder(open_window, qtbot, settings, tmp_path) -> None:
    folder = tmp_path / "points"
    folder.mkdir()
    path = folder / "cross.csv"
    path.write_text("\n".join(f"{i / 10},{-i / 10}" for i in range(40)))
    settings.setValue("folder", str(folder))
    window = open_window()
    window.do(window.session.edit({"data.kind": "points"}))
    qtbot.waitUntil(lambda: window.form_panel.form.field("data.path") is not None, timeout=5_000)
    field = window.form_panel.form.field("data.path")
    field.findChild(QAbstractButton, "browse").click()
    dialog = window.findChild(QFileDialog)
    assert dialog.directory().absolutePath() == str(folder)
    assert dialog.nameFilters() == ["File (*.csv *.npz)"]
    dialog.fileSelected.emit(str(path))
    dialog.close()
    qtbot.waitUntil(lambda: window.session.draft.data.path == str(path), timeout=5_000)


def test_the_caption_follows_what_is_played_while_the_title_is_the_presets_own(open_window, qtbot) -> None:
    window = open_window()
    assert window.windowTitle().startswith("Untitled - Ring of eight, non-saturating with R1")
    window.do(window.session.edit({"data.kind": "pinwheel", "objective.kind": "wasserstein"}))
    qtbot.waitUntil(lambda: "Pinwheel, Wasserstein" in window.windowTitle(), timeout=SLOW)
    window.do(window.session.edit({"title": "My pinwheel"}))
    qtbot.waitUntil(lambda: "My pinwheel" in window.windowTitle(), timeout=5_000)


def test_the_past_is_stepped_dragged_typed_and_left(open_window, qtbot) -> None:
    window = open_window()
    session, scrubber = window.session, window.scrubber
    run_to(window, qtbot, 50)
    shown_at(window, qtbot, 50)
    at_fifty = canvas_samples(window)
    enter(window, "optimizer.generator.lr", "0.002")
    qtbot.waitUntil(lambda: session.experiment.optimizer.generator.lr == 0.002, timeout=SLOW)
    run_to(window, qtbot, 300)
    shown_at(window, qtbot, 300)
    newest, lr_now = canvas_samples(window), session.experiment.optimizer.generator.lr

    QTest.keyClick(window.canvas, Qt.Key.Key_Left)
    shown_at(window, qtbot, 299)
    assert session.head == 300
    assert window.actions_["back"].shortcut().toString() == "Left"
    window.step_phase_back()
    shown_at(window, qtbot, 298, len(session.scene.phases) - 1)
    window.step_phase()
    shown_at(window, qtbot, 299)
    assert len(session.series["step"].window("generator_loss", 0, 10**9, 1000).steps) == 300  # the curves stay whole

    scrubber.field.setFocus()
    scrubber.field.setText("49")
    QTest.keyClick(scrubber.field, Qt.Key.Key_Return)
    shown_at(window, qtbot, 49)
    assert session.experiment.optimizer.generator.lr != lr_now  # the form shows what held then
    window.step()
    shown_at(window, qtbot, 50)
    assert canvas_samples(window) == at_fifty
    assert "optimizer.generator.lr" in scrubber.track.text_at(scrubber.track.place_of(50))

    track = scrubber.track
    middle = QPoint(round(track.place_of(150)), track.height() // 2)
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(track, QPoint(track.width() - 1, track.height() // 2))
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=QPoint(track.width() - 1, track.height() // 2))
    shown_at(window, qtbot, 300)  # the right end is the present
    assert canvas_samples(window) == newest

    window.go_home()
    shown_at(window, qtbot, 0)
    window.play_or_pause()  # replays, and trains on
    qtbot.waitUntil(lambda: session.head > 310, timeout=SLOW)
    assert session.step == session.head
    window.play_or_pause()


def test_a_typed_step_that_never_was_is_refused_with_what_can_be_seen(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 20)
    field = window.scrubber.field
    field.setFocus()
    field.setText("21")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.property("wrong")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), field.property("wrong")) == ("20", False)


def test_quality_and_memory_are_measured_only_in_sight_and_survive_other_data(open_window, qtbot) -> None:
    window = open_window(play=True)
    asked: list[set[str]] = []
    grant = window._client.grant
    window._client.grant = lambda message: (asked.append(set(message.probes)), grant(message))
    reach(window, qtbot, 30)
    assert not {"quality", "best_response", "memory"} & set().union(*asked)
    panels = {panel.name: panel for panel in window.pictures}
    for name in ("quality", "memory"):
        dock = window.docks[name]
        assert not dock.isVisible()
        dock.toggleViewAction().trigger()
        panel = panels[name]
        qtbot.waitUntil(lambda panel=panel: panel.picture.isVisible(), timeout=SLOW)
        assert name in asked[-1]
        assert "best_response" not in asked[-1]
        modes = 25 if name == "quality" else 8
        with qtbot.waitSignal(window.session.scene_changed, timeout=SLOW):
            window.do(window.session.edit({"data.modes": modes}))
        qtbot.waitUntil(lambda panel=panel: panel.filled() and panel.picture.isVisible(), timeout=SLOW)
    window.docks["coverage"].raise_()
    qtbot.waitUntil(lambda: "quality" not in asked[-1], timeout=5_000)  # behind the other tab
    coverage = panels["coverage"]
    coverage.over_time.click()
    qtbot.waitUntil(lambda: len(coverage.fates.weights) == 8 and coverage.fates.image.values is not None, timeout=SLOW)


def test_a_slider_moves_the_run_the_picture_and_the_form_alike(open_window, qtbot) -> None:
    window = open_window()
    window.documents.new_from_preset("line-equilibrium")
    canvas, session = window.canvas, window.session
    qtbot.waitUntil(lambda: "jsd" in shown_distances(window), timeout=SLOW)
    scene = session.scene
    assert scene is not None
    assert shown_distances(window)["optimum"] == "−1.1635"
    for place in (15, 10, 5, 0):  # faster than the engine answers
        canvas.sliders.g_mean.slider.setValue(place)
        qtbot.wait(3)
    canvas.sliders.mean.slider.setValue(1)
    canvas.sliders.mean.slider.setValue(0)
    qtbot.waitUntil(lambda: shown_distances(window)["optimum"] == "−1.3863", timeout=SLOW)
    assert session.experiment.generator.mean == (0.0,)
    assert not session.pending
    assert window.form_panel.form.field("generator.mean").editor.text() == "0"
    enter(window, "data.means", "1.5")
    qtbot.waitUntil(lambda: canvas.sliders.mean.field.text() == "1.5", timeout=SLOW)
    qtbot.waitUntil(lambda: shown_distances(window)["w1"] == "1.500", timeout=SLOW)
    assert session.scene.layout == scene.layout  # nothing blinked


def test_a_slider_beyond_what_is_allowed_says_why_and_goes_back(open_window, qtbot) -> None:
    window = open_window()
    window.documents.new_from_preset("line-equilibrium")
    told: list[str] = []
    window.session.log.connect(lambda level, text: told.append(text))
    qtbot.waitUntil(lambda: "jsd" in shown_distances(window), timeout=SLOW)
    window.canvas.sliders.sigma.field.setFocus()
    window.canvas.sliders.sigma.field.selectAll()
    QTest.keyClicks(window.canvas.sliders.sigma.field, "-1")
    QTest.keyClick(window.canvas.sliders.sigma.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any("Sigmas (Data): must be" in text for text in told), timeout=SLOW)
    qtbot.waitUntil(lambda: window.canvas.sliders.sigma.field.text() == "1", timeout=SLOW)


def shown_distances(window: Window) -> dict[str, str]:
    """The exact numbers that stand under the canvas."""
    values = window.canvas.distances.values
    return {name: label.text() for name, label in values.items() if label.isVisibleTo(window.canvas)}
