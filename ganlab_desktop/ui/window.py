"""The main window: the canvas in the middle, panels in docks around it, transport above, status below."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from itertools import permutations
from operator import attrgetter
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QSplitter, QToolBar, QVBoxLayout, QWidget

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.files import FILE_KINDS, kind_of_file
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.ui import layout
from ganlab_desktop.ui.actions import MENUS, Actions, translated
from ganlab_desktop.ui.adjusting import Adjusting
from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.ui.banner import Banner
from ganlab_desktop.ui.bookmarks import Bookmarks
from ganlab_desktop.ui.dialogs import errors
from ganlab_desktop.ui.dialogs.about import About
from ganlab_desktop.ui.dialogs.files import clean_name, file_dialog, save_dialog
from ganlab_desktop.ui.dialogs.numbers import ask_steps
from ganlab_desktop.ui.dialogs.saving import ask_to_save
from ganlab_desktop.ui.dialogs.shortcuts import Shortcuts
from ganlab_desktop.ui.docks import Dock, give_way, lift, make_room, place, take_part
from ganlab_desktop.ui.edits import Edits
from ganlab_desktop.ui.engine_client import EngineClient, EngineError
from ganlab_desktop.ui.forks import Forks
from ganlab_desktop.ui.form import Field
from ganlab_desktop.ui.looping import Looping
from ganlab_desktop.ui.pacing import Pacing
from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.ui.panels.canvas.beside import BesideCanvas
from ganlab_desktop.ui.panels.coverage import Coverage
from ganlab_desktop.ui.panels.critic import CriticField
from ganlab_desktop.ui.panels.dynamics import Dynamics
from ganlab_desktop.ui.panels.experiment import ExperimentPanel
from ganlab_desktop.ui.panels.generator import Generator
from ganlab_desktop.ui.panels.log import LogPanel
from ganlab_desktop.ui.panels.losses import Losses
from ganlab_desktop.ui.panels.memory import Memory
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.quality import Quality
from ganlab_desktop.ui.panels.runs import Runs
from ganlab_desktop.ui.panels.truth import Truth
from ganlab_desktop.ui.phase_diagram import PhaseDiagram
from ganlab_desktop.ui.presets_menu import PresetsMenu
from ganlab_desktop.ui.recent import RecentMenu
from ganlab_desktop.ui.recovery import Recovery
from ganlab_desktop.ui.scrubber import Scrubber
from ganlab_desktop.ui.session import EngineState, Kept, Session, Speed
from ganlab_desktop.ui.status import Status
from ganlab_desktop.ui.theme import Mode, Theme
from ganlab_desktop.ui.thumbnail import Glances
from ganlab_desktop.ui.transport import Transport
from ganlab_desktop.wire import messages as m

_WORTH_TELLING = 1_000  # steps of an untitled run after which it is not left without a word

Work = Coroutine[Any, Any, Any]


class Window(QMainWindow):
    """Puts the parts together. What the user does goes to the session; what the session tells is mirrored."""

    closed = Signal()  # the engine is gone and the window may be forgotten

    def __init__(
        self,
        session: Session,
        client: EngineClient,
        awaiting: Awaiting,
        theme: Theme,
        settings: QSettings,
        *,
        fps: int = 60,
        ask: bool = True,
    ) -> None:
        super().__init__()
        self.session, self._client, self._awaiting, self._theme, self._settings = (
            session,
            client,
            awaiting,
            theme,
            settings,
        )
        self._ask = ask
        self._closing = False
        self._opened = ""  # what is to be shown once the engine is up
        self._past = -1  # the step before the newest that the time plots mark
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setAnimated(False)
        self.resize(layout.DEFAULT_SIZE)
        self.actions_ = Actions(theme, self._slot, self)
        self.transport = Transport(session, self.actions_, theme, self)
        self.banner = Banner(theme, self)
        self._build_top()
        self.canvas = Canvas(self)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click beside a text field leaves the field
        self.beside = BesideCanvas(self.canvas, self)
        self.beside.hide()
        side_by_side = QSplitter(Qt.Orientation.Horizontal, self)
        side_by_side.setChildrenCollapsible(False)
        for canvas in (self.canvas, self.beside):
            side_by_side.addWidget(canvas)
        self.setCentralWidget(side_by_side)
        self.adjusting = Adjusting(session, awaiting, self)
        self.edits = Edits(session, self.actions_, self.do, self)
        self.looping = Looping(session, self.do, self)
        self.bookmarks = Bookmarks(session, self.do, self)
        self.pacing = Pacing(session, client, fps, self)
        self.docks = self._build_docks()
        self.pacing.watch(self.canvas, [*self.pictures, self.beside])
        session.beside_changed.connect(self._make_room)  # before the second canvas appears
        self.forks = Forks(session, self.runs, self.beside, self.pictures, self.banner, theme, self.do, self)
        self.status = Status(session, self.pacing, theme, self)
        self.status.findings_wanted.connect(self._show_engine_details)
        self.setStatusBar(self.status)
        self.phases = PhaseDiagram(session, theme, self)
        self.scrubber = Scrubber(session, self.actions_, theme, self)
        self.bookmarks.note.stand_over(self.scrubber.track)
        self.glances = Glances(session, self.scrubber.track, self.canvas, theme, self)
        self.glances.drawn.connect(self.pacing.wake)
        self._build_bottom()
        self._build_menus()
        place(self, self.docks)
        self._connect()
        self._retheme()
        self._mirror_state()
        self._mirror_title()

    # --- building -------------------------------------------------------------------------------------------------

    def _slot(self, name: str) -> Callable[[], None]:
        return lambda: attrgetter(name)(self)()  # QAction.triggered tells whether it is checked, which none here asks

    def _build_top(self) -> None:
        bar = QToolBar(self.tr("Transport"), self)
        bar.setObjectName("transportBar")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        top = QWidget(bar)
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transport)
        column.addWidget(self.banner)
        bar.addWidget(top)
        self.addToolBar(bar)

    def _build_bottom(self) -> None:
        bar = QToolBar(self.tr("Scrubber"), self)
        bar.setObjectName("scrubberBar")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bottom = QWidget(bar)
        column = QVBoxLayout(bottom)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.phases)
        column.addWidget(self.scrubber)
        bar.addWidget(bottom)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, bar)

    def _build_docks(self) -> dict[str, Dock]:
        self.form_panel = ExperimentPanel(self.session, self._awaiting, self._theme, self)
        self.log_panel = LogPanel(self.session, self._theme, self)
        self.runs = Runs(self.session, self._theme, self)
        losses, coverage, truth, dynamics = Losses(self), Coverage(self), Truth(self), Dynamics(self)
        quality = Quality(self)
        self.losses = losses
        over_time: tuple[Losses | Coverage | Truth | Dynamics | Quality, ...] = (
            *(losses, coverage, truth),
            *(dynamics, quality),
        )
        self._over_time = over_time
        for one, other in permutations(over_time, 2):
            one.cursor_moved.connect(other.set_cursor)  # one cursor over all time plots
        self.pictures: list[Panel] = [losses, coverage, CriticField(self), truth, dynamics]
        self.pictures += [Generator(self), quality, Memory(self)]
        panels: list[Any] = [self.form_panel, *self.pictures, self.runs, self.log_panel]
        docks = {panel.name: Dock(panel, panel.header, panel.name, self._theme, self) for panel in panels}
        for panel in self.pictures:
            docks[panel.name].visibilityChanged.connect(partial(self._seen, panel))
        return docks

    def _build_menus(self) -> None:
        self.presets = PresetsMenu(self.tr("&New from preset"), self)
        self.presets.chosen.connect(self.new_from_preset)
        self.actions_["new"].setMenu(self.presets)
        self.recent = RecentMenu(self._settings, self)
        self.recent.chosen.connect(self.open_path)
        self.actions_["recent"].setMenu(self.recent)
        self.recovery = Recovery(self.recent, self.banner, self.open_path, self)
        self.bookmarks.menu.chosen.connect(self.seek)
        self.edits.menu.chosen.connect(self.seek)
        self.actions_["edits"].setMenu(self.edits.menu)
        self.actions_["bookmarks"].setMenu(self.bookmarks.menu)
        panels = QMenu(self)
        for dock in self.docks.values():
            shown = dock.toggleViewAction()
            shown.triggered.connect(dock.raise_)  # above the others of its tabs
            panels.addAction(shown)
        self.actions_["panels"].setMenu(panels)
        self.actions_["theme"].setMenu(self._theme_menu())
        for name, title in MENUS.items():
            menu = self.menuBar().addMenu(translated(title))
            menu.setToolTipsVisible(True)
            self.actions_.fill(menu, name)

    def _theme_menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        modes: tuple[tuple[Mode, str], ...] = (
            ("system", self.tr("Follow system")),
            ("dark", self.tr("Dark")),
            ("light", self.tr("Light")),
        )
        for mode, text in modes:
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(mode == self._theme.mode)
            action.setData(mode)
            group.addAction(action)
            menu.addAction(action)
        group.triggered.connect(lambda action: self._theme.set_mode(action.data()))
        return menu

    def _connect(self) -> None:
        session = self.session
        session.state_changed.connect(self._mirror_state)
        session.scene_changed.connect(self._scene_changed)
        session.document_changed.connect(self._mirror_title)
        session.engine_died.connect(self._engine_died)
        session.left.connect(self._left_behind)
        session.findings_changed.connect(self._mirror_findings)
        self.transport.steps_wanted.connect(self.run_steps)
        self.scrubber.step_wanted.connect(self.seek)
        self.scrubber.track.loop_wanted.connect(self.looping.between)
        self.phases.phase_wanted.connect(self.go_to_phase)
        session.frame_arrived.connect(self._mirror_past)
        self.transport.speed_wanted.connect(self._set_speed)
        self.form_panel.restart_wanted.connect(self.restart)
        self.form_panel.browse_wanted.connect(self.browse)
        session.paused.connect(self._paused)
        self.canvas.edited.connect(self.adjusting.want)
        self.adjusting.refused.connect(self._adjustment_refused)
        self.banner.details_wanted.connect(self._show_engine_details)
        self._theme.changed.connect(self._retheme)

    # --- doing ----------------------------------------------------------------------------------------------------

    def do(self, work: Work, failed: str = "") -> None:
        """Run a wish of the user's; where the engine refuses, say why."""
        self._awaiting.start(self._guarded(work, failed))

    async def _guarded(self, work: Work, failed: str) -> None:
        try:
            await work
        except (EngineError, ExperimentError) as error:
            if self.session.state is not EngineState.DEAD and not self._closing:
                self._tell_error(failed or self.tr("That did not work."), str(error), self._client.last_lines)

    def begin(self, files: list[str], preset: str, *, play: bool) -> None:
        """Open the first file, or a stock experiment. The latter stands in for a file that cannot be opened."""
        if files:
            self._opened = Path(files[0]).name
        else:
            with suppress(ExperimentError):  # which is told when it is loaded again
                self.session.expect(load_preset(preset))
                self._opened = self.session.title
        self._mirror_title()
        self.do(self._begin(files, preset, play=play), self.tr("The run could not be started."))

    async def _begin(self, files: list[str], preset: str, *, play: bool) -> None:
        await self._begin_on(files, preset, play=play)
        if self._ask:
            self.recovery.offer(await self.session.cut_off(self.recent.paths()))

    async def _begin_on(self, files: list[str], preset: str, *, play: bool) -> None:
        if files:
            try:
                await self._open(str(Path(files[0]).resolve()))
                return
            except EngineError as error:
                if self.session.state is EngineState.DEAD:
                    raise
                failed = self.tr("{0} could not be opened; a stock example stands in its place.")
                self._tell_error(failed.format(Path(files[0]).name), str(error), self._client.last_lines)
        await self.session.new(load_preset(preset))
        if play and not files:
            await self.session.play()

    def choose_preset(self) -> None:
        """Open the list of presets below the menu bar."""
        self.presets.popup(self.mapToGlobal(self.menuBar().geometry().bottomLeft()))
        self.presets.setActiveAction(self.presets.actions()[0])

    @Slot(str)
    def new_from_preset(self, name: str) -> None:
        try:
            experiment = load_preset(name)
        except ExperimentError as error:
            self._tell_error(self.tr("The preset could not be read."), str(error))
            return
        self._unless_lost(lambda: self.do(self.session.new(experiment), self.tr("The run could not be started.")))

    def open_document(self) -> None:
        dialog = self._file_dialog(self.tr("Open"), self.tr("Runs, experiments and points"), *FILE_KINDS)
        dialog.fileSelected.connect(self.open_path)

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Open a run, an experiment or points."""
        failed = self.tr("{0} could not be opened.").format(Path(path).name)
        self._unless_lost(lambda: self.do(self._open(path), failed))

    async def _open(self, path: str) -> None:
        await self.session.open(path)
        if kind_of_file(Path(path)) == "experiment":
            self.recent.add(Kept(path))

    def save(self) -> None:
        """Save under the document's name; an untitled run asks for one."""
        if self.session.path:
            self._save_to(self.session.path)
        else:
            self.save_as()

    def save_as(self) -> None:
        dialog = self._save_dialog(self.tr("Save as"), self.tr("Runs"), ".ganlab")
        dialog.fileSelected.connect(self._save_to)

    def export_experiment(self) -> None:
        dialog = self._save_dialog(self.tr("Export experiment"), self.tr("Experiments"), ".toml")
        dialog.fileSelected.connect(self._save_to)

    @Slot(str)
    def _save_to(self, path: str) -> None:
        self.do(self.session.save(path), self.tr("{0} could not be written.").format(Path(path).name))

    @Slot(object)
    def browse(self, field: Field) -> None:
        """Let the user choose the file that a setting names."""
        dialog = self._file_dialog(self.tr("Choose a file"), field.title, *field.info.suffixes)
        dialog.fileSelected.connect(field.take)

    def play_or_pause(self) -> None:
        self.do(self.session.pause() if self.session.playing else self.session.play())

    def play_backwards(self) -> None:
        """Play backwards, or pause."""
        pausing = self.session.playing and self.session.backwards
        self.do(self.session.pause() if pausing else self.session.play(backwards=True))

    def step(self) -> None:
        self.do(self.session.step_by(1))

    def step_back(self) -> None:
        self.do(self.session.step_back())

    def step_phase_back(self) -> None:
        self.do(self.session.step_phase_back())

    def go_home(self) -> None:
        if self.session.scene is not None:
            self.seek(self.session.scene.first)

    def go_to_end(self) -> None:
        self.do(self._leave_past())

    async def _leave_past(self) -> None:
        if self.session.step < self.session.head:
            await self.session.seek(self.session.head + 1)

    @Slot(int)
    def seek(self, step: int) -> None:
        """Show the run as it was at a step."""
        self.do(self.session.seek(step))

    def step_phase(self) -> None:
        self.do(self.session.step_phase())

    @Slot(int)
    def go_to_phase(self, count: int) -> None:
        """Go to where so many phases of the iteration have run."""
        self.do(self.session.step_phase(count))

    def step_d(self) -> None:
        self.do(self.session.step_by(1, "discriminator"))

    def step_g(self) -> None:
        self.do(self.session.step_by(1, "generator"))

    def ask_steps(self) -> None:
        ask_steps(self).intValueSelected.connect(self.run_steps)

    @Slot(int)
    def run_steps(self, count: int) -> None:
        self.do(self.session.step_by(count))

    @Slot(object)
    def _set_speed(self, speed: Speed) -> None:
        self.do(self.session.set_speed(speed))

    @Slot()
    def restart(self) -> None:
        """Start again from step 0, with the edits that wait for it."""
        failed = self.tr("The run could not be started again.")
        self._unless_lost(lambda: self.do(self.session.restart(), failed))

    def fork(self) -> None:
        self._show_runs()
        self.forks.fork()

    def same_with_another_seed(self) -> None:
        self._show_runs()
        self.forks.ask_seed()

    @Slot(object)
    def _make_room(self, scene: m.Scene | None) -> None:
        if scene is not None and not self.beside.isVisible():
            make_room(self, self.docks)

    def _show_runs(self) -> None:
        dock = self.docks["runs"]
        if not dock.isVisible():
            dock.show()
            self.resizeDocks([dock], [dock.panel.sizeHint().height()], Qt.Orientation.Vertical)
        dock.raise_()

    def restart_engine(self) -> None:
        self.do(self.session.restart_engine(), self.tr("The run could not be taken up again."))

    def restore_layout(self) -> None:
        layout.restore(self, self.docks, self._settings)

    def reset_layout(self) -> None:
        place(self, self.docks)

    def show_shortcuts(self) -> None:
        Shortcuts(self).open()

    def show_about(self) -> None:
        About(self._client.program, self).open()

    # --- mirrors --------------------------------------------------------------------------------------------------

    @Slot(object)
    def _scene_changed(self, scene: Any) -> None:
        for panel in (self.canvas, *self.pictures):
            panel.set_scene(scene)
        if self.session.path:
            self.recent.add(Kept(self.session.path))
        self._mirror_state()

    @Slot()
    def _mirror_past(self) -> None:
        """All time plots mark the step that is shown of the past."""
        session = self.session
        past = session.step if session.step < session.head else -1
        if past != self._past:
            self._past = past
            for panel in self._over_time:
                panel.set_moment(past)

    def _seen(self, panel: Panel, visible: bool) -> None:
        if visible:
            self.pacing.refresh(panel)

    @Slot()
    def _mirror_state(self) -> None:
        running = self.session.state is EngineState.RUNNING
        self.actions_.enable(engine=running, run=self.session.scene is not None)
        self.transport.mirror_enabled()
        self.form_panel.setEnabled(running)
        if running:
            self.banner.trouble_is_over()

    @Slot()
    def _mirror_title(self) -> None:
        session = self.session
        name = session.title if session.path else self.tr("Untitled - {0}").format(session.title)
        if session.scene is None:
            name = self.tr("Starting the engine...")
            name = f"{self._opened} - {name}" if self._opened else name
        self.setWindowTitle(f"{name}[*] - GAN Lab Desktop")
        self.setWindowModified(session.dirty)

    @Slot(str)
    def _adjustment_refused(self, reason: str) -> None:
        """Tell why a slider's value cannot be, and show again what is."""
        self.session.log.emit("warning", reason)
        self.canvas.take_back()

    @Slot()
    def _mirror_findings(self) -> None:
        self.losses.set_findings(self.session.findings)
        self.status.refresh()

    @Slot(object)
    def _left_behind(self, run: Kept) -> None:
        if run.step >= _WORTH_TELLING:
            self.recent.add(run)
            kept = self.tr("The earlier run of {0} steps is kept.").format(f"{run.step:,}")
            self.banner.note(kept, self.tr("Open it"), lambda: self.open_path(run.path))

    @Slot(str)
    def _engine_died(self, reason: str) -> None:
        scene = self.session.scene
        if scene is not None and scene.path:
            kept = self.tr("The window and its curves are kept; the run is saved up to step {0}.")
            kept = kept.format(f"{max(self.session.saved_step, 0):,}")
        else:
            kept = self.tr("The window and its curves are kept; the experiment can be started again.")
        self.banner.tell(reason, kept, self.tr("Restart engine"), self.restart_engine)

    @Slot(object)
    def _paused(self, paused: m.Paused) -> None:
        if paused.reason in ("diverged", "failed"):
            kept = self.tr("The run rests at step {0}; its curves and its file are kept.").format(f"{paused.step:,}")
            if paused.reason == "failed":  # a full disk, say, on which there may be space again
                self.banner.tell(paused.text, kept, self.tr("Go on"), self.play_or_pause)
            else:
                self.banner.tell(paused.text, kept, self.tr("Start again"), self.restart)

    def _tell_error(self, happened: str, kept: str = "", details: str = "") -> None:
        icon = self._theme.icon("warning-fill", self._theme.colours.trouble)
        errors.tell(self, icon, happened, kept, details)

    @Slot()
    def _show_engine_details(self) -> None:
        self.docks["log"].show()
        self.docks["log"].raise_()

    @Slot()
    def _retheme(self) -> None:
        for panel in (self.canvas, self.beside, *self.pictures):
            panel.apply_theme(self._theme.colours)
        self.pacing.wake()

    # --- documents that would be left -----------------------------------------------------------------------------

    def _unless_lost(self, then: Callable[[], None]) -> None:
        """Go on at once, or after asking where a longer run that no file follows would be lost."""
        if self._long(self.session.dirty):
            lost = self.tr("No file keeps it: the {0} steps that it has trained would be lost.")
            ask_to_save(self, lost.format(f"{self.session.head:,}"), lambda: self._save_then(then), then)
        else:
            then()

    def _unless_nameless(self, then: Callable[[], None]) -> None:
        """Go on at once, or after asking where a longer run of the user's would be left without a name."""
        if self.session.kept is None:
            self._unless_lost(then)
        elif self._long(self.session.touched):
            kept = self.tr("It has trained {0} steps. Closed without a name, it stays under File > Open recent.")
            unsaved = self.tr("Close without a name")
            ask_to_save(self, kept.format(f"{self.session.head:,}"), lambda: self._save_then(then), then, unsaved)
        else:
            then()

    def _long(self, worth: bool) -> bool:
        """Whether a run that is worth it has trained so long that leaving it deserves a question."""
        running = self.session.state is EngineState.RUNNING
        return self._ask and running and worth and self.session.head >= _WORTH_TELLING

    def _save_then(self, then: Callable[[], None]) -> None:
        async def save(path: str) -> None:
            await self.session.save(path)
            then()

        dialog = self._save_dialog(self.tr("Save as"), self.tr("Runs"), ".ganlab")
        dialog.fileSelected.connect(lambda path: self.do(save(path), self.tr("The run could not be saved.")))

    def _file_dialog(self, title: str, kind: str, *suffixes: str) -> QFileDialog:
        dialog = file_dialog(self, self._settings, title, kind, *suffixes)
        dialog.open()
        return dialog

    def _save_dialog(self, title: str, kind: str, suffix: str) -> QFileDialog:
        name = self.session.path.removesuffix(".ganlab") or clean_name(self.session.title)
        dialog = save_dialog(self, self._settings, title, kind, suffix, name)
        dialog.open()
        return dialog

    # --- events ---------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            QTimer.singleShot(0, self, self._lift)
        self.canvas.setFocus()
        self.pacing.start()

    @Slot()
    def _lift(self) -> None:
        if lift(self.docks):
            self.activateWindow()
            self.canvas.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.pacing.set_minimised(self.isMinimized())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := self._dropped(event):
            event.acceptProposedAction()
            self.open_path(path)

    def _dropped(self, event: QDropEvent) -> str:
        """The one file that is dragged here, where it is one that can be opened."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        return paths[0] if len(paths) == 1 and kind_of_file(Path(paths[0])) is not None else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before = event.oldSize().width()
        if event.size().width() < before:
            give_way(self, self.docks)
        elif event.size().width() > before > 0:
            take_part(self, self.docks, before)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self._unless_nameless(self.leave)

    def leave(self) -> None:
        """Close without a question: the engine keeps the run, untitled ones in the data folder."""
        if self._closing:
            return
        self._closing = True
        if (kept := self.session.kept) is not None and kept.step >= _WORTH_TELLING:
            self.recent.add(kept)
        layout.save(self, self._settings)
        self.hide()
        self.pacing.stop()
        self._awaiting.start(self._close_engine())

    async def _close_engine(self) -> None:
        await self.session.close()
        self.closed.emit()
