"""Whether the game comes to rest, on three pages."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.dynamics.smallest_game import SmallestGame
from ganlab_desktop.ui.panels.dynamics.this_game import ThisGame
from ganlab_desktop.ui.panels.dynamics.updates import Updates
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.pages import Page, Pages
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire.messages import Scene


class Dynamics(Panel):
    """The Dirac-GAN under the run's method; the eigenvalues and the path angle of the run's own game; the players'
    updates over time."""

    of_points = True
    of_discriminator = True
    name = "dynamics"
    export = "dynamics"
    title = QT_TRANSLATE_NOOP("Dynamics", "Dynamics")
    explanation = QT_TRANSLATE_NOOP("Dynamics", "whether the game comes to rest, turns or diverges")
    probes = ("dynamics", "path", "moves")
    curves = ("moves",)
    cursor_moved = Signal(int)  # the step under the mouse; -1 where it is elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.smallest, self.own, self.updates = SmallestGame(), ThisGame(), Updates()
        self.pages = Pages(
            (
                Page(self.tr("Smallest game"), self.tr("The Dirac-GAN under this run's method"), self.smallest),
                Page(self.tr("This game"), self.tr("Eigenvalues and path angle of this run's own game"), self.own),
                Page(self.tr("Updates"), self.tr("How far and where each iteration moves the players"), self.updates),
            ),
            self.picture,
        )
        self.pages.turned.connect(self._turn)
        self.updates.cursor_moved.connect(self.cursor_moved)
        self.content.addWidget(self.pages)
        self.apply_theme(DARK)

    def empty_text(self) -> str:
        return self.tr("Phase plane, eigenvalues and updates appear here, moments after training starts.")

    def filled(self) -> bool:
        return super().filled() or self._moves.count > 0

    def set_cursor(self, step: int) -> None:
        """Put the cursor on a step; -1 hides it."""
        self.updates.set_cursor(step)

    def show_scene(self, scene: Scene) -> None:
        self.own.show_left_out(scene.left_out)

    def draw_picture(self, scene: Scene, now: float) -> bool:
        picture = self.pictures.get("dynamics")
        self.smallest.tell_waiting(picture is None)
        if picture is not None:
            known = "field" in picture.arrays
            self.pages.set_available(0, known, self.tr("No Dirac-GAN is known for this objective."))
            if known:
                self.smallest.draw(picture)
        gliding = self.own.draw(self.pictures, now)
        if self.pages.shown is self.updates:
            gliding = self.updates.draw(self._moves, now) or gliding
        return gliding

    def numbers(self) -> tuple[Number, ...]:
        picture = self.pictures.get("dynamics")
        read = {} if picture is None else picture.numbers
        shown = self.pages.shown
        if shown is self.updates:
            return self.updates.numbers(self._moves)
        return self.own.numbers(read) if shown is self.own else self.smallest.numbers(read)

    def forget(self) -> None:
        for page in (self.smallest, self.own, self.updates):
            page.clear()

    def paint_theme(self, colours: Colours) -> None:
        for part in (self.pages, self.smallest, self.own, self.updates):
            part.apply_theme(colours)

    @Slot()
    def _turn(self) -> None:
        self._read = 0.0  # the header tells of the page in sight
        self.draw()

    @property
    def _moves(self) -> Series:
        return self.series.get("moves", _NOTHING)


_NOTHING = Series()
