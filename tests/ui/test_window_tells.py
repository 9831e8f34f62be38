"""What the window says of itself: what it opens, what was found, what its panels are called."""

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPlainTextEdit, QTabBar, QToolButton, QWidget
from windows import SLOW, close

from ganlab_desktop.experiment.presets import load_preset, preset_names
from ganlab_desktop.ui.dialogs.files import clean_name
from ganlab_desktop.ui.engine_client import EngineClient
from ganlab_desktop.ui.presets_menu import PresetsMenu
from ganlab_desktop.ui.session import EngineState, Session
from ganlab_desktop.ui.theme import Theme
from ganlab_desktop.ui.window import Window
from ganlab_desktop.wire import messages as m
from ganlab_desktop.wire.arrays import Array

COLLAPSE = m.Finding("mode_collapse", 1250, "mode collapse", "It reaches {reached:.0f} modes.", {"reached": 3.0})


@pytest.fixture
def starting(awaiting: Any, settings: Any, qapp: Any, qtbot: Any) -> Any:
    """A window whose engine is told to start with its first showing."""
    client = EngineClient(awaiting)
    client.start()
    theme = Theme(qapp, settings)
    window = Window(Session(client), client, awaiting, theme, settings, ask=False)
    window.show()
    yield window
    close(window, qtbot)
    window.deleteLater()
    theme.deleteLater()


def test_before_the_engine_is_up_the_window_shows_what_it_opens(starting: Window, qtbot: Any) -> None:
    form = starting.form_panel
    assert "Starting the engine" in starting.windowTitle()
    assert form._starting.isVisible()
    assert not form._area.isVisible()
    starting.documents.begin([], "grid-wgan-gp", play=False)
    assert starting.windowTitle().startswith("Grid of twenty-five, WGAN-GP - Starting the engine")
    assert form.form.field("data.side").editor.text() == "5"
    assert form._area.isVisible()
    qtbot.waitUntil(lambda: starting.session.scene is not None, timeout=SLOW)
    assert starting.windowTitle().startswith("Untitled - Grid of twenty-five, WGAN-GP")


def test_title_and_title_field_follow_one_rule(open_window: Any, qtbot: Any) -> None:
    window = open_window()
    editor = window.form_panel.form.field("title").editor
    assert editor.text() == "Ring of eight, non-saturating with R1"
    window.do(window.session.edit({"objective.kind": "wasserstein"}))
    qtbot.waitUntil(lambda: "Ring of Gaussians, Wasserstein" in window.windowTitle(), timeout=SLOW)
    assert (editor.text(), editor.placeholderText()) == ("", "Ring of Gaussians, Wasserstein")
    window.do(window.session.edit({"title": "Mine"}))
    qtbot.waitUntil(lambda: editor.text() == "Mine", timeout=5_000)
    assert "Mine" in window.windowTitle()


def test_a_finding_stands_in_the_status_bar_and_opens_the_log(open_window: Any, qtbot: Any) -> None:
    window = open_window()
    button = window.status.findChild(QToolButton, "findings")
    assert not button.isVisible()
    window.session._find((COLLAPSE,))
    assert button.text() == "1 finding: mode collapse"
    assert button.isVisible()
    window.session._find((COLLAPSE, msgspec.structs.replace(COLLAPSE, step=4000)))
    assert button.text() == "2 findings, the newest: mode collapse"
    button.click()
    assert window.docks["log"].isVisible()
    assert "It reaches 3 modes" in window.log_panel.text.toPlainText()


def test_the_log_wraps_and_takes_its_height_from_the_canvas(open_window: Any, qtbot: Any) -> None:
    window = open_window()
    losses, canvas = window.docks["losses"].height(), window.canvas.height()
    window.docks["log"].show()
    qtbot.waitUntil(lambda: window.canvas.height() < canvas - 60, timeout=5_000)
    assert window.docks["losses"].height() == losses
    assert window.log_panel.text.lineWrapMode() == QPlainTextEdit.LineWrapMode.WidgetWidth


def test_tabs_of_panels_are_readable(open_window: Any, qtbot: Any) -> None:
    window = open_window()
    for name in ("quality", "truth", "generator", "dynamics", "memory"):
        window.docks[name].show()
    qtbot.wait(50)
    bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible() and bar.count() > 1]
    assert sorted(bar.count() for bar in bars) == [3, 4]
    for bar in bars:
        assert bar.elideMode() == Qt.TextElideMode.ElideNone
        for index in range(bar.count()):
            words = QFontMetrics(bar.font()).horizontalAdvance(bar.tabText(index))
            assert bar.tabRect(index).width() >= words


def test_pictures_take_their_part_of_a_window_that_grows(open_window: Any, qtbot: Any) -> None:
    window = open_window()
    window.resize(2560, 1400)
    qtbot.waitUntil(lambda: window.docks["losses"].width() > 500, timeout=5_000)
    window.resize(1280, 800)
    qtbot.wait(50)
    qtbot.waitUntil(lambda: window.docks["losses"].width() < 400, timeout=5_000)
    window.resize(1700, 800)
    window.resizeDocks([window.docks["losses"]], [800], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: window.docks["losses"].width() > 500, timeout=5_000)
    chosen = window.docks["losses"].width()
    window.resize(2200, 1000)
    qtbot.wait(50)
    assert abs(window.docks["losses"].width() - chosen) < 60


def test_a_frame_that_makes_no_sense_is_told(open_window: Any, qtbot: Any) -> None:
    window = open_window()
    scene = window.session.scene
    array = Array("f4", (3,), memoryview(b"abc"))
    chunk = m.Chunk("step", 0, ("discriminator_loss",), array, array)
    window._client.frame_arrived.emit(m.Frame(1, scene.run, scene.branch, scene.layout, 5, True, chunks=(chunk,)))
    assert window.session.state is EngineState.DEAD
    assert "cannot read" in window.banner.text
    assert window.banner.isVisible()


def test_trouble_begins_with_a_capital(open_window: Any) -> None:
    window = open_window()
    window.banner.tell("the disk is full", "", "Start again", lambda: None)
    assert window.banner.text.startswith("The disk is full")


def test_names_of_files_are_allowed_on_every_system() -> None:
    assert clean_name("Mode collapse: minimax / slow?") == "Mode collapse - minimax - slow"
    for name in preset_names():
        assert not set(clean_name(load_preset(name).title)) & set('<>:"/\\|?*')


def test_presets_stand_in_readable_groups(qtbot: Any, qapp: Any) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    menu = PresetsMenu("presets", parent)
    menu.fill()
    actions = menu.actions()
    groups = {action.text(): action.menu() for action in actions}
    assert all(groups.values())
    assert list(groups)[-1] == "What goes wrong"
    for group in groups.values():
        titles = [action.text().casefold() for action in group.actions()]
        assert titles == sorted(titles)
    wrong = {action.data() for action in groups["What goes wrong"].actions()}
    assert {"collapse-minimax", "oscillation", "divergence", "vanishing-gradient"} <= wrong
    assert len(wrong) == 9
    found = {action.data() for group in groups.values() for action in group.actions()}
    assert found == set(preset_names())
