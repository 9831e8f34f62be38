"""The form: every setting has a fitting editor, wrong values are told and kept out, and it mirrors what it is shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox, QWidget
from pytestqt.qtbot import QtBot

from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.ui.editors import (
    ChoiceEditor,
    LineEditor,
    SwitchEditor,
    read_integer,
    read_number,
    write_number,
)
from ganlab_desktop.ui.form import Field, Form, Section
from ganlab_desktop.ui.pending import Pending
from ganlab_desktop.ui.theme import Theme


@pytest.fixture
def form(qapp: QApplication, qtbot: QtBot, settings: QSettings) -> Form:
    """A form on the screen, with what it asks for in `wishes`."""
    form = Form(Theme(qapp, settings))
    form.wishes = []  # type: ignore[attr-defined]
    form.edited.connect(lambda path, value: form.wishes.append((path, value)))  # type: ignore[attr-defined]
    qtbot.addWidget(form)
    form.show_experiment(Experiment(), {})
    form.resize(320, 1200)
    form.show()
    qtbot.waitExposed(form)
    form.activateWindow()
    return form


def row(form: Form, path: str) -> Field:
    found = form.field(path)
    assert found is not None, path
    return found


def enter(form: Form, path: str, text: str) -> Field:
    """Type into a setting's field and press Return."""
    field = row(form, path)
    assert isinstance(field.editor, LineEditor)
    field.editor.setFocus()
    field.editor.selectAll()
    QTest.keyClicks(field.editor, text)
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    return field


def choose(form: Form, path: str, value: str) -> None:
    editor = row(form, path).editor
    assert isinstance(editor, ChoiceEditor)
    index = editor.findData(value)
    editor.setCurrentIndex(index)
    editor.activated.emit(index)


def test_every_setting_of_the_experiment_has_a_row_that_shows_its_value(form: Form) -> None:
    experiment = with_changes(Experiment(), {"penalties[0].kind": "r1", "optimizer.generator.lr": 1e-4})
    form.show_experiment(experiment, {})
    single = {"generator.kind", "discriminator.kind", "penalties[0].kind", "format"}
    for path in set(paths.flatten(experiment)) - single:
        field = row(form, path)
        assert field.editor.accessibleName(), path
    assert row(form, "optimizer.generator.lr").editor.text() == "0.0001"
    assert row(form, "generator.hidden").editor.text() == "64, 64"
    assert row(form, "data.kind").editor.currentText() == "Ring of Gaussians"
    assert row(form, "discriminator.spectral_norm").editor.isChecked() is False


def test_scientific_notation_is_understood(form: Form) -> None:
    enter(form, "optimizer.generator.lr", "1e-4")
    assert form.wishes == [("optimizer.generator.lr", 1e-4)]


def test_a_list_is_read_with_commas_or_spaces(form: Form) -> None:
    enter(form, "generator.hidden", "128, 32")
    enter(form, "discriminator.hidden", "16 16 16")
    assert form.wishes == [("generator.hidden", [128, 32]), ("discriminator.hidden", [16, 16, 16])]


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("optimizer.generator.lr", "-1", "> 0"),
        ("optimizer.generator.lr", "fast", "must be a number"),
        ("schedule.batch_size", "2.5", "whole number"),
        ("data.modes", "1000", "<= 100"),
        ("generator.hidden", "64, 0", ">= 1"),
        ("device", "gpu", "cuda"),
        ("schedule.batch_size", "100000", "<= 65,536"),
    ],
)
def test_a_wrong_value_is_told_under_its_field_and_goes_nowhere(form: Form, path: str, text: str, said: str) -> None:
    field = enter(form, path, text)
    assert form.wishes == []
    assert said in field.problem
    assert field.editor.text() == text  # what was typed can be mended


def test_a_problem_shows_while_typing_and_goes_when_mended(form: Form) -> None:
    editor = row(form, "schedule.batch_size").editor
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "0")
    assert ">= 1" in row(form, "schedule.batch_size").problem
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    QTest.keyClicks(editor, "64")
    assert row(form, "schedule.batch_size").problem == ""
    assert form.wishes == []


def test_escape_brings_the_old_value_back(form: Form) -> None:
    field = row(form, "data.sigma")
    field.editor.setFocus()
    field.editor.selectAll()
    QTest.keyClicks(field.editor, "99")
    QTest.keyClick(field.editor, Qt.Key.Key_Escape)
    assert field.editor.text() == "0.02"
    assert field.problem == ""
    assert form.wishes == []


def test_text_that_is_being_typed_survives_a_new_scene(form: Form, qtbot: QtBot) -> None:
    editor = row(form, "data.sigma").editor
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    editor.selectAll()
    QTest.keyClicks(editor, "0.1")
    form.show_experiment(with_changes(Experiment(), {"data.radius": 3.0}), {})
    assert editor.text() == "0.1"
    assert row(form, "data.radius").editor.text() == "3"


def test_choosing_a_kind_asks_for_it_and_then_shows_its_settings(form: Form) -> None:
    choose(form, "data.kind", "grid")
    assert form.wishes == [("data.kind", "grid")]
    form.show_experiment(with_changes(Experiment(), {"data.kind": "grid"}), {})
    assert row(form, "data.side").editor.text() == "5"
    assert form.field("data.modes") is None


def test_a_problem_does_not_repeat_the_name_of_its_field(form: Form) -> None:
    assert enter(form, "generator.hidden", "5000").problem.startswith("must be >= 1 and <= 4,096, got 5000")


