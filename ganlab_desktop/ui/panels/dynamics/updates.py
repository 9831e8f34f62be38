"""What each iteration changes in the players' parameters, over time."""

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import Series


class Updates(QWidget):
    """The length of both players' updates, and below it how each agrees with the one before."""

    cursor_moved = Signal(int)  # the step under the mouse; -1 where it is elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.norms = TimePlot(self)
        self.norms.setAccessibleName(self.tr("Update norms over time"))
        self.norms.show_values(left=True, bottom=False)  # the steps stand below the other plot
        self.norms.set_caption(self.tr("length of an iteration's update"))
        self.norms.setToolTip(
            self.tr(
                "How far one iteration moves all parameters of D and of G. Where the updates of a converging game "
                "shrink, it comes to rest; with Adam they stay near the learning rate times the root of the number of "
                "parameters as long as gradients keep their sign, and fall as they turn to noise."
            )
        )
        self.cosines = TimePlot(self)
        self.cosines.setAccessibleName(self.tr("Cosine of successive updates over time"))
        self.cosines.set_caption(self.tr("cosine with the update before"))
        self.cosines.setToolTip(
            self.tr(
                "The cosine between two successive updates of a player. Near 1: a steady drift, or momentum (Adam's "
                "beta1) that carries on. Near 0: the noise of batches, or rotation by a quarter turn. Near -1: a "
                "zigzag, the step is too long."
            )
        )
        for plot, kind in ((self.norms, "norm"), (self.cosines, "cosine")):
            plot.add_curve(f"discriminator_{kind}", self.tr("D"), "discriminator")
            plot.add_curve(f"generator_{kind}", self.tr("G"), "fake")
            plot.cursor_moved.connect(self.cursor_moved)
        self.cosines.add_level(0.0, "")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.norms, 1)
        column.addWidget(self.cosines, 1)

    def draw(self, series: Series, now: float) -> bool:
        """Show the series of moves; true while the ranges glide."""
        gliding = [plot.draw(series, now) for plot in (self.norms, self.cosines)]
        return any(gliding)

    def numbers(self, series: Series) -> tuple[Number, ...]:
        """The mean cosines for the header."""
        d, g = (self.cosines.value(series, curve) for curve in self.cosines.curves)
        told = ((self.tr("cos D"), d, "discriminator"), (self.tr("cos G"), g, "fake"))
        return tuple(Number(label, fixed(value), colour) for label, value, colour in told if math.isfinite(value))

    def set_cursor(self, step: int) -> None:
        self.norms.set_cursor(step)
        self.cosines.set_cursor(step)

    def clear(self) -> None:
        self.norms.clear()
        self.cosines.clear()

    def apply_theme(self, colours: Colours) -> None:
        self.norms.apply_theme(colours)
        self.cosines.apply_theme(colours)
