"""The command palette finds every action by a few letters and runs it from the keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from windows import SLOW

from ganlab_desktop.ui.actions import SUBMENUS, Actions
from ganlab_desktop.ui.dialogs.palette import CommandPalette
from ganlab_desktop.ui.dialogs.shortcuts import Shortcuts
from ganlab_desktop.ui.fuzzy import fit


def palette_of(window, qtbot) -> CommandPalette:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5_000)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window.canvas, Qt.Key.Key_P, both)
    qtbot.waitUntil(lambda: window.findChild(CommandPalette) is not None, timeout=5_000)
    return window.findChild(CommandPalette)


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("sa", "Save as", "Open safe"),  # beginnings of words before letters within
        ("save", "Save", "Save as"),  # the shorter of two that fit
        ("ure", "Figure", "Quarrel"),  # a run before letters apart
        ("as save", "Save as", "Start"),  # words in any order
    ],
)
def test_what_fits_better_is_worth_more(typed: str, better: str, worse: str) -> None:
    first, second = fit(typed, better), fit(typed, worse)
    assert first is not None
    assert second is None or first > second


def test_letters_out_of_order_do_not_fit() -> None:
    assert fit("evas", "Save") is None


def test_the_palette_lists_every_action_and_runs_one_by_keyboard(open_window, qtbot) -> None:
    window = open_window()
    palette = palette_of(window, qtbot)
    listed = {entry.action.objectName() for entry in palette.shown}
    assert {spec.id for spec in Actions.specs()} - set(SUBMENUS) <= listed
    QTest.keyClicks(palette.field, "keyb short")
    assert palette.shown[0].action is window.actions_["shortcuts"]
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(Shortcuts) is not None, timeout=5_000)
    window.findChild(Shortcuts).close()
    qtbot.waitUntil(lambda: window.findChild(CommandPalette) is None, timeout=5_000)


def test_arrows_move_the_choice_and_panels_are_found(open_window, qtbot) -> None:
    window = open_window()
    palette = palette_of(window, qtbot)
    QTest.keyClicks(palette.field, "panels")
    first = palette.list.currentItem()
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentItem() is not first
    palette.field.clear()
    QTest.keyClicks(palette.field, "panels log")
    assert palette.shown[0].name == "Panels: Log"
    assert not window.docks["log"].isVisible()
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.waitUntil(window.docks["log"].isVisible, timeout=5_000)


def test_what_is_not_possible_says_why_and_does_nothing(open_window, qtbot) -> None:
    window = open_window()
    palette = palette_of(window, qtbot)
    QTest.keyClicks(palette.field, "revert")
    assert "not been saved" in palette.told.text()
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(CommandPalette) is None, timeout=SLOW)
