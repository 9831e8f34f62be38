"""What the form refuses is said in its own words, where it was asked for, and stays until it is mended."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot
from windows import SLOW

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.ui.form import Field, Form, Section
from ganlab_desktop.ui.theme import Theme
from ganlab_desktop.ui.wording import in_words


@pytest.fixture
def area(qapp: QApplication, qtbot: QtBot, settings: QSettings) -> QScrollArea:
    """A form in an area that scrolls."""
    area = QScrollArea()
    form = Form(Theme(qapp, settings))
    area.setWidgetResizable(True)
    area.setWidget(form)
    qtbot.addWidget(area)
    form.show_experiment(Experiment(), {})
    area.resize(420, 400)
    area.show()
    qtbot.waitExposed(area)
    area.activateWindow()
    return area


@pytest.fixture
def form(area: QScrollArea) -> Form:
    form = area.widget()
    assert isinstance(form, Form)
    return form


def row(form: Form, path: str) -> Field:
    found = form.field(path)
    assert found is not None, path
    return found


def section(form: Form, path: str) -> Section:
    return next(part for part in form.findChildren(Section) if part.path == path)


def type_into(form: Form, path: str, text: str) -> Field:
    field = row(form, path)
    field.editor.setFocus()
    field.editor.selectAll()
    QTest.keyClicks(field.editor, text)
    return field


@pytest.mark.parametrize("path", ["data.kind", "generator.activation", "data.modes", "discriminator.residual"])
def test_the_wheel_scrolls_the_form_and_changes_nothing(area: QScrollArea, form: Form, qtbot: QtBot, path: str) -> None:
    wishes: list[str] = []
    form.edited.connect(lambda path, value: wishes.append(path))
    editor, bar = row(form, path).editor, area.verticalScrollBar()
    area.ensureWidgetVisible(editor)
    for focused in (False, True):
        if focused:
            editor.setFocus()
            qtbot.waitUntil(editor.hasFocus)
        before = bar.value()
        QTest.wheelEvent(area.windowHandle(), QPointF(editor.mapTo(area, editor.rect().center())), QPoint(0, -15))
        qtbot.waitUntil(lambda before=before: bar.value() > before)
    assert wishes == []


def test_rules_speak_the_forms_language(form: Form) -> None:
    form.show_experiment(with_changes(Experiment(), {"discriminator.packing": 2}), {})
    field = type_into(form, "schedule.batch_size", "255")
    assert field.problem.startswith("must be a multiple of Packing (Discriminator), so that")
    packing = type_into(form, "discriminator.packing", "3")
    assert packing.problem.startswith("Batch size (Training): must be a multiple of Packing (Discriminator)")
    told = in_words("label_smoothing.real: only minimax and non_saturating have it; least_squares has its target b")
    assert (
        told == "Real label (Label smoothing): only minimax and Non-saturating have it; Least squares has its target b"
    )
    assert in_words("penalties[0].every: nothing at e.g. 0.5") == "Every (Penalties): nothing at e.g. 0.5"


def test_a_refused_text_stays_marked_until_escape(form: Form, qtbot: QtBot) -> None:
    field = type_into(form, "schedule.batch_size", "0")
    row(form, "seed").editor.setFocus()
    qtbot.waitUntil(lambda: not field.editor.hasFocus())
    form.show_experiment(with_changes(Experiment(), {"data.modes": 5}), {})
    assert field.editor.text() == "0"
    assert field.editor.property("wrong") is True
    assert ">= 1" in field.problem
    field.editor.setFocus()
    QTest.keyClick(field.editor, Qt.Key.Key_Escape)
    assert field.editor.text() == "256"
    assert field.problem == ""


def test_a_refused_text_is_forgotten_with_its_run(form: Form) -> None:
    field = type_into(form, "data.sigma", "wide")
    row(form, "seed").editor.setFocus()
    form.drop_refused()
    form.show_experiment(Experiment(), {})
    assert (field.editor.text(), field.problem) == ("0.02", "")


def test_a_refused_penalty_says_why_below_its_head(open_window, qtbot) -> None:
    window = open_window()
    window.do(window.session.edit({"discriminator.norm": "batch", "penalties": []}))
    qtbot.waitUntil(lambda: bool(window.session.pending), timeout=SLOW)
    penalties = section(window.form_panel.form, "penalties")
    penalties.add("gradient_penalty")
    qtbot.waitUntil(lambda: "batch norm cannot be combined" in penalties.problem, timeout=5_000)
    penalties.add("weight_clipping")
    qtbot.waitUntil(lambda: penalties.problem == "", timeout=5_000)


def test_settings_without_effect_are_hidden_until_they_have_one(form: Form) -> None:
    idle = ("generator.fourier_scale", "discriminator.minibatch_kernels", "optimizer.generator.schedule_steps")
    idle = (*idle, "instance_noise.steps")
    assert [row(form, path).isHidden() for path in idle] == [True] * len(idle)
    active = {
        "generator.fourier": 8,
        "discriminator.minibatch": "discrimination",
        "optimizer.generator.schedule": "linear",
        "instance_noise.std": 0.1,
    }
    form.show_experiment(with_changes(Experiment(), active), {})
    assert [row(form, path).isHidden() for path in idle] == [False] * len(idle)
    assert row(form, "label_smoothing.steps").isHidden()


def test_rarer_sections_are_folded_say_what_is_changed_and_are_remembered(form: Form, settings: QSettings) -> None:
    smoothing, ring = section(form, "label_smoothing"), section(form, "data")
    assert not row(form, "label_smoothing.real").isVisibleTo(form)
    assert row(form, "data.modes").isVisibleTo(form)
    form.show_experiment(with_changes(Experiment(), {"label_smoothing.real": 0.9, "game.kind": "optimistic"}), {})
    words = [label.text() for label in smoothing.findChildren(QLabel, "secondary") if label.isVisibleTo(form)]
    assert words == ["changed"]
    game = section(form, "game")
    assert "Optimistic descent" in [label.text() for label in game.findChildren(QLabel, "secondary")]
    smoothing.fold.click()
    ring.fold.click()
    assert row(form, "label_smoothing.real").isVisibleTo(form)
    assert not row(form, "data.modes").isVisibleTo(form)
    again = Form(form.theme)
    assert not again.folds.folded("label_smoothing")
    assert again.folds.folded("data")
    assert again.folds.folded("game")
    again.deleteLater()
    form.refuse("data.modes", "must be >= 1")
    assert row(form, "data.modes").isVisibleTo(form)  # what is refused is never out of sight


def test_fields_stand_in_line(form: Form) -> None:
    shown = [field for field in form.findChildren(Field) if field.isVisibleTo(form)]
    assert len({field.editor.mapTo(form, QPoint()).x() for field in shown}) == 1
