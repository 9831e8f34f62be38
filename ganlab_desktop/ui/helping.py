"""The Help menu, Preferences and the command palette: dialogs that explain the program or ask how it should be."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ganlab_desktop.ui.actions import Actions
from ganlab_desktop.ui.dialogs.about import About
from ganlab_desktop.ui.dialogs.file_format import FileFormatDialog
from ganlab_desktop.ui.dialogs.palette import CommandPalette
from ganlab_desktop.ui.dialogs.preferences import PreferencesDialog
from ganlab_desktop.ui.dialogs.shortcuts import Shortcuts
from ganlab_desktop.ui.documents import Wishes
from ganlab_desktop.ui.preferences import Preferences
from ganlab_desktop.ui.session import EngineState, Session
from ganlab_desktop.ui.theme import Theme


class Helping(QObject):
    """Opens the dialogs, and asks the engine for what they tell of it."""

    def __init__(
        self,
        session: Session,
        wishes: Wishes,
        actions: Actions,
        preferences: Preferences,
        theme: Theme,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._wishes, self._actions, self._preferences = session, wishes, actions, preferences
        self._theme, self._window = theme, window

    def show_preferences(self) -> None:
        """Open the preferences; what the engine's machine offers comes when it has told."""
        dialog = PreferencesDialog(self._preferences, self._theme, self._session.local, self._window)
        dialog.open()
        if self._session.state is not EngineState.DEAD:
            self._wishes.do(self._fill(dialog))

    async def _fill(self, dialog: PreferencesDialog) -> None:
        machine = await self._session.survey()
        if machine is not None and dialog in self._window.findChildren(PreferencesDialog):  # it may be closed by now
            dialog.show_machine(machine)

    def show_file_format(self) -> None:
        """Explain what a run file holds."""
        self._wishes.do(self._explain())

    async def _explain(self) -> None:
        told = await self._session.explain()
        if told is not None:
            FileFormatDialog(told, self._theme.colours, self._window).open()

    def show_shortcuts(self) -> None:
        """Open the sheet of keys."""
        Shortcuts(self._window).open()

    def show_palette(self) -> None:
        """Open the list of all actions."""
        CommandPalette(self._actions, self._theme, self._window).open()

    def show_about(self) -> None:
        """Tell the versions."""
        About(self._session.program, self._window).open()
