"""The registry of actions agrees with itself and with the window."""

from collections import Counter
from operator import attrgetter

from PySide6.QtGui import QKeySequence

from ganlab_desktop.ui.actions import MENUS, SUBMENUS, Actions, translated


def test_each_key_does_one_thing_and_every_action_has_its_menu() -> None:
    specs = Actions.specs()
    keys = Counter(spec.shortcut for spec in specs if spec.shortcut)
    assert not [key for key, count in keys.items() if count > 1]
    assert all(not QKeySequence(key).isEmpty() for key in keys)
    assert {spec.menu for spec in specs} == {*MENUS, *SUBMENUS}


def test_within_a_menu_no_two_actions_share_their_underlined_letter() -> None:
    for menu in (*MENUS, *SUBMENUS):
        texts = [translated(spec.text) for spec in Actions.specs() if spec.menu == menu]
        letters = Counter(text[text.index("&") + 1].lower() for text in texts if "&" in text)
        assert not [letter for letter, count in letters.items() if count > 1], menu


def test_every_action_leads_somewhere_and_names_an_icon_that_exists(open_window) -> None:
    window = open_window()
    for spec in Actions.specs():
        assert not spec.slot or callable(attrgetter(spec.slot)(window)), spec.id
        assert bool(spec.icon) != window.actions_[spec.id].icon().isNull(), spec.id
        assert spec.slot or window.actions_[spec.id].menu() is not None, spec.id
