"""The main window: the canvas in the middle, panels in docks around it, transport above, status below."""

from collections.abc import Callable, Coroutine
from functools import partial
from itertools import permutations
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QSplitter, QToolBar, QVBoxLayout, QWidget

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.ui import layout
from ganlab_desktop.ui.actions import MENUS, Actions, translated
from ganlab_desktop.ui.adjusting import Adjusting
from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.ui.banner import Banner
from ganlab_desktop.ui.bookmarks import Bookmarks
from ganlab_desktop.ui.dialogs import errors
from ganlab_desktop.ui.dialogs.numbers import ask_steps
from ganlab_desktop.ui.docks import Dock, give_way, lift, make_room, place, raise_fitting, take_part
from ganlab_desktop.ui.documents import Documents
from ganlab_desktop.ui.edits import Edits
from ganlab_desktop.ui.engine_client import EngineClient, EngineError
from ganlab_desktop.ui.exports import Exports
from ganlab_desktop.ui.forks import Forks
from ganlab_desktop.ui.growing import Growing
from ganlab_desktop.ui.helping import Helping
from ganlab_desktop.ui.looping import Looping
from ganlab_desktop.ui.pacing import Pacing
from ganlab_desktop.ui.panel_menus import PanelMenus
from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.ui.panels.canvas.beside import BesideCanvas
from ganlab_desktop.ui.panels.coverage import Coverage
from ganlab_desktop.ui.panels.critic import CriticField
from ganlab_desktop.ui.panels.dynamics import Dynamics
from ganlab_desktop.ui.panels.experiment import ExperimentPanel
from ganlab_desktop.ui.panels.generator import Generator
from ganlab_desktop.ui.panels.latent import Latent
from ganlab_desktop.ui.panels.likelihood import Likelihood
from ganlab_desktop.ui.panels.likeness import Likeness
from ganlab_desktop.ui.panels.log import LogPanel
from ganlab_desktop.ui.panels.losses import Losses
from ganlab_desktop.ui.panels.memory import Memory
from ganlab_desktop.ui.panels.pairs import Pairs
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.quality import Quality
from ganlab_desktop.ui.panels.runs import Runs
from ganlab_desktop.ui.panels.schedule import Schedule
from ganlab_desktop.ui.panels.truth import Truth
from ganlab_desktop.ui.phase_diagram import PhaseDiagram
from ganlab_desktop.ui.preferences import Preferences
from ganlab_desktop.ui.reading import ReadingNote
from ganlab_desktop.ui.scrubber import Scrubber
from ganlab_desktop.ui.session import EngineState, Session, Speed
from ganlab_desktop.ui.status import Status
from ganlab_desktop.ui.theme import Theme
from ganlab_desktop.ui.theme_menu import ThemeMenu
from ganlab_desktop.ui.thumbnail import Glances
from ganlab_desktop.ui.transport import Transport
from ganlab_desktop.wire import messages as m

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
        self._closing = False
        self._images = False  # whether the run at hand is about images
        self._past = -1  # the step before the newest that the time plots mark
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setAnimated(False)
        self.resize(layout.DEFAULT_SIZE)
        self.actions_ = Actions(theme, self._slot, self)
        self.transport = Transport(session, self.actions_, theme, self)
        self.banner = Banner(theme, self)
        self.reading = ReadingNote(client, self.banner, self)
        preferences = Preferences(settings)
        self.documents = Documents(session, self, self.actions_, self.banner, preferences, settings, self, ask=ask)
        self.help = Helping(session, self, self.actions_, preferences, theme, self)
        self.exports = Exports(session, client, self, theme, self.banner, self)
        self.addToolBar(self._fixed_bar(self.tr("Transport"), "transportBar", self.transport, self.banner))
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
        session.others.beside_changed.connect(self._make_room)  # before the second canvas appears
        self.forks = Forks(session, self.runs, self.beside, self.pictures, self.banner, theme, self.do, self)
        self.status = Status(session, self.pacing, theme, self)
        self.status.findings_wanted.connect(self._show_engine_details)
        self.setStatusBar(self.status)
        self.phases = PhaseDiagram(session, theme, self)
        self.scrubber = Scrubber(session, self.actions_, theme, self)
        self.bookmarks.note.stand_over(self.scrubber.track)
        self.glances = Glances(session, self.scrubber.track, self.canvas, theme, self)
        self.glances.drawn.connect(self.pacing.wake)
        self.growing = Growing(session, self.canvas.growth, self)
        bottom = self._fixed_bar(self.tr("Scrubber"), "scrubberBar", self.phases, self.scrubber)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, bottom)
        panels = (self.canvas, self.beside, *self.pictures)
        self.panel_menus = PanelMenus(self.exports, self.actions_, panels, self)
        self._build_menus()
        place(self, self.docks)
        self._connect()
        self._retheme()
        self._mirror_state()

    # --- building -------------------------------------------------------------------------------------------------

    def _slot(self, name: str, argument: str) -> Callable[[], None]:
        arguments = (argument,) if argument else ()
        return lambda: attrgetter(name)(self)(*arguments)  # QAction.triggered tells what none here asks: is it checked

    def _fixed_bar(self, title: str, name: str, *rows: QWidget) -> QToolBar:
        """A tool bar that stays where it is, with widgets one below the other."""
        bar = QToolBar(title, self)
        bar.setObjectName(name)
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        inside = QWidget(bar)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in rows:
            column.addWidget(row)
        bar.addWidget(inside)
        return bar

    def _build_docks(self) -> dict[str, Dock]:
        self.form_panel = ExperimentPanel(self.session, self._awaiting, self._theme, self)
        self.log_panel = LogPanel(self.session, self._theme, self)
        self.runs = Runs(self.session, self._theme, self)
        losses, coverage, truth, dynamics = Losses(self), Coverage(self), Truth(self), Dynamics(self)
        quality, likeness, pairs, likelihood = Quality(self), Likeness(self), Pairs(self), Likelihood(self)
        critic = CriticField(self)
        self.losses = losses
        over_time: tuple[
            Losses | Coverage | Truth | Dynamics | Quality | Likeness | Pairs | CriticField | Likelihood, ...
        ] = (
            *(losses, coverage, truth, critic),
            *(dynamics, quality, likeness, pairs, likelihood),
        )
        self._over_time = over_time
        for one, other in permutations(over_time, 2):
            one.cursor_moved.connect(other.set_cursor)  # one cursor over all time plots
        self.pictures: list[Panel] = [losses, coverage, critic, truth, dynamics]
        self.latent, self._explored = Latent(self), False
        self.pictures += [Generator(self), quality, Memory(self), likeness, pairs, likelihood]
        self.pictures += [Schedule(self), self.latent]
        panels: list[Any] = [self.form_panel, *self.pictures, self.runs, self.log_panel]
        docks = {panel.name: Dock(panel, panel.header, panel.name, self._theme, self) for panel in panels}
        for panel in self.pictures:
            docks[panel.name].visibilityChanged.connect(partial(self._seen, panel))
        return docks

    def _build_menus(self) -> None:
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
        self.actions_.hang_submenus(self)
        self.actions_["theme"].setMenu(ThemeMenu(self._theme, self))
        for name, title in MENUS.items():
            menu = self.menuBar().addMenu(translated(title))
            menu.setToolTipsVisible(True)
            self.actions_.fill(menu, name)

    def _connect(self) -> None:
        session = self.session
        session.state_changed.connect(self._mirror_state)
        session.scene_changed.connect(self._scene_changed)
        session.engine_died.connect(self._engine_died)
        session.findings_changed.connect(self._mirror_findings)
        self.transport.steps_wanted.connect(self.run_steps)
        self.scrubber.step_wanted.connect(self.seek)
        self.scrubber.track.loop_wanted.connect(self.looping.between)
        self.phases.phase_wanted.connect(self.go_to_phase)
        session.frame_arrived.connect(self._mirror_past)
        self.transport.speed_wanted.connect(self._set_speed)
        self.transport.stay_wanted.connect(self._stay)
        self.form_panel.restart_wanted.connect(self.restart)
        session.paused.connect(self._paused)
        self.canvas.edited.connect(self.adjusting.want)
        self.canvas.corner_wanted.connect(self._use_corner)
        self.latent.marks_changed.connect(self._mark_images)
        self.adjusting.refused.connect(self._adjustment_refused)
        self.documents.leaving.connect(self.bookmarks.note.keep)
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
                self.tell_error(failed or self.tr("That did not work."), str(error))

    def play_or_pause(self) -> None:
        self.do(self.session.pause() if self.session.playing else self.session.play())

    def play_backwards(self) -> None:
        """Play backwards, or pause."""
        pausing = self.session.playing and self.session.backwards
        self.do(self.session.pause() if pausing else self.session.play(backwards=True))

    def step(self) -> None:
        self.do(self.session.step_by(1))

    def step_back(self) -> None:
        self.do(self.session.seeking.back())

    def step_phase_back(self) -> None:
        self.do(self.session.seeking.phase_back())

    def go_home(self) -> None:
        if self.session.scene is not None:
            self.seek(self.session.scene.first)

    def go_to_end(self) -> None:
        if self.session.step < self.session.head:
            self.seek(self.session.head + 1)

    def go_to_best(self) -> None:
        if self.session.best is not None:
            self.seek(self.session.best.step)

    @Slot(int)
    def seek(self, step: int) -> None:
        """Show the run as it was at a step."""
        self.do(self.session.seeking.to(step))

    @Slot()
    def _stay(self) -> None:
        self.do(self.session.seeking.stay())

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
        self.documents.unless_lost(lambda: self.do(self.session.restart(), failed))

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

    # --- mirrors --------------------------------------------------------------------------------------------------

    @Slot(object)
    def _scene_changed(self, scene: Any) -> None:
        for panel in (self.canvas, *self.pictures):
            panel.set_scene(scene)
        images = scene.image is not None
        if images != self._images:
            self._images = images
            raise_fitting(self.docks, images)
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
        if panel is self.latent:
            self._explored = visible
            self._mark_images()

    @Slot()
    def _mark_images(self) -> None:
        """Mark the images that are explored from, while the panel that does so is in sight."""
        self.canvas.wall.mark(self.latent.marked if self._explored else ())
        self.canvas.wall.mark(self.latent.reals if self._explored else (), real=True)

    @Slot(int, int, bool)
    def _use_corner(self, corner: int, place: int, real: bool) -> None:
        """Explore from an image of the wall, or a real one beside it."""
        self.latent.use(corner, place, real)
        self.docks["latent"].show()
        self.docks["latent"].raise_()

    @Slot()
    def _mirror_state(self) -> None:
        running = self.session.state is EngineState.RUNNING
        self.actions_.enable(engine=running, run=self.session.scene is not None)
        self.transport.mirror_enabled()
        self.form_panel.setEnabled(running)
        if running:
            self.banner.trouble_is_over()

    @Slot(str)
    def _adjustment_refused(self, reason: str) -> None:
        """Tell why a slider's value cannot be, and show again what is."""
        self.session.log.emit("warning", reason)
        self.canvas.take_back()

    @Slot()
    def _mirror_findings(self) -> None:
        self.losses.set_findings(self.session.findings)
        self.status.refresh()

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

    def tell_error(self, happened: str, kept: str = "") -> None:
        """Say what happened and what was kept, with the engine's last lines as details."""
        icon = self._theme.icon("warning-fill", self._theme.colours.trouble)
        errors.tell(self, icon, happened, kept, self._client.last_lines)

    @Slot()
    def _show_engine_details(self) -> None:
        self.docks["log"].show()
        self.docks["log"].raise_()

    @Slot()
    def _retheme(self) -> None:
        for panel in (self.canvas, self.beside, *self.pictures):
            panel.apply_theme(self._theme.colours)
        self.pacing.wake()

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
        if self.documents.dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := self.documents.dropped(event.mimeData()):
            event.acceptProposedAction()
            self.documents.open_path(path)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before = event.oldSize().width()
        if event.size().width() < before:
            give_way(self, self.docks)
        elif event.size().width() > before > 0:
            take_part(self, self.docks, before)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.documents.unless_nameless(self.leave)

    def leave(self) -> None:
        """Close without a question: the engine keeps the run, untitled ones in the data folder."""
        if self._closing:
            return
        self.bookmarks.note.keep()
        self._closing = True
        self.documents.remember()
        self.exports.leave()
        layout.save(self, self._settings)
        self.hide()
        self.pacing.stop()
        self._awaiting.start(self._close_engine())

    async def _close_engine(self) -> None:
        await self.session.close()
        self.closed.emit()
