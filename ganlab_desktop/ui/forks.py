"""What a user does with the runs of a document: forks, turns, names, deletes and compares them."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from ganlab_desktop.palette import run_colour
from ganlab_desktop.ui.banner import Banner
from ganlab_desktop.ui.dialogs.numbers import ask_seed
from ganlab_desktop.ui.engine_client import EngineError
from ganlab_desktop.ui.panels.canvas.beside import BesideCanvas
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.runs import Runs, named
from ganlab_desktop.ui.session import Session
from ganlab_desktop.ui.theme import Theme
from ganlab_desktop.wire.messages import Scene

Do = Callable[[Coroutine[Any, Any, Any]], None]


class Forks(QObject):
    """Connects the Runs panel with the session, and the other runs' curves with the panels that draw them."""

    def __init__(
        self,
        session: Session,
        runs: Runs,
        beside: BesideCanvas,
        panels: Sequence[Panel],
        banner: Banner,
        theme: Theme,
        do: Do,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._runs, self._beside, self._panels = session, runs, beside, panels
        self._shown_beside: int | None = None
        self._banner, self._theme, self._do, self._window = banner, theme, do, window
        runs.fork_wanted.connect(self.fork)
        runs.seed_wanted.connect(self.ask_seed)
        runs.turn_wanted.connect(self.turn_to)
        runs.overlay_wanted.connect(self.overlay)
        runs.description_wanted.connect(self.describe)
        runs.comparison_wanted.connect(self._compare)
        runs.beside_wanted.connect(self.show_beside)
        beside.step_wanted.connect(self._rest_beside)
        beside.close_wanted.connect(self.close_beside)
        session.others.beside_changed.connect(self._mirror_beside)
        session.engine_died.connect(lambda: self._mirror_beside(None))
        session.past_changed.connect(self._tell_of_fork)
        session.others.overlays_changed.connect(self._mirror_overlays)
        theme.changed.connect(self._mirror_overlays)

    @Slot()
    def fork(self) -> None:
        """Go on in a run of its own from the iteration that is shown."""
        self._do(self._session.fork())

    @Slot()
    def ask_seed(self) -> None:
        """Begin the same experiment with another seed."""
        ask_seed(self._window, self._session.experiment.seed + 1).intValueSelected.connect(self._duplicate)

    @Slot(int)
    def _duplicate(self, seed: int) -> None:
        self._do(self._session.duplicate(seed))

    @Slot(int)
    def turn_to(self, run: int) -> None:
        self._do(self._session.turn_to(run))

    @Slot(int, bool)
    def overlay(self, run: int, shown: bool) -> None:
        """Show or hide another run's curves."""
        self._do(self._session.others.overlay(run, shown))

    @Slot(int)
    def show_beside(self, run: int) -> None:
        """Show a run on the second canvas, at the step of the first."""
        self._shown_beside = run
        self._beside.locked.setChecked(True)
        self._do(self._session.others.show_beside(run))

    @Slot()
    def close_beside(self) -> None:
        self._do(self._session.others.show_beside(None))

    @Slot(object)
    def _rest_beside(self, step: int | None) -> None:
        if self._shown_beside is not None:
            self._do(self._session.others.show_beside(self._shown_beside, step))

    @Slot(object)
    def _mirror_beside(self, scene: Scene | None) -> None:
        self._beside.setVisible(scene is not None)
        if scene is not None:
            run = next((run for run in scene.runs if run.id == scene.branch), None)
            title = self.tr("run {0}").format(scene.branch) + (f" {named(run)}" if run is not None else "")
            self._beside.show_run(scene, title)

    @Slot(int, object)
    def describe(self, run: int, told: dict[str, Any]) -> None:
        """Name, colour, annotate or delete a run; what was deleted can be taken back."""
        self._do(self._describe(run, told))

    async def _describe(self, run: int, told: dict[str, Any]) -> None:
        await self._session.describe(run, **told)
        if told.get("deleted") and self._session.scene is not None:
            name = next((named(known) for known in self._session.scene.runs if known.id == run), "") or str(run)
            back = self.tr("Take it back")
            self._banner.note(
                self.tr("{0} is deleted.").format(name), back, lambda: self.describe(run, {"deleted": False})
            )

    @Slot(int)
    def _tell_of_fork(self, left: int) -> None:
        text = self.tr("The past stays as it was: from step {0} on a fork goes its own way, with your change.")
        self._banner.note(
            text.format(f"{self._session.step:,}"), self.tr("Back to run {0}").format(left), lambda: self.turn_to(left)
        )

    @Slot()
    def _compare(self) -> None:
        self._do(self._fill())

    async def _fill(self) -> None:
        try:
            self._runs.show_compared(await self._session.others.compare(self._session.step))
        except EngineError:
            self._runs.show_compared(())  # a run that is kept in memory only stands alone

    @Slot()
    def _mirror_overlays(self) -> None:
        scene = self._session.scene
        runs = {run.id: run for run in scene.runs} if scene is not None else {}
        overlays = {
            number: (run_colour(runs[number].colour, number, self._theme.colours), curves)
            for number, curves in self._session.others.overlays.items()
            if number in runs
        }
        for panel in self._panels:
            panel.set_overlays(overlays)
