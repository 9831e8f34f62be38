"""What every live panel is: a header, a picture, and a text that stands in while there is no picture."""

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPalette
from PySide6.QtWidgets import QLabel, QMenu, QStackedLayout, QVBoxLayout, QWidget

from ganlab_desktop.experiment.exploration import Exploration
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Header, Number
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire.messages import Frame, Picture, Scene

OLD = 1.0  # seconds after which a panel tells the age of its picture
_RESTED = 2.0  # usual rests of a study after which its picture counts as old
_FIRST_REST = 10.0  # seconds that a study may rest of which only one picture has come
_FORGETS = 0.7  # of the longest rest so far, at every picture


class Panel(QWidget):
    """A live picture of the run.

    `receive` only keeps references and marks the panel dirty; `draw` updates what exists. A panel has neither timers
    nor threads: the window decides when it draws, and asks the engine for the `probes` of the panels in sight.
    """

    name: ClassVar[str] = ""  # objectName
    title: str = ""
    explanation: str = ""
    probes: tuple[str, ...] = ()
    beside_probes: tuple[str, ...] = ()  # pictures of the run on the second canvas
    curves: tuple[str, ...] = ()  # the time series that it draws
    exploration: Exploration | None = None  # what it asks to see between images
    of_points: ClassVar[bool] = False  # whether it shows data on the line and in the plane only
    of_images: ClassVar[bool] = False  # or images only
    of_discriminator: ClassVar[bool] = False  # whether it shows what a discriminator says
    export: ClassVar[str] = ""  # the kind of export that makes a figure of it
    rest: float = 0.2  # seconds between changes of the key numbers while training, so that they can be read

    menu_opening = Signal(object, object)  # the panel and its menu, which may be added to

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.pictures: dict[str, Picture] = {}
        self.series: Mapping[str, Series] = {}
        self.overlays: Mapping[int, tuple[str, Mapping[str, Series]]] = {}  # other runs' curves in their colours
        self.playing = False
        self.colours = DARK
        self._dirty = False
        self._revisions: tuple[int, ...] = ()
        self._arrived: dict[str, float] = {}
        self._rests: dict[str, float] = {}  # the longest time between two pictures, of late
        self._read = 0.0
        self._owes_numbers = False
        self.setObjectName(self.name)
        self.setAccessibleName(self.tr(self.title))
        self.setAutoFillBackground(True)
        self.header = Header(self.tr(self.title), self.tr(self.explanation), self)
        self.empty = QLabel(self.empty_text(), self)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture = QWidget(self)
        self.content = QVBoxLayout(self.picture)
        self.content.setContentsMargins(4, 0, 8, 4)
        self.content.setSpacing(4)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.picture)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addLayout(self._stack, 1)

    # --- what a panel gives ---------------------------------------------------------------------------------------

    def empty_text(self) -> str:
        """What would fill the panel, for the user."""
        return self.tr("Nothing to show yet.")

    def filled(self) -> bool:
        """Whether there is something to draw."""
        return any(name in self.pictures for name in self.probes)

    def past(self, scene: Scene) -> int:
        """The step up to which the curves belong to something else than the scene tells of; 0 where all is its own."""
        return 0

    def show_scene(self, scene: Scene) -> None:
        """Draw what changes with the scene only."""

    def draw_picture(self, scene: Scene, now: float) -> bool:
        """Update the items; true where ranges still glide, so that the panel wants to be drawn again."""
        raise NotImplementedError

    def numbers(self) -> tuple[Number, ...]:
        """The header's key numbers."""
        return ()

    def forget(self) -> None:
        """Empty the items."""

    def paint_theme(self, colours: Colours) -> None:
        """Give the items their colours."""

    def export_settings(self) -> dict[str, Any]:
        """What its export is to show, as it shows it, by path."""
        return {}

    # --- what the window calls ------------------------------------------------------------------------------------

    @property
    def dirty(self) -> bool:
        """Whether something came since the last draw."""
        return self._dirty

    def set_scene(self, scene: Scene) -> None:
        """Show this run. Pictures of another run, branch or layout are dropped."""
        known = self.scene
        self.scene = scene
        if known is None or (known.run, known.branch, known.layout) != (scene.run, scene.branch, scene.layout):
            self.clear()
        self.show_scene(scene)
        self._dirty = True

    def receive(self, frame: Frame, series: Mapping[str, Series]) -> None:
        """Keep what a frame brings."""
        now = time.monotonic()
        self.playing, self.series = frame.playing, series
        for name in self.probes:
            if name in frame.pictures:
                if name in self._arrived:
                    rest = now - self._arrived[name]
                    self._rests[name] = max(rest, _FORGETS * self._rests.get(name, 0.0))
                self._keep(name, frame.pictures[name], now)
        revisions = tuple(series[name].revision for name in self.curves if name in series)
        if revisions != self._revisions:
            self._revisions = revisions
            self._dirty = True
        if self._owes_numbers and self._readable(now):
            self._dirty = True
        self._tell_age(now)

    def catch_up(self, pictures: Mapping[str, Picture]) -> None:
        """Take over pictures of the moment at hand that came while others asked for them, but not this panel."""
        now = time.monotonic()
        for name in self.probes:
            if name in pictures and pictures[name] is not self.pictures.get(name):
                self._keep(name, pictures[name], now)

    def _keep(self, name: str, picture: Picture, now: float) -> None:
        self.pictures[name], self._arrived[name] = picture, now
        self._dirty = True

    def set_moment(self, step: int) -> None:
        """Let the curves tell of a step of the past; -1: of the newest."""
        for plot in self.findChildren(TimePlot):
            plot.set_moment(step)
        self._dirty = True

    def set_overlays(self, overlays: Mapping[int, tuple[str, Mapping[str, Series]]]) -> None:
        """Show these runs' curves, each with its colour, beside the own ones."""
        self.overlays = overlays
        self._dirty = True

    def beside(self, name: str) -> dict[int, tuple[str, Series]]:
        """One curve of the other runs, with their colours."""
        return {run: (colour, curves[name]) for run, (colour, curves) in self.overlays.items() if name in curves}

    def draw(self) -> None:
        """Show what was received."""
        now = time.monotonic()
        self._dirty = False
        if self.scene is not None:
            for name in self.curves:
                if name in self.series:
                    self.series[name].start_after(self.past(self.scene))
        foreign = self._foreign()
        if self.scene is None or foreign or not self.filled():
            self.empty.setText(foreign or self.empty_text())
            self.header.set_numbers(())
            self._stack.setCurrentWidget(self.empty)
            return
        self._stack.setCurrentWidget(self.picture)
        self._dirty = self.draw_picture(self.scene, now)
        self._owes_numbers = not self._readable(now)
        if not self._owes_numbers:
            self._read = now
            self.header.set_numbers(self.numbers())

    def _foreign(self) -> str:
        """Why the panel has nothing to say about such data; empty where it has."""
        if self.scene is None:
            return ""
        if self.of_points and self.scene.image is not None:
            return self.tr("This panel is about data on the line and in the plane; these are images.")
        if self.of_images and self.scene.image is None:
            return self.tr("This panel is about images; these are points.")
        if self.of_discriminator and self.scene.output == "none":
            return self.tr("This panel is about the discriminator; a variational autoencoder has none.")
        return ""

    def clear(self) -> None:
        """Drop all that was received."""
        self.pictures = {}
        self._revisions = ()
        self._arrived = {}
        self._rests = {}
        self._read = 0.0
        self._owes_numbers = False
        self.forget()
        self.header.set_numbers(())
        self.header.set_age("")
        self._stack.setCurrentWidget(self.empty)
        self._dirty = False

    def apply_theme(self, colours: Colours) -> None:
        """Use these colours from now on."""
        self.colours = colours
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, colours.panel)
        self.setPalette(palette)
        self.empty.setStyleSheet(f"color: {colours.secondary}; background: transparent; padding: 0 32px;")
        self.header.apply_theme(colours)
        self.paint_theme(colours)
        self._dirty = True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.open_menu(event.globalPos())

    def open_menu(self, where: QPoint, offers: Mapping[str, Callable[[], None]] = MappingProxyType({})) -> None:
        """Open the panel's menu, which begins with these offers of its own."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, do in offers.items():
            menu.addAction(text).triggered.connect(do)
        self.menu_opening.emit(self, menu)
        menu.popup(where)

    def _readable(self, now: float) -> bool:
        """Whether the key numbers have stood long enough to be changed."""
        return not self.playing or now - self._read >= self.rest

    def _tell_age(self, now: float) -> None:
        """Tell it where a study is late: one that rests between two looks by design is not."""
        ages = {name: now - self._arrived[name] for name in self.probes if name in self._arrived}
        late = [age for name, age in ages.items() if age > max(OLD, _RESTED * self._rests.get(name, _FIRST_REST))]
        told = bool(late) and self.playing and self.filled()
        self.header.set_age(self.tr("%n s old", "", int(max(late))) if told else "")
