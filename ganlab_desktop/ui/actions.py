"""Every action of the window, as data: one table feeds the menus, the transport bar and the shortcut sheet."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from ganlab_desktop.experiment.exports.table import EXPORTS
from ganlab_desktop.ui.theme import Theme

Needs = Literal["nothing", "engine", "run", "more"]
"""What must be there for an action to be possible: nothing, a running engine, a run in a running engine, or more, of
which the part of the window that carries it out knows."""


class Action(NamedTuple):
    """One thing a user can do; texts are marked for translation.

    `slot` names the window's method; it is empty where only the submenu that the window hangs on the action does
    something.
    """

    id: str
    menu: str
    text: str
    tip: str
    slot: str
    shortcut: str = ""
    icon: str = ""
    needs: Needs = "nothing"
    also: str = ""  # another key
    argument: str = ""  # what the method is told, if anything


SEPARATOR = "-"


def _t(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("actions", text))


MENUS: dict[str, str] = {
    "file": _t("&File"),
    "edit": _t("&Edit"),
    "run": _t("&Run"),
    "view": _t("&View"),
    "help": _t("&Help"),
}

SUBMENUS: dict[str, str] = {"export": "file"}  # filled from the table like a menu: the action that opens one, and where


def _exports() -> Iterator[Action]:
    """One action for each kind of export, under the name that the command line has for it."""
    for kind, spec in EXPORTS.items():
        tip = " ".join((spec.__doc__ or "").split())
        yield Action(kind, "export", f"{spec.title}...", tip, "exports.show", needs="run", argument=kind)


ACTIONS: tuple[Action | str, ...] = (
    Action(
        "new",
        "file",
        _t("&New from preset"),
        _t("Start a run of a stock experiment"),
        "documents.choose_preset",
        "Ctrl+N",
        "plus",
        "engine",
    ),
    Action(
        "open",
        "file",
        _t("&Open..."),
        _t("Open a run (.ganlab) or an experiment (.toml)"),
        "documents.open",
        "Ctrl+O",
        "folder-open",
        "engine",
    ),
    Action(
        "recent",
        "file",
        _t("Open &recent"),
        _t("Documents, and runs that were left without a name"),
        "",
        "",
        "clock-counter-clockwise",
        "engine",
    ),
    SEPARATOR,
    Action("save", "file", _t("&Save"), _t("Save the run"), "documents.save", "Ctrl+S", "floppy-disk", "run"),
    Action(
        "save_as",
        "file",
        _t("Save &as..."),
        _t("Save the run under another name and go on there"),
        "documents.save_as",
        "Ctrl+Shift+S",
        "",
        "run",
    ),
    Action(
        "revert",
        "file",
        _t("Re&vert..."),
        _t("Back to how the document was opened or last saved"),
        "documents.ask_to_revert",
        "",
        "",
        "more",
    ),
    Action(
        "export", "file", _t("&Export"), _t("Figures, tables and more of the run, at the step shown"), "", "", "export"
    ),
    SEPARATOR,
    Action("quit", "file", _t("&Quit"), _t("Close the window"), "close", "Ctrl+Q"),
    Action(
        "export_dialog",
        "export",
        _t("&Export..."),
        _t("Write a figure, a table or more of the run, at the step shown"),
        "exports.open",
        "Ctrl+E",
        "",
        "run",
    ),
    SEPARATOR,
    *_exports(),
    SEPARATOR,
    Action(
        "export_experiment",
        "export",
        _t("E&xperiment..."),
        _t("Write the settings as a TOML file"),
        "documents.export_experiment",
        needs="run",
    ),
    Action(
        "undo",
        "edit",
        _t("&Undo"),
        _t("Take the last change of settings back, now"),
        "edits.undo",
        "Ctrl+Z",
        "arrow-counter-clockwise",
        "run",
    ),
    Action(
        "redo",
        "edit",
        _t("&Redo"),
        _t("Make the change again"),
        "edits.redo",
        "Ctrl+Shift+Z",
        "arrow-clockwise",
        "run",
    ),
    Action("edits", "edit", _t("&Changes so far"), _t("What was changed, and at which step"), "", "", "", "run"),
    SEPARATOR,
    Action(
        "copy_panel",
        "edit",
        _t("Copy panel as p&icture"),
        _t("Copy the panel under the mouse, or with the focus, as a picture"),
        "panel_menus.copying.picture",
        "Alt+C",
    ),
    Action(
        "copy_data",
        "edit",
        _t("Copy panel's &data"),
        _t("Copy the curves of the panel under the mouse, or with the focus, as a table"),
        "panel_menus.copying.data",
        "Alt+Shift+C",
    ),
    SEPARATOR,
    Action(
        "preferences",
        "edit",
        _t("&Preferences..."),
        _t("Theme, device, threads, room for the past"),
        "help.show_preferences",
        "Ctrl+,",
        "gear",
    ),
    Action("play", "run", _t("&Play"), _t("Train, or pause"), "play_or_pause", "Space", "play-fill", "run"),
    Action(
        "step",
        "run",
        _t("&Step"),
        _t("One iteration: all D updates, then all G updates"),
        "step",
        "Right",
        "caret-double-right",
        "run",
    ),
    Action(
        "back",
        "run",
        _t("Step &back"),
        _t("The iteration before"),
        "step_back",
        "Left",
        "caret-double-left",
        "run",
    ),
    Action(
        "phase",
        "run",
        _t("P&hase"),
        _t("The next phase of the iteration"),
        "step_phase",
        "Shift+Right",
        "caret-right",
        "run",
    ),
    Action(
        "phase_back",
        "run",
        _t("Phase bac&k"),
        _t("The phase before"),
        "step_phase_back",
        "Shift+Left",
        "caret-left",
        "run",
    ),
    Action(
        "play_backwards",
        "run",
        _t("Play back&wards"),
        _t("Show the run backwards, or pause"),
        "play_backwards",
        "Shift+Space",
        "rewind",
        "run",
    ),
    Action("home", "run", _t("To th&e beginning"), _t("Show the earliest step"), "go_home", "Home", "", "run"),
    Action("end", "run", _t("To the &newest step"), _t("Leave the past"), "go_to_end", "End", "", "run"),
    Action(
        "best",
        "run",
        _t("&Jump to the best step"),
        _t("Show the step that scores best by the experiment's selection metric"),
        "go_to_best",
        "Ctrl+End",
        "",
        "more",
    ),
    SEPARATOR,
    Action(
        "bookmark",
        "run",
        _t("Book&mark"),
        _t("Mark this step, with a note"),
        "bookmarks.mark",
        "Ctrl+B",
        "bookmark-simple",
        "run",
    ),
    Action(
        "no_bookmark",
        "run",
        _t("Remo&ve bookmark"),
        _t("Take the mark of this step away"),
        "bookmarks.unmark",
        "Ctrl+Shift+B",
        "",
        "run",
    ),
    Action("bookmarks", "run", _t("&Find bookmark"), _t("Steps that were marked"), "", "", "", "run"),
    SEPARATOR,
    Action("loop_from", "run", _t("&Loop from here"), _t("Begin a loop at this step"), "looping.begin", "[", "", "run"),
    Action("loop_to", "run", _t("Loop &to here"), _t("End the loop at this step"), "looping.end", "]", "", "run"),
    Action("no_loop", "run", _t("N&o loop"), _t("Play on at the end of the loop"), "looping.leave", "", "", "run"),
    SEPARATOR,
    Action("d_only", "run", _t("&D only"), _t("One iteration in which only D moves"), "step_d", "D", "", "run"),
    Action("g_only", "run", _t("&G only"), _t("One iteration in which only G moves"), "step_g", "G", "", "run"),
    Action(
        "steps",
        "run",
        _t("&Run steps..."),
        _t("Train a number of iterations, then pause"),
        "ask_steps",
        "N",
        "",
        "run",
    ),
    SEPARATOR,
    Action(
        "restart",
        "run",
        _t("Start &again"),
        _t("Back to step 0 with the same settings"),
        "restart",
        "",
        "skip-back",
        "run",
    ),
    SEPARATOR,
    Action(
        "fork",
        "run",
        _t("Fork here"),
        _t("Go on in a run of its own from the step shown; this one is kept"),
        "fork",
        "F",
        "git-fork",
        "run",
    ),
    Action(
        "other_seed",
        "run",
        _t("Same with another seed..."),
        _t("Begin the experiment anew with another seed, as another run of the document"),
        "same_with_another_seed",
        "",
        "",
        "run",
    ),
    Action("panels", "view", _t("&Panels"), _t("Show and hide panels"), ""),
    Action(
        "palette",
        "view",
        _t("&Command palette..."),
        _t("Find any action by a few letters"),
        "help.show_palette",
        "Ctrl+Shift+P",
        "magnifying-glass",
    ),
    Action("theme", "view", _t("&Theme"), _t("Dark, light or as the system"), ""),
    SEPARATOR,
    Action("reset_layout", "view", _t("&Reset layout"), _t("Put all panels back in place"), "reset_layout"),
    Action(
        "shortcuts",
        "help",
        _t("&Keyboard shortcuts"),
        _t("What the keys do"),
        "help.show_shortcuts",
        "F1",
        "keyboard",
        also="Ctrl+/",
    ),
    Action(
        "file_format",
        "help",
        _t("The .ganlab &file"),
        _t("What a run file holds, and how Python reads its curves"),
        "help.show_file_format",
        "",
        "file-text",
        "engine",
    ),
    SEPARATOR,
    Action(
        "about",
        "help",
        _t("&About GAN Lab Desktop"),
        _t("Versions, to copy into a report"),
        "help.show_about",
        "",
        "info",
    ),
)


class Actions(QObject):
    """The table as live QActions."""

    def __init__(self, theme: Theme, slots: Callable[[str, str], Callable[[], None]], parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._live: dict[str, QAction] = {}
        for spec in self.specs():
            action = QAction(translated(spec.text), parent)
            action.setObjectName(spec.id)
            action.setToolTip(with_shortcut(translated(spec.tip), spec.shortcut))
            if spec.shortcut:
                action.setShortcuts([QKeySequence(keys) for keys in (spec.shortcut, spec.also) if keys])
            if spec.slot:
                action.triggered.connect(slots(spec.slot, spec.argument))
            self._live[spec.id] = action
        self.recolour()
        theme.changed.connect(self.recolour)

    @staticmethod
    def specs() -> list[Action]:
        """The table without its separators."""
        return [spec for spec in ACTIONS if isinstance(spec, Action)]

    def __getitem__(self, id: str) -> QAction:
        return self._live[id]

    def fill(self, menu: QMenu, name: str) -> None:
        """Put one menu's actions, with separators, into a menu."""
        waiting = False
        for spec in ACTIONS:
            if isinstance(spec, str):
                waiting = not menu.isEmpty()
            elif spec.menu == name:
                if waiting:
                    menu.addSeparator()
                menu.addAction(self._live[spec.id])
                waiting = False

    def hang_submenus(self, parent: QWidget) -> None:
        """Give the actions that open a menu made from the table theirs."""
        for name in SUBMENUS:
            menu = QMenu(parent)
            menu.setToolTipsVisible(True)
            self.fill(menu, name)
            self._live[name].setMenu(menu)

    def enable(self, *, engine: bool, run: bool) -> None:
        """Enable what is possible now."""
        possible = {"nothing": True, "engine": engine, "run": engine and run}
        for spec in self.specs():
            if spec.needs in possible:
                self._live[spec.id].setEnabled(possible[spec.needs])

    def recolour(self) -> None:
        """Draw the icons in the theme's colours."""
        for spec in self.specs():
            if spec.icon:
                self._live[spec.id].setIcon(self._theme.icon(spec.icon))


def translated(text: str) -> str:
    return QCoreApplication.translate("actions", text)


def with_shortcut(tip: str, shortcut: str) -> str:
    """A tooltip with the key that does the same."""
    native = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({native})" if native else tip
