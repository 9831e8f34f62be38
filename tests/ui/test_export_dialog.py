"""Exports from the window: real dialogs, real child processes beside a real engine."""

import os
from pathlib import Path

import av
import pytest
from elsewhere import pretend
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot
from safetensors import safe_open
from typer.testing import CliRunner
from windows import SLOW, run_to

from ganlab_desktop.cli.app import app
from ganlab_desktop.engine.document import Document
from ganlab_desktop.experiment.exports.changes import settings_of
from ganlab_desktop.experiment.exports.table import EXPORTS, export_of
from ganlab_desktop.experiment.fields import kind_of
from ganlab_desktop.experiment.paths import parse_setting
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.ui.actions import Actions
from ganlab_desktop.ui.dialogs.export import ExportDialog
from ganlab_desktop.ui.dialogs.palette import CommandPalette
from ganlab_desktop.ui.entries import Entry
from ganlab_desktop.ui.window import Window


def opened(window: Window, qtbot: QtBot, kind: str) -> ExportDialog:
    """The dialog on a kind of export, once the run's step is written."""
    window.actions_[kind].trigger()
    dialog = window.exports.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.step.text()), timeout=SLOW)
    return dialog


def write(dialog: ExportDialog, qtbot: QtBot, path: Path) -> None:
    dialog.target.take(str(path))
    dialog.export_button.click()
    qtbot.waitUntil(dialog.show_folder.isVisible, timeout=SLOW)


def previewed(dialog: ExportDialog, qtbot: QtBot) -> QImage:
    def there() -> bool:
        return not dialog.preview.picture.isNull() and not dialog.preview.waiting

    qtbot.waitUntil(there, timeout=SLOW)
    return dialog.preview.picture


def choose(dialog: ExportDialog, path: str, value: str) -> None:
    field = dialog.form.field(path)
    assert field is not None
    assert isinstance(field.editor, QComboBox)
    field.editor.setCurrentIndex(field.editor.findData(value))
    field.editor.activated.emit(field.editor.currentIndex())


def test_each_kind_of_export_is_one_action_menu_entry_palette_entry_and_value_of_the_command_line(open_window) -> None:
    window = open_window()
    ids = [spec.id for spec in Actions.specs()]
    assert len(ids) == len(set(ids))
    menu = window.actions_["export"].menu()
    assert isinstance(menu, QMenu)
    listed = [action.objectName() for action in menu.actions()]
    palette = CommandPalette(window.actions_, window.theme, window)
    found = [entry.action.objectName() for entry in palette.shown]
    offered = CliRunner().invoke(app, ["export", "--help"], env={"COLUMNS": "400"}).output
    kinds = offered[offered.index("--what") :].split()[1].split("|")
    palette.close()
    assert [kind for kind in kinds if "." not in kind] == list(EXPORTS)  # beside them the file of a spec
    for kind in EXPORTS:
        assert (ids.count(kind), listed.count(kind), found.count(kind)) == (1, 1, 1), kind


def test_settings_travel_through_the_command_line() -> None:
    wanted = {"page.size": "slide", "panels": [{"kind": "losses", "raw": False}, {"kind": "samples"}], "letters": "A"}
    export = export_of("composed", wanted.items())
    assert export_of("composed", map(parse_setting, settings_of(export))) == export
    assert settings_of(export_of("composed")) == []


def test_a_figure_is_previewed_changed_and_written_while_training_goes_on(open_window, qtbot, tmp_path) -> None:
    window = open_window(play=True)
    qtbot.waitUntil(lambda: window.session.step > 20, timeout=SLOW)
    dialog = opened(window, qtbot, "canvas")
    first = previewed(dialog, qtbot)
    choose(dialog, "page.size", "slide")
    qtbot.waitUntil(lambda: dialog.preview.waiting, timeout=SLOW)
    second = previewed(dialog, qtbot)
    assert second.width() / second.height() == pytest.approx(13.33 / 7.5, rel=0.02)
    assert first.width() / first.height() < 1.4
    before = window.session.step
    write(dialog, qtbot, tmp_path / "ring.pdf")
    assert (tmp_path / "ring.pdf").read_bytes().startswith(b"%PDF")
    assert window.session.playing
    assert window.session.step > before
    dialog.copy_path.click()
    assert QApplication.clipboard().text() == str(tmp_path / "ring.pdf")
    assert "ring.pdf" in dialog.told.text()
    assert not list(tmp_path.glob(".*.part"))