def test_a_file_that_does_not_exist_is_told_at_once(form: Form, tmp_path: Path) -> None:
    form.show_experiment(with_changes(Experiment(), {"data.kind": "points"}), {})
    assert "no such file" in enter(form, "data.path", str(tmp_path / "points.csv")).problem
    assert "no such file" in enter(form, "data.path", "~nobody-of-this-name/points.csv").problem
    assert form.wishes == []
    (tmp_path / "points.csv").write_text("0,0\n1,1\n")
    assert enter(form, "data.path", str(tmp_path / "points.csv")).problem == ""
    assert form.wishes == [("data.path", str(tmp_path / "points.csv"))]


def test_a_chosen_file_takes_the_place_of_what_is_being_typed(form: Form, tmp_path: Path) -> None:
    form.show_experiment(with_changes(Experiment(), {"data.kind": "points"}), {})
    field = row(form, "data.path")
    field.editor.setFocus()
    QTest.keyClicks(field.editor, "half a na")
    (tmp_path / "points.csv").write_text("0,0\n1,1\n")
    field.take(str(tmp_path / "points.csv"))
    assert field.editor.text() == str(tmp_path / "points.csv")
    assert field.problem == ""
    assert form.wishes == [("data.path", str(tmp_path / "points.csv"))]


def test_files_on_another_machine_are_left_to_the_engine(qapp: QApplication, qtbot: QtBot, settings: QSettings) -> None:
    form = Form(Theme(qapp, settings), local=False)
    qtbot.addWidget(form)
    form.show_experiment(with_changes(Experiment(), {"data.kind": "points"}), {})
    assert enter(form, "data.path", "/on/another/machine.csv").problem == ""


def test_the_widest_choice_is_not_cut(form: Form) -> None:
    for editor in form.findChildren(ChoiceEditor):
        option = QStyleOptionComboBox()
        editor.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = editor.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, editor).width()
        spare = editor.width() - editor.minimumWidth()
        texts = [editor.itemText(index) for index in range(editor.count())]
        widest = max(map(editor.fontMetrics().horizontalAdvance, texts))
        assert widest <= room - spare - 2  # what the style leaves beside the text


def test_the_list_of_choices_has_a_border(form: Form, qtbot: QtBot) -> None:
    editor = row(form, "data.kind").editor
    assert isinstance(editor, ChoiceEditor)
    editor.showPopup()
    qtbot.waitUntil(editor.view().isVisible)
    popup = editor.view().grab().toImage()
    edges = {popup.pixelColor(0, popup.height() // 2).name(), popup.pixelColor(popup.width() // 2, 0).name()}
    editor.hidePopup()
    assert edges == {form.theme.colours.hairline.lower()}


def penalties(form: Form) -> Section:
    return next(section for section in form.findChildren(Section) if section.path == "penalties")


def test_penalties_are_added_and_removed(form: Form) -> None:
    penalties(form).add("r1")
    assert form.wishes == [("penalties[0].kind", "r1")]
    both = with_changes(Experiment(), {"penalties[0].kind": "r1", "penalties[1].kind": "gradient_penalty"})
    form.show_experiment(both, {})
    assert row(form, "penalties[1].weight").editor.text() == "10"
    penalties(form).remove(0)
    path, value = form.wishes[-1]
    assert with_changes(both, {path: value}).penalties == both.penalties[1:]


def test_a_refused_combination_is_told_where_it_was_asked_for(form: Form) -> None:
    form.show_experiment(with_changes(Experiment(), {"penalties[0].kind": "gradient_penalty"}), {})
    choose(form, "discriminator.norm", "batch")
    assert form.wishes == []
    assert "gradient penalty" in row(form, "discriminator.norm").problem
    assert row(form, "discriminator.norm").editor.currentText() == "none"


def test_a_setting_that_waits_is_marked_for_eyes_and_readers(form: Form) -> None:
    waiting = {"seed": Pending(7, "the seed fixes the first weights")}
    form.show_experiment(with_changes(Experiment(), {"seed": 7}), waiting)
    field = row(form, "seed")
    assert field.editor.property("pending") is True
    assert "new start" in field.editor.accessibleDescription()
    assert "first weights" in field.toolTip()
    form.show_experiment(Experiment(), {})
    assert field.editor.property("pending") is False


def test_tooltips_tell_help_range_and_unit(form: Form) -> None:
    tip = row(form, "data.radius").toolTip()
    for part in ("Distance of the modes", "&gt;= 1e-06", "data units"):
        assert part in tip


def test_nothing_is_cut_off_at_the_forms_smallest_width(form: Form, qtbot: QtBot) -> None:
    form.resize(form.minimumSizeHint().width(), 1600)
    qtbot.wait(20)
    for field in form.findChildren(Field):
        for widget in field.findChildren(QWidget):
            if widget.parent() is field and widget.isVisible() and not isinstance(widget, LineEditor):
                assert widget.width() >= widget.sizeHint().width(), (field.path, type(widget).__name__)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (read_integer, "10_000", 10_000),
        (read_integer, "10,000", 10_000),
        (read_integer, "1e4", 10_000),
        (read_number, "1e-4", 1e-4),
        (read_number, "0,5", 0.5),
        (read_number, " .25 ", 0.25),
    ],
)
def test_numbers_are_read_as_people_write_them(read: Callable[[str], Any], text: str, value: float) -> None:
    assert read(text) == value


@pytest.mark.parametrize("value", [0.0, 1.0, 0.02, 1.414, 1e-3, 1e-4, 1e-8, 2.5e-5, 5e-5, 123456.0, 1e6, -2.0, 1 / 3])
def test_a_number_is_written_so_that_it_reads_as_the_same(value: float) -> None:
    assert read_number(write_number(value)) == value


def test_a_switch_asks_for_the_other_state(form: Form) -> None:
    editor = row(form, "discriminator.spectral_norm").editor
    assert isinstance(editor, SwitchEditor)
    editor.click()
    assert form.wishes == [("discriminator.spectral_norm", True)]
