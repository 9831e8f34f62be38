"""What a user does with documents: begins, opens, drops and saves them, and is asked before one would be lost."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QMimeData, QObject, QSettings, Signal, Slot
from PySide6.QtWidgets import QMainWindow

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import FILE_KINDS, kind_of_file
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.ui.actions import Actions
from ganlab_desktop.ui.banner import Banner
from ganlab_desktop.ui.dialogs.files import clean_name, file_dialog, save_dialog
from ganlab_desktop.ui.dialogs.saving import ask_to_revert, ask_to_save
from ganlab_desktop.ui.engine_client import EngineError
from ganlab_desktop.ui.preferences import Preferences
from ganlab_desktop.ui.presets_menu import PresetsMenu
from ganlab_desktop.ui.recent import RecentMenu
from ganlab_desktop.ui.recovery import Recovery
from ganlab_desktop.ui.session import EngineState, Kept, Session

_WORTH_TELLING = 1_000  # steps of an untitled run after which it is not left without a word, nor is one with notes

Then = Callable[[], None]


class Wishes(Protocol):
    """Carries out what the user wants, and says why where it fails."""

    def do(self, work: Coroutine[Any, Any, Any], failed: str = "") -> None:
        """Run a wish of the user's; where the engine refuses, say so with this text."""

    def tell_error(self, happened: str, kept: str = "") -> None:
        """Say what happened, and what was kept."""