def test_the_step_shown_is_exported_and_followed(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    run_to(window, qtbot, 30)
    dialog = opened(window, qtbot, "table")
    assert "30" in dialog.step.text()
    window.seek(12)
    qtbot.waitUntil(lambda: "12" in dialog.step.text(), timeout=SLOW)
    write(dialog, qtbot, tmp_path / "curves.csv")
    rows = [line for line in (tmp_path / "curves.csv").read_text().splitlines() if not line.startswith("#")]
    assert rows[0].startswith("step,")
    assert rows[-1].startswith("12,")


def test_a_checkpoint_holds_the_weights_of_the_step_shown(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    run_to(window, qtbot, 8)
    dialog = opened(window, qtbot, "checkpoint")
    qtbot.waitUntil(lambda: "Weights" in dialog.preview.told.text(), timeout=SLOW)
    choose(dialog, "part", "discriminator")
    assert dialog.target.ending == "safetensors"
    write(dialog, qtbot, tmp_path / "d.safetensors")
    with safe_open(tmp_path / "d.safetensors", framework="numpy") as file:
        assert any("weight" in name for name in file.keys())  # noqa: SIM118 - no mapping
        assert '"step": 8' in str(file.metadata()) or "'step': '8'" in str(file.metadata())


def test_a_film_is_previewed_by_its_frame_and_written(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    run_to(window, qtbot, 8)
    dialog = opened(window, qtbot, "video")
    frame = previewed(dialog, qtbot)
    assert frame.width() / frame.height() == pytest.approx(16 / 9, rel=0.02)
    for path, value in (("frames", 3), ("page.dpi", 36)):
        dialog.form.edited.emit(path, value)
    write(dialog, qtbot, tmp_path / "ring.mp4")
    with av.open(str(tmp_path / "ring.mp4")) as film:
        frames = list(film.decode(video=0))
    assert [(frame.width, frame.height) for frame in frames] == [(480, 270)] * 3


def test_a_bundle_is_previewed_by_the_figure_that_is_chosen_for_it(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 8)
    dialog = opened(window, qtbot, "bundle")
    dialog.form.edited.emit("figure.kind", "losses")
    dialog.form.edited.emit("figure.page.size", "slide")
    frame = previewed(dialog, qtbot)
    assert dialog.export.figure.page.size == "slide"
    assert frame.width() / frame.height() == pytest.approx(13.33 / 7.5, rel=0.02)


def test_what_is_to_be_known_of_a_result_is_told_beside_it(open_window, qtbot, tmp_path) -> None:
    path = tmp_path / "far.ganlab"
    Document.new(load_preset("ring-ns"), path).close()
    pretend(path, {"threads": 999, "torch": "1.0"}, "runs")
    window = open_window(str(path))
    dialog = opened(window, qtbot, "canvas")
    previewed(dialog, qtbot)
    said = "Note: far.ganlab: its past is replayed, not exact (PyTorch: 1.0 there"
    qtbot.waitUntil(dialog.notes.isVisible, timeout=5_000)
    assert dialog.notes.text().startswith(said)
    dialog.choose("checkpoint")
    qtbot.waitUntil(lambda: not dialog.notes.isVisible(), timeout=SLOW)
    write(dialog, qtbot, tmp_path / "g.safetensors")
    assert dialog.notes.text().startswith(said)
    dialog.export_button.click()
    box = dialog.findChildren(QMessageBox)[-1]
    next(button for button in box.buttons() if button.text() == "Replace").click()
    dialog.close()
    qtbot.waitUntil(lambda: "g.safetensors is written. far.ganlab: its past" in window.banner.text, timeout=SLOW)


def test_an_untitled_run_stays_untitled(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    run_to(window, qtbot, 5)
    dialog = opened(window, qtbot, "table")
    write(dialog, qtbot, tmp_path / "curves.csv")
    assert window.session.path == ""
    assert window.session.scene.saved is None


def test_what_is_there_is_replaced_only_when_asked(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    run_to(window, qtbot, 5)
    dialog = opened(window, qtbot, "table")
    path = tmp_path / "curves.csv"
    path.write_text("mine")
    dialog.target.take(str(path))
    dialog.export_button.click()
    (box,) = dialog.findChildren(QMessageBox)
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert path.read_text() == "mine"
    dialog.export_button.click()
    box = dialog.findChildren(QMessageBox)[-1]
    box.buttons()[0].click() if box.buttons()[0].text() == "Replace" else box.buttons()[1].click()
    qtbot.waitUntil(dialog.show_folder.isVisible, timeout=SLOW)
    assert path.read_text() != "mine"


def test_a_cancelled_export_leaves_nothing(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    run_to(window, qtbot, 5)
    dialog = opened(window, qtbot, "canvas")
    folder = tmp_path / "figures"
    folder.mkdir()
    dialog.target.take(str(folder / "ring.pdf"))
    dialog.export_button.click()
    qtbot.waitUntil(lambda: dialog.progress.value() > 0 or bool(list(folder.iterdir())), timeout=SLOW)
    dialog.cancel.click()
    qtbot.waitUntil(lambda: not list(folder.iterdir()), timeout=SLOW)
    assert "ancelled" in dialog.told.text()
    assert dialog.export_button.isEnabled()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may write anywhere")
def test_a_folder_that_cannot_be_written_gives_a_line(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    dialog = opened(window, qtbot, "table")
    dialog.target.take(str(folder / "curves.csv"))
    dialog.export_button.click()
    assert "cannot be written" in dialog.told.text()


def test_a_folder_that_is_not_there_gives_a_line(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    dialog = opened(window, qtbot, "table")
    dialog.target.take(str(tmp_path / "nowhere" / "curves.csv"))
    dialog.export_button.click()
    assert "cannot be written" in dialog.told.text()
    assert dialog.export_button.isEnabled()


def test_a_setting_that_makes_no_sense_is_refused_in_its_row(open_window, qtbot) -> None:
    window = open_window()
    dialog = opened(window, qtbot, "canvas")
    field = dialog.form.field("page.dpi")
    field.take("5")
    assert "30" in field.problem
    assert dialog.export.page.dpi == 300


def test_a_panel_offers_its_own_export_as_it_stands(open_window, qtbot) -> None:
    window = open_window()
    window.canvas.bar.buttons["real"].click()
    window.canvas.open_menu(window.canvas.mapToGlobal(window.canvas.rect().center()))
    menu = window.canvas.findChildren(QMenu)[-1]
    entry = next(action for action in menu.actions() if action.text().startswith("Export"))
    entry.trigger()
    menu.close()
    dialog = window.exports.dialog
    assert dialog.kind == "canvas"
    assert not dialog.export.layers.real
    assert dialog.export.view == pytest.approx(window.canvas.box(), abs=1e-3)


def test_settings_are_remembered_but_not_what_belongs_to_a_run(open_window, qtbot) -> None:
    window = open_window()
    dialog = opened(window, qtbot, "losses")
    choose(dialog, "page.size", "poster")
    field = dialog.form.field("first")
    field.take("7")
    assert (dialog.export.page.size, dialog.export.first) == ("poster", 7)
    again = ExportDialog(window.theme, window)
    assert (again.kind, again.export.page.size, again.export.first) == ("losses", "poster", 0)
    again.deleteLater()


def test_return_in_a_field_does_not_export(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    dialog = opened(window, qtbot, "canvas")
    dialog.target.take(str(tmp_path / "ring.pdf"))
    field = dialog.form.field("page.dpi").editor
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=5_000)
    QTest.keyClicks(field, "120")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not dialog.progress.isVisible()


def kinds_of(panels) -> list[str]:
    return [kind_of(panel) for panel in panels]


@pytest.mark.parametrize("kind", ["composed", "video"])
def test_panels_are_moved_by_buttons_and_by_keys(open_window, qtbot, kind) -> None:
    window = open_window()
    dialog = opened(window, qtbot, kind)
    for place, panel in ((2, "samples"), (3, "losses")):
        dialog.form.edited.emit(f"panels[{place}].kind", panel)
    dialog.form.edited.emit("panels[3].raw", False)
    assert kinds_of(dialog.export.panels) == ["canvas", "losses", "samples", "losses"]

    def entry(place: int) -> Entry:
        return dialog.form.findChildren(Entry)[place]

    def button(place: int, said: str) -> QToolButton:
        return next(one for one in entry(place).findChildren(QToolButton) if one.accessibleName() == said)

    assert not button(0, "Move up: Canvas").isEnabled()
    assert not button(3, "Move down: Losses").isEnabled()
    button(3, "Move up: Losses").click()
    assert kinds_of(dialog.export.panels) == ["canvas", "losses", "losses", "samples"]
    button(1, "Move down: Losses").click()  # two of a kind: their settings change places
    assert [panel.raw for panel in dialog.export.panels[1:3]] == [False, True]
    field = dialog.form.field("panels[3].count")
    qtbot.waitUntil(field.editor.isVisible, timeout=5_000)
    field.editor.setFocus()
    for place in (3, 2, 1, 0):  # the last one has nowhere to go
        qtbot.waitUntil(lambda place=place: entry(place).isAncestorOf(QApplication.focusWidget()), timeout=5_000)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert kinds_of(dialog.export.panels) == ["samples", "canvas", "losses", "losses"]
    assert entry(0).isAncestorOf(QApplication.focusWidget())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert kinds_of(dialog.export.panels) == ["canvas", "samples", "losses", "losses"]
