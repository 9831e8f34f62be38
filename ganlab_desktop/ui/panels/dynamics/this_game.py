"""The run's own game where it stands: the leading eigenvalues of its Jacobian, and its path angle."""

import math
from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.steady import SteadyRange
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Picture

_LEAST = 0.02  # of the path's cosines that is shown in full: less is rounding and the batch


class ThisGame(QWidget):
    """The spectrum beside the path angle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spectrum = Plot(self)
        self.spectrum.setAccessibleName(self.tr("Leading eigenvalues of this game"))
        self.show_left_out("")
        self.axis = pg.InfiniteLine(0.0, angle=90, movable=False)
        self.values = pg.ScatterPlotItem(size=7, symbol="o", pen=None)
        self.spectrum.add(self.axis, self.values)
        self.path = Plot(self)
        self.path.setAccessibleName(self.tr("Path angle"))
        self.cosine = pg.PlotCurveItem(connect="finite", antialias=True)
        self.norm = pg.PlotCurveItem(connect="finite", antialias=True)
        self.ends = [pg.InfiniteLine(share, angle=90, movable=False) for share in (0.0, 1.0)]
        self.level = pg.InfiniteLine(0.0, angle=0, movable=False)
        self.path.add(*self.ends, self.level, self.norm, self.cosine)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.spectrum, 1)
        row.addWidget(self.path, 1)
        self._colours = DARK
        self._across, self._up, self._cosines = SteadyRange(), SteadyRange(), SteadyRange()
        self.clear()

    def draw(self, pictures: Mapping[str, Picture], now: float) -> bool:
        """Show what there is; true while the ranges glide."""
        known = "dynamics" in pictures
        self.spectrum.set_caption(self.tr("eigenvalues, Im over Re") if known else self.tr("eigenvalues: measuring..."))
        known = "path" in pictures and "cosine" in pictures["path"].arrays
        self.path.set_caption(self._legend() if known else self.tr("path angle: waits for an earlier state"))
        gliding = "path" in pictures and self._draw_path(pictures["path"], now)
        return ("dynamics" in pictures and self._draw_spectrum(pictures["dynamics"], now)) or gliding

    def numbers(self, read: dict[str, float]) -> tuple[Number, ...]:
        """The largest real part, and a step's spectral radius, for the header, from a picture's numbers."""
        told = ((self.tr("largest Re"), "rightmost"), (self.tr("one step"), "step_radius"))
        return tuple(
            Number(label, fixed(read[name], 3)) for label, name in told if math.isfinite(read.get(name, math.nan))
        )

    def show_left_out(self, words: str) -> None:
        """Name what the run's losses have and the eigenvalues have not."""
        self.spectrum.setToolTip(
            self.tr(
                "Eigenvalues of the Jacobian of (-grad L_G, -grad L_D) with the largest real parts. The flow is stable "
                "left of the dashed line (Re < 0); height (Im) is rotation. One step, in the header: the largest "
                "eigenvalue's size of an iteration of plain gradient descent, which comes to rest below 1."
            )
            + (" " + self.tr("Left out of the losses here: {words}.").format(words=words) if words else "")
        )

    def clear(self) -> None:
        for item in (self.values, self.cosine, self.norm):
            item.setData([], [])
        for steady in (self._across, self._up, self._cosines):
            steady.clear()
        self._explain(self.tr("The earlier state is still to come: the path appears as training goes on."))

    def apply_theme(self, colours: Colours) -> None:
        self._colours = colours
        self.spectrum.apply_theme(colours)
        self.path.apply_theme(colours)
        for line in (self.axis, self.level, *self.ends):
            line.setPen(pg.mkPen(colours.truth, style=Qt.PenStyle.DashLine))
        self.values.setBrush(pg.mkBrush(colours.discriminator))
        self.cosine.setPen(pg.mkPen(colours.discriminator))
        self.norm.setPen(pg.mkPen(colours.secondary))

    def _legend(self) -> str:
        """What the path's two lines are, in their colours."""
        inks = (self._colours.discriminator, self._colours.secondary)
        words = zip((self.tr("cosine"), self.tr("norm")), inks, strict=True)
        named = " ".join(f'<span style="color: {ink}">{word}</span>' for word, ink in words)
        return self.tr("path: {lines}").format(lines=named)

    def _draw_spectrum(self, picture: Picture, now: float) -> bool:
        if "spectrum" not in picture.arrays:
            self.values.setData([], [])
            return False
        values = _doubles(picture.arrays["spectrum"])
        self.values.setData(*values.T)
        across = self._across.follow(min(values[:, 0].min(), 0.0), max(values[:, 0].max(), 0.0), now)
        tallest = max(float(np.abs(values[:, 1]).max()), 1e-3)
        up = self._up.follow(-tallest, tallest, now)
        self.spectrum.show_range(*across, *up)
        return not (self._across.settled and self._up.settled)

    def _draw_path(self, picture: Picture, now: float) -> bool:
        if "cosine" not in picture.arrays:
            return False
        shares, cosine, norm = (_doubles(picture.arrays[name]) for name in ("shares", "cosine", "norm"))
        tallest, longest = (_largest(np.abs(values)) for values in (cosine, norm))
        tallest = max(tallest, _LEAST)
        self.cosine.setData(shares, cosine)
        self.norm.setData(shares, norm * (tallest / longest if longest else 0.0))
        self.path.show_range(float(shares[0]), float(shares[-1]), *self._cosines.follow(-tallest, tallest, now))
        self._explain(
            self.tr("Here alpha = 0 is the state at step {start}, alpha = 1 that at step {end}.").format(
                start=f"{int(picture.numbers['start']):,}", end=f"{picture.step:,}"
            )
        )
        return not self._cosines.settled

    def _explain(self, which: str) -> None:
        self.path.setToolTip(
            self.tr(
                "Green: the cosine between the game's field (-grad L_G, -grad L_D) and the straight way from an "
                "earlier state of both players (alpha = 0) to the present one (alpha = 1), along that way and a half "
                "beyond both ends (Berard et al. 2020). A fall from 1 to -1 at alpha = 1: this state attracts. A bump "
                "there with no change of sign: the game turns around it. Near 0 all along: the way tells little, "
                "most of it is the noise of batches. Grey: the field's norm from 0 to its largest; it has a minimum "
                "at a state of rest. {which}"
            ).format(which=which)
        )


def _doubles(array: Array) -> NDArray[np.float64]:
    return array.numpy().astype(np.float64)


def _largest(values: NDArray[np.float64]) -> float:
    return float(values[np.isfinite(values)].max(initial=0.0))
