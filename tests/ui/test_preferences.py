"""Edit > Preferences: what is chosen is kept, reaches new experiments and the next engine, and cannot be nonsense."""

import psutil
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QMessageBox, QSpinBox
from windows import SLOW, boxes, close, press

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.ui.dialogs.preferences import PreferencesDialog
from ganlab_desktop.ui.engine_client import EngineClient
from ganlab_desktop.ui.preferences import AUTOMATIC, Preferences
from ganlab_desktop.wire.environment import IN_MEMORY, KEYFRAMES, THREADS


def choose(field: QComboBox, data: object) -> None:
    field.setCurrentIndex(field.findData(data))
    field.activated.emit(field.currentIndex())


def enter(field: QSpinBox, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_nothing_chosen_is_what_the_program_does_by_itself(settings) -> None:
    preferences = Preferences(settings)
    assert (preferences[KEYFRAMES], preferences[IN_MEMORY], preferences[THREADS]) == (500, 64, AUTOMATIC)
    assert preferences.environment() == {}
    assert preferences.applied_to(Experiment()) == Experiment()


def test_spoilt_settings_count_as_nothing_chosen(settings) -> None:
    for name in (KEYFRAMES, IN_MEMORY, THREADS):
        settings.setValue(f"preferences/{name}", "-7")
    settings.setValue("preferences/device", "toaster")
    assert Preferences(settings).environment() == {}
    assert Preferences(settings).applied_to(Experiment()) == Experiment()


def test_the_environment_has_the_last_word(settings, monkeypatch) -> None:
    preferences = Preferences(settings)
    preferences[KEYFRAMES], preferences[THREADS] = 80, 2
    monkeypatch.setenv(KEYFRAMES, "20")
    assert preferences.environment() == {THREADS: "2"}


def test_an_engine_finds_what_was_chosen_when_it_starts(awaiting, settings, qtbot) -> None:
    preferences = Preferences(settings)
    client = EngineClient(awaiting, environment=preferences.environment)
    preferences[KEYFRAMES] = 80
    with qtbot.waitSignal(client.ready, timeout=SLOW):
        client.start()
    assert psutil.Process(client.process_id).environ()[KEYFRAMES] == "80"
    awaiting.start(client.close())
    qtbot.waitUntil(lambda: not client.alive, timeout=20_000)


def test_the_dialog_keeps_what_is_chosen_and_takes_no_nonsense(open_window, qtbot, settings, monkeypatch) -> None:
    monkeypatch.setenv(IN_MEMORY, "20")
    window = open_window()
    window.actions_["preferences"].trigger()
    dialog = window.findChild(PreferencesDialog)
    qtbot.waitUntil(lambda: dialog.folder.text().endswith("untitled"), timeout=SLOW)
    assert dialog.show_folder.isEnabled()
    choose(dialog.theme, "light")
    assert window.canvas.colours.name == "light"
    assert [action.text() for action in window.actions_["theme"].menu().actions() if action.isChecked()] == ["Light"]
    choose(dialog.threads, 1)
    enter(dialog.keyframes, "250")
    preferences = Preferences(settings)
    assert (preferences[THREADS], preferences[KEYFRAMES]) == (1, 250)
    for nonsense in ("abc", "-3", "0"):
        enter(dialog.keyframes, nonsense)
        assert preferences[KEYFRAMES] in (3, 250)  # of -3 only the digit can be typed
        assert dialog.keyframes.value() == preferences[KEYFRAMES]
    assert not dialog.in_memory.isEnabled()
    assert f"{IN_MEMORY}=20" in dialog.in_memory.toolTip()
    choose(dialog.device, "auto")
    dialog.close()
    first = window.session.scene.run
    window.documents.new_from_preset("moons-ns")
    qtbot.waitUntil(lambda: window.session.scene.run != first, timeout=SLOW)
    assert window.session.experiment.device == "auto"


def test_the_example_starts_where_the_preferred_device_is_gone(open_window, qtbot, settings) -> None:
    Preferences(settings).device = "cuda:9"
    window = open_window()
    qtbot.waitUntil(lambda: bool(boxes(window)) and window.session.scene is not None, timeout=SLOW)
    assert window.session.experiment.device == "cpu"
    assert "cuda:9" in boxes(window)[0].informativeText()
    press(boxes(window)[0], QMessageBox.StandardButton.Close)
    window.actions_["preferences"].trigger()
    dialog = window.findChild(PreferencesDialog)
    assert dialog.device.currentData() == "cuda:9"
    dialog.close()
    close(window, qtbot)