class Documents(QObject):
    """Everything between the session's document and its file: menus, dialogs, questions and the window's title."""

    leaving = Signal()  # the run at hand may be left now

    def __init__(
        self,
        session: Session,
        wishes: Wishes,
        actions: Actions,
        banner: Banner,
        preferences: Preferences,
        settings: QSettings,
        window: QMainWindow,
        *,
        ask: bool = True,
    ) -> None:
        super().__init__(window)
        self._session, self._wishes, self._banner, self._settings = session, wishes, banner, settings
        self._preferences = preferences
        self._window, self._revert = window, actions["revert"]
        self.ask = ask  # whether the user is asked anything; measurements and tests are not
        self._opened = ""  # what is to be shown once the engine is up
        self.presets = PresetsMenu(self.tr("&New from preset"), window)
        self.presets.chosen.connect(self.new_from_preset)
        self.recent = RecentMenu(settings, window)
        self.recent.chosen.connect(self.open_path)
        self.recent.listed.connect(self._peek)
        self.recovery = Recovery(self.recent, banner, self.open_path, self)
        actions["new"].setMenu(self.presets)
        actions["recent"].setMenu(self.recent)
        session.scene_changed.connect(self._scene_changed)
        session.document_changed.connect(self._mirror_title)
        session.left.connect(self._left_behind)
        session.frame_arrived.connect(self._mirror_revert)
        session.state_changed.connect(self._mirror_revert)
        self._mirror_title()
        self._mirror_revert()

    # --- begun and opened -----------------------------------------------------------------------------------------

    def begin(self, files: list[str], preset: str, *, play: bool) -> None:
        """Open the first file, or a stock experiment. The latter stands in for a file that cannot be opened."""
        if files:
            self._opened = Path(files[0]).name
        else:
            with suppress(ExperimentError):  # which is told when it is loaded again
                self._session.expect(load_preset(preset))
                self._opened = self._session.title
        self._mirror_title()
        self._wishes.do(self._begin(files, preset, play=play), self.tr("The run could not be started."))

    async def _begin(self, files: list[str], preset: str, *, play: bool) -> None:
        await self._begin_on(files, preset, play=play)
        if self.ask:
            self.recovery.offer(await self._session.cut_off(self.recent.paths()))

    async def _begin_on(self, files: list[str], preset: str, *, play: bool) -> None:
        if files:
            try:
                await self._open(str(Path(files[0]).resolve()))
                return
            except EngineError as error:
                if self._session.state is EngineState.DEAD:
                    raise
                failed = self.tr("{0} could not be opened; a stock example stands in its place.")
                self._wishes.tell_error(failed.format(Path(files[0]).name), str(error))
        await self._new_on_some_device(load_preset(preset))
        if play and not files:
            await self._session.play()

    async def _new_on_some_device(self, experiment: Experiment) -> None:
        """Begin it where the user prefers, or, where that device is gone, where it says itself."""
        preferred = self._preferences.applied_to(experiment)
        try:
            await self._session.new(preferred)
        except EngineError as error:
            if self._session.state is EngineState.DEAD or preferred == experiment:
                raise
            failed = self.tr("The example trains on {0}, not on the device of your preferences.")
            self._wishes.tell_error(failed.format(experiment.device), str(error))
            await self._session.new(experiment)

    @Slot(list)
    def _peek(self, paths: list[str]) -> None:
        self._wishes.do(self._illustrate(paths))

    async def _illustrate(self, paths: list[str]) -> None:
        with suppress(EngineError):  # the engine may be starting or gone: the names do without pictures
            self.recent.tell(await self._session.peek(paths))

    def choose_preset(self) -> None:
        """Open the list of presets below the menu bar."""
        self.presets.popup(self._window.mapToGlobal(self._window.menuBar().geometry().bottomLeft()))
        self.presets.setActiveAction(self.presets.actions()[0])

    @Slot(str)
    def new_from_preset(self, name: str) -> None:
        """Begin a stock experiment."""
        try:
            experiment = self._preferences.applied_to(load_preset(name))
        except ExperimentError as error:
            self._wishes.tell_error(self.tr("The preset could not be read."), str(error))
            return
        failed = self.tr("The run could not be started.")
        self.unless_lost(lambda: self._wishes.do(self._session.new(experiment), failed))

    def open(self) -> None:
        """Ask for a file and open it."""
        title, kinds = self.tr("Open"), self.tr("Runs, experiments and points")
        dialog = file_dialog(self._window, self._settings, title, kinds, *FILE_KINDS)
        dialog.fileSelected.connect(self.open_path)
        dialog.open()

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Open a run, an experiment or points."""
        failed = self.tr("{0} could not be opened.").format(Path(path).name)
        self.unless_lost(lambda: self._wishes.do(self._open(path), failed))

    async def _open(self, path: str) -> None:
        await self._session.open(path)
        if kind_of_file(Path(path)) == "experiment":
            self.recent.add(Kept(path))

    @staticmethod
    def dropped(data: QMimeData) -> str:
        """The one file that is dragged here, where it is one that can be opened; else nothing."""
        paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        return paths[0] if len(paths) == 1 and kind_of_file(Path(paths[0])) is not None else ""

    # --- saved ----------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Save under the document's name; an untitled run asks for one."""
        if self._session.path:
            self.save_to(self._session.path)
        else:
            self.save_as()

    def save_as(self) -> None:
        """Ask for a name, save there and go on there."""
        self._ask_where(self.tr("Save as"), self.tr("Runs"), ".ganlab", self.save_to)

    def export_experiment(self) -> None:
        """Ask for a name and write the settings there."""
        self._ask_where(self.tr("Export experiment"), self.tr("Experiments"), ".toml", self.save_to)

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write the run, or by the path's ending its experiment."""
        self._wishes.do(self._session.save(path), self.tr("{0} could not be written.").format(Path(path).name))

    def _ask_where(self, title: str, kind: str, suffix: str, take: Callable[[str], None]) -> None:
        name = self._session.path.removesuffix(".ganlab") or clean_name(self._session.title)
        dialog = save_dialog(self._window, self._settings, title, kind, suffix, name)
        dialog.fileSelected.connect(take)
        dialog.open()

    # --- gone back to ---------------------------------------------------------------------------------------------

    def ask_to_revert(self) -> None:
        """Ask whether to go back to where the document was opened or last saved."""
        scene, head = self._session.scene, f"{self._session.head:,}"
        if scene is None or scene.saved is None or not self._session.altered:
            return
        back = self.tr("It goes back to step {0} and the settings that held there.").format(f"{scene.saved.step:,}")
        if scene.kept:
            since = self.tr(
                "All that came since, up to step {0}, stays in the document as run {1}: see the panel Runs."
            )
            since = since.format(head, scene.branch)
            since = f"{since} {self.tr('Names, notes and the bookmarks before it stay as they are.')}"
        else:
            since = self.tr("All that came since, up to step {0}, is in no file and will be lost.").format(head)
        question = self.tr("Go back to how {0} was opened or last saved?").format(self._session.title)
        failed = self.tr("The document could not be taken back.")
        ask_to_revert(
            self._window, question, f"{back} {since}", lambda: self._wishes.do(self._session.revert(), failed)
        )

    # --- left -----------------------------------------------------------------------------------------------------

    def unless_lost(self, then: Then) -> None:
        """Go on at once, or after asking where a longer run that no file follows would be lost."""
        self.leaving.emit()
        if self._worth_asking(self._session.dirty):
            lost = self.tr("No file keeps it: the {0} steps that it has trained would be lost.")
            lost = lost.format(f"{self._session.head:,}")
            ask_to_save(self._window, lost, lambda: self._save_then(then), then)
        else:
            then()

    def unless_nameless(self, then: Then) -> None:
        """Go on at once, or after asking where a longer run of the user's would be left without a name."""
        if self._session.kept is None:
            self.unless_lost(then)
        elif self._worth_asking(self._session.touched or self._session.annotated):
            kept = self.tr("It has trained {0} steps. Closed without a name, it stays under File > Open recent.")
            kept = kept.format(f"{self._session.head:,}")
            ask_to_save(self._window, kept, lambda: self._save_then(then), then, self.tr("Close without a name"))
        else:
            then()

    def _worth_asking(self, worth: bool) -> bool:
        """Whether so much has come of a run that is worth it that leaving it deserves a question."""
        session = self._session
        running = session.state is EngineState.RUNNING
        return self.ask and running and worth and (session.head >= _WORTH_TELLING or session.annotated)

    def _save_then(self, then: Then) -> None:
        async def save(path: str) -> None:
            await self._session.save(path)
            then()

        def take(path: str) -> None:
            self._wishes.do(save(path), self.tr("The run could not be saved."))

        self._ask_where(self.tr("Save as"), self.tr("Runs"), ".ganlab", take)

    def remember(self) -> None:
        """List an untitled run that is about to be left, if it has some length or the user's notes."""
        kept = self._session.kept
        if kept is not None and (kept.step >= _WORTH_TELLING or self._session.annotated):
            self.recent.add(kept)

    @Slot(object, bool)
    def _left_behind(self, run: Kept, annotated: bool) -> None:
        if run.step >= _WORTH_TELLING or annotated:
            self.recent.add(run)
            kept = self.tr("The earlier run of {0} steps is kept.").format(f"{run.step:,}")
            self._banner.note(kept, self.tr("Open it"), lambda: self.open_path(run.path))

    # --- mirrors --------------------------------------------------------------------------------------------------

    @Slot(object)
    def _scene_changed(self, scene: Any) -> None:
        if self._session.path:
            self.recent.add(Kept(self._session.path))
        self._mirror_revert()

    @Slot()
    def _mirror_revert(self) -> None:
        """Let Revert say what it would do, or why there is nothing to do; told with every frame, so mostly no news."""
        scene = self._session.scene
        if scene is None or scene.saved is None:
            tip = self.tr("A run without a name has not been saved: there is nothing to go back to")
        elif not self._session.altered:
            tip = self.tr("Nothing has changed since the document was opened or saved")
        else:
            tip = self.tr("Back to step {0}, as the document was opened or last saved")
            tip = tip.format(f"{scene.saved.step:,}")
        possible = self._session.altered and self._session.state is EngineState.RUNNING
        if (possible, tip) != (self._revert.isEnabled(), self._revert.toolTip()):
            self._revert.setEnabled(possible)
            self._revert.setToolTip(tip)

    @Slot()
    def _mirror_title(self) -> None:
        session = self._session
        name = session.title if session.path else self.tr("Untitled - {0}").format(session.title)
        if session.scene is None:
            name = self.tr("Starting the engine...")
            name = f"{self._opened} - {name}" if self._opened else name
        self._window.setWindowTitle(f"{name}[*] - GAN Lab Desktop")
        self._window.setWindowModified(session.dirty)
