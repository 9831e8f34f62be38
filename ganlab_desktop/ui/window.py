"""The main window: the canvas in the middle, panels in docks around it, transport above, status below."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QSettings, QSize, QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QMessageBox, QToolBar, QVBoxLayout, QWidget

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.ui.actions import MENUS, Actions, translated
from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.ui.banner import Banner
from ganlab_desktop.ui.dialogs import errors
from ganlab_desktop.ui.dialogs.about import About
from ganlab_desktop.ui.dialogs.shortcuts import Shortcuts
from ganlab_desktop.ui.dialogs.steps import ask_steps
from ganlab_desktop.ui.docks import Dock, place
from ganlab_desktop.ui.engine_client import EngineClient, EngineError
from ganlab_desktop.ui.pacing import Pacing
from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.ui.panels.coverage import Coverage
from ganlab_desktop.ui.panels.critic import CriticField
from ganlab_desktop.ui.panels.experiment import ExperimentPanel
from ganlab_desktop.ui.panels.log import LogPanel
from ganlab_desktop.ui.panels.losses import Losses
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.presets_menu import PresetsMenu
from ganlab_desktop.ui.session import EngineState, Session
from ganlab_desktop.ui.status import Status
from ganlab_desktop.ui.theme import Mode, Theme
from ganlab_desktop.ui.transport import Transport
from ganlab_desktop.wire import messages as m

DEFAULT_SIZE = (1280, 800)
_LAYOUT_VERSION = 1  # of saveState; another one is not restored
_FIRST_SHARE = 0.8  # of the screen's sides, at the first start
_WORTH_ASKING = 1_000  # steps of an untitled run after which closing asks
_OPENABLE = (".ganlab", ".toml", ".csv", ".npz")

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
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setAnimated(False)
        self.resize(*DEFAULT_SIZE)
        self.actions_ = Actions(theme, self._slot, self)
        self.transport = Transport(session, self.actions_, theme, self)
        self.banner = Banner(theme, self)
        self._build_top()
        self.canvas = Canvas(self)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click beside a text field leaves the field
        self.setCentralWidget(self.canvas)
        self.pacing = Pacing(session, client, fps, self)
        self.docks = self._build_docks()
        self.pacing.watch(self.canvas, self.pictures)
        self.status = Status(session, self.pacing, theme, self)
        self.setStatusBar(self.status)
        self._build_menus()
        place(self, self.docks)
        self._connect()
        self._retheme()
        self._mirror_state()
        self._mirror_title()

    # --- building -------------------------------------------------------------------------------------------------

    def _slot(self, name: str) -> Callable[[], None]:
        method = getattr(self, name)
        return lambda: method()  # QAction.triggered tells whether it is checked, which no slot here asks

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

    def _build_docks(self) -> dict[str, Dock]:
        self.form_panel = ExperimentPanel(self.session, self._awaiting, self._theme, self)
        self.log_panel = LogPanel(self.session, self._theme, self)
        losses, coverage = Losses(self), Coverage(self)
        losses.cursor_moved.connect(coverage.set_cursor)  # one cursor over all time plots
        coverage.cursor_moved.connect(losses.set_cursor)
        self.pictures: list[Panel] = [losses, coverage, CriticField(self)]
        panels: list[Any] = [self.form_panel, *self.pictures, self.log_panel]
        docks = {panel.name: Dock(panel, panel.header, panel.name, self._theme, self) for panel in panels}
        for panel in self.pictures:
            docks[panel.name].visibilityChanged.connect(partial(self._seen, panel))
        return docks

    def _build_menus(self) -> None:
        presets = PresetsMenu(self.tr("&New from preset"), self)
        presets.chosen.connect(self.new_from_preset)
        self.actions_["new"].setMenu(presets)
        panels = QMenu(self)
        for dock in self.docks.values():
            panels.addAction(dock.toggleViewAction())
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
        self.transport.steps_wanted.connect(self.run_steps)
        self.transport.speed_wanted.connect(self._set_speed)
        self.form_panel.restart_wanted.connect(self.restart)
        session.paused.connect(self._paused)
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
        """Open the first file, or a stock experiment."""
        self.do(self._begin(files, preset, play=play), self.tr("The run could not be opened."))

    async def _begin(self, files: list[str], preset: str, *, play: bool) -> None:
        if files:
            await self.session.open(str(Path(files[0]).resolve()))
        else:
            await self.session.new(load_preset(preset))
            if play:
                await self.session.play()

    @Slot(str)
    def new_from_preset(self, name: str) -> None:
        try:
            experiment = load_preset(name)
        except ExperimentError as error:
            self._tell_error(self.tr("The preset could not be read."), str(error))
            return
        self._unless_lost(lambda: self.do(self.session.new(experiment), self.tr("The run could not be started.")))

    def open_document(self) -> None:
        known = self.tr("Runs, experiments and points ({0})").format(" ".join(f"*{suffix}" for suffix in _OPENABLE))
        dialog = self._file_dialog(self.tr("Open"), known)
        dialog.fileSelected.connect(self.open_path)
        dialog.open()

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Open a run, an experiment or points."""
        failed = self.tr("{0} could not be opened.").format(Path(path).name)
        self._unless_lost(lambda: self.do(self.session.open(path), failed))

    def save(self) -> None:
        """Save under the document's name; an untitled run asks for one."""
        if self.session.path:
            self._save_to(self.session.path)
        else:
            self.save_as()

    def save_as(self) -> None:
        dialog = self._file_dialog(self.tr("Save as"), self.tr("Runs (*.ganlab)"), "ganlab")
        dialog.fileSelected.connect(self._save_to)
        dialog.open()

    def export_experiment(self) -> None:
        dialog = self._file_dialog(self.tr("Export experiment"), self.tr("Experiments (*.toml)"), "toml")
        dialog.fileSelected.connect(self._save_to)
        dialog.open()

    @Slot(str)
    def _save_to(self, path: str) -> None:
        self.do(self.session.save(path), self.tr("{0} could not be written.").format(Path(path).name))

    def play_or_pause(self) -> None:
        self.do(self.session.pause() if self.session.playing else self.session.play())

    def step(self) -> None:
        self.do(self.session.step_by(1))

    def step_phase(self) -> None:
        self.do(self.session.step_phase())

    def step_d(self) -> None:
        self.do(self.session.step_by(1, "discriminator"))

    def step_g(self) -> None:
        self.do(self.session.step_by(1, "generator"))

    def ask_steps(self) -> None:
        ask_steps(self).intValueSelected.connect(self.run_steps)

    @Slot(int)
    def run_steps(self, count: int) -> None:
        self.do(self.session.step_by(count))

    @Slot(float)
    def _set_speed(self, steps_per_second: float) -> None:
        self.do(self.session.set_speed(steps_per_second))

    @Slot()
    def restart(self) -> None:
        """Start again from step 0, with the edits that wait for it."""
        self.do(self.session.restart(), self.tr("The run could not be started again."))

    def restart_engine(self) -> None:
        self.do(self.session.restart_engine(), self.tr("The run could not be taken up again."))

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
        self._mirror_state()

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
            self.banner.hide()

    @Slot()
    def _mirror_title(self) -> None:
        self.setWindowTitle(f"{self.session.title}[*] - GAN Lab Desktop")
        self.setWindowModified(self.session.dirty)

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
        for panel in (self.canvas, *self.pictures):
            panel.apply_theme(self._theme.colours)
        self.pacing.wake()

    # --- documents that would be lost -----------------------------------------------------------------------------

    def _unless_lost(self, then: Callable[[], None]) -> None:
        """Go on at once, or after asking where a longer untitled run of the user's would be left behind."""
        session = self.session
        mine = session.touched and session.dirty and session.step > _WORTH_ASKING
        if not (self._ask and mine and session.state is EngineState.RUNNING):
            then()
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(self.tr("Save this run?"))
        trained = self.tr("It has no name yet and has trained {0} steps.")
        box.setInformativeText(trained.format(f"{session.step:,}"))
        button = QMessageBox.StandardButton
        box.setStandardButtons(button.Save | button.Discard | button.Cancel)
        box.setDefaultButton(button.Save)
        box.button(button.Save).clicked.connect(lambda: self._save_then(then))
        box.button(button.Discard).clicked.connect(then)
        box.open()

    def _save_then(self, then: Callable[[], None]) -> None:
        async def save(path: str) -> None:
            await self.session.save(path)
            then()

        dialog = self._file_dialog(self.tr("Save as"), self.tr("Runs (*.ganlab)"), "ganlab")
        dialog.fileSelected.connect(lambda path: self.do(save(path), self.tr("The run could not be saved.")))
        dialog.open()

    def _file_dialog(self, title: str, kinds: str, suffix: str = "") -> QFileDialog:
        """A file dialog that is opened, not exec'ed; with a suffix it asks for a file to write."""
        dialog = QFileDialog(self, title, self._folder(), kinds)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if suffix:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(suffix)
            dialog.selectFile(f"{Path(self.session.title).stem}.{suffix}")
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._settings.setValue("folder", str(Path(path).parent)))
        return dialog

    def _folder(self) -> str:
        if self.session.path:
            return str(Path(self.session.path).parent)
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return str(self._settings.value("folder", documents))

    # --- layout ---------------------------------------------------------------------------------------------------

    def restore_layout(self) -> None:
        """Take up size, place and docks of the last time, unless they lie on no screen of today."""
        geometry, state = self._settings.value("window/geometry"), self._settings.value("window/state")
        if not isinstance(geometry, QByteArray):
            room = QGuiApplication.primaryScreen().availableSize() * _FIRST_SHARE
            self.resize(room.expandedTo(QSize(*DEFAULT_SIZE)))
            self.reset_layout()
        else:
            self.restoreGeometry(geometry)
            if QGuiApplication.screenAt(self.frameGeometry().center()) is None:
                self.resize(*DEFAULT_SIZE)
                self.move(QGuiApplication.primaryScreen().availableGeometry().topLeft())
        if isinstance(state, QByteArray):
            self.restoreState(state, _LAYOUT_VERSION)

    def save_layout(self) -> None:
        self._settings.setValue("window/geometry", self.saveGeometry())
        self._settings.setValue("window/state", self.saveState(_LAYOUT_VERSION))

    # --- events ---------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.canvas.setFocus()
        self.pacing.start()

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
        return paths[0] if len(paths) == 1 and paths[0].lower().endswith(_OPENABLE) else ""

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self._unless_lost(self.leave)

    def leave(self) -> None:
        """Close without a question: the engine keeps the run, untitled ones in the data folder."""
        if self._closing:
            return
        self._closing = True
        self.save_layout()
        self.hide()
        self.pacing.stop()
        self._awaiting.start(self._close_engine())

    async def _close_engine(self) -> None:
        await self.session.close()
        self.closed.emit()
