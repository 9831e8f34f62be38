"""How much the generated images are like real ones, and which classes they are of."""

import math
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.pages import Page, Pages
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.bars import bar_outline, filled_curve, marks_over
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.steady import SteadyRange
from ganlab_desktop.ui.plots.text import fixed, percent
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire.messages import Picture, Scene


class Likeness(Panel):
    """The share of the images that a classifier of the data reads as each class, and their Fréchet distance to held-out
    images over time, beside what as many training images score."""

    name = "likeness"
    title = QT_TRANSLATE_NOOP("Likeness", "Likeness")
    explanation = QT_TRANSLATE_NOOP("Likeness", "classes that are made, and distance to held-out images")
    probes = ("likeness",)
    curves = ("likeness",)
    of_images: ClassVar[bool] = True
    rest = 0.0
    cursor_moved = Signal(int)  # the step under the mouse; -1 where it is elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = Plot(self.picture, counting=True)
        self.bars.setAccessibleName(self.tr("Share of the images per class"))
        self.share_bars = filled_curve()
        self.weights = pg.PlotCurveItem(connect="pairs")
        self.weights.setZValue(1)
        self.bars.add(self.share_bars, self.weights)
        self.bars.set_caption(self.tr("read as class, %"))
        self.time = TimePlot(self.picture)
        self.time.setAccessibleName(self.tr("Fréchet distance over time"))
        self.time.set_caption(self.tr("Fréchet distance"))
        self.time.add_curve("fid", self.tr("distance"), "fake", averaged=False)
        self.time.add_curve("fid_floor", self.tr("floor"), "truth", averaged=False, dashed=True)
        self.time.cursor_moved.connect(self.cursor_moved)
        self.spectrum = Plot(self.picture)
        self.spectrum.setAccessibleName(self.tr("Power spectrum"))
        self.spectrum.set_caption(self.tr("power in decibels, by cycles per pixel: held-out (dashed) and generated"))
        self.real_power, self.fake_power = (pg.PlotCurveItem(antialias=True) for _ in range(2))
        self.finest = pg.InfiniteLine(0.5, angle=90)
        self.spectrum.add(self.finest, self.real_power, self.fake_power)
        likeness = QWidget(self.picture)
        row = QHBoxLayout(likeness)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.bars, 1)
        row.addWidget(self.time, 1)
        self.pages = Pages(
            (
                Page(
                    self.tr("Classes"), self.tr("Classes that are made, and the distance to held-out images"), likeness
                ),
                Page(
                    self.tr("Spectrum"),
                    self.tr(
                        "Power at each spatial frequency: a checkerboard of an upsampling layer stands out as a peak"
                    ),
                    self.spectrum,
                ),
            ),
            self.picture,
        )
        self.pages.turned.connect(self.draw)
        self.content.addWidget(self.pages)
        self._range = SteadyRange(margin=0.0)
        self.apply_theme(DARK)

    def empty_text(self) -> str:
        if self.scene is not None and self.scene.no_comparison:
            reason = self.scene.no_comparison
            return self.tr("Generated images are not compared here: {reason}.").format(reason=reason)
        return self.tr(
            "A small classifier of the data is trained first, once. What it makes of the samples appears here."
        )

    def filled(self) -> bool:
        shown = self.pictures.get("likeness")
        return (shown is not None and "extractor" in shown.arrays) or self._series.count > 0

    def set_cursor(self, step: int) -> None:
        """Put the cursor on a step; -1 hides it."""
        self.time.set_cursor(step)

    def past(self, scene: Scene) -> int:
        return scene.data_since

    def show_scene(self, scene: Scene) -> None:
        averaged = from_toml(scene.experiment).ema.half_life > 0
        of_average = self.tr("of G's moving average: classes, and distance to held-out images")
        self.header.set_explanation(of_average if averaged else self.tr(self.explanation))

    def draw_picture(self, scene: Scene, now: float) -> bool:
        if self.pages.shown is self.spectrum:
            self._draw_spectrum()
            return False
        gliding = self._draw_shares(now)
        self.time.beside = self.beside("likeness")
        return self.time.draw(self._series, now) or gliding

    def numbers(self) -> tuple[Number, ...]:
        shown = self.pictures.get("likeness")
        if shown is None or "fid" not in shown.numbers:
            return ()
        read = shown.numbers
        numbers = [Number(self.tr("FD"), fixed(read["fid"], 1), "fake")]
        if math.isfinite(read["class_agreement"]):
            numbers.append(Number(self.tr("class"), percent(read["class_agreement"])))
        if math.isfinite(read["present"]):
            count = len(shown.arrays["weights"].numpy())
            numbers.append(Number(self.tr("classes"), f"{fixed(read['present'], 0)} / {count}"))
        numbers.append(Number(self.tr("recall"), percent(read["recall"])))
        sharp = read["sharpness"] / max(read["sharpness_real"], 1e-12)
        numbers.append(Number(self.tr("sharpness"), f"{fixed(sharp)} ×"))
        return tuple(numbers)

    def forget(self) -> None:
        self.share_bars.setData([], [])
        self.real_power.setData([], [])
        self.fake_power.setData([], [])
        self.time.clear()
        self._range.clear()

    def paint_theme(self, colours: Colours) -> None:
        self.bars.apply_theme(colours)
        self.time.apply_theme(colours)
        self.spectrum.apply_theme(colours)
        self.pages.apply_theme(colours)
        self.real_power.setPen(pg.mkPen(colours.real, width=1.5, style=Qt.PenStyle.DashLine))
        self.fake_power.setPen(pg.mkPen(colours.fake, width=1.5))
        self.finest.setPen(pg.mkPen(colours.hairline))
        self.share_bars.setBrush(pg.mkBrush(colours.fake))
        self.weights.setPen(pg.mkPen(colours.truth))

    @property
    def _series(self) -> Series:
        return self.series.get("likeness", _NOTHING)

    def _draw_shares(self, now: float) -> bool:
        shown = self.pictures.get("likeness")
        known = shown is not None and "shares" in shown.arrays
        self.bars.setVisible(known)
        if shown is None or "extractor" not in shown.arrays:
            return False
        told = self._told(shown)
        self.bars.setToolTip(told)
        self.time.setToolTip(told)
        if not known:
            return False
        shares, weights = (100.0 * shown.arrays[name].numpy().astype(np.float64) for name in ("shares", "weights"))
        self.share_bars.setData(*bar_outline(shares))
        self.weights.setData(*marks_over(weights))
        highest = max(1.35 * weights.max(), 1.08 * shares.max())
        _, top = self._range.follow(0.0, highest, now)
        self.bars.show_range(0.3, len(shares) + 0.7, 0.0, top)
        return not self._range.settled

    def _draw_spectrum(self) -> None:
        shown = self.pictures.get("likeness")
        if shown is None or "spectra" not in shown.arrays:
            return
        steps = shown.arrays["frequencies"].numpy()
        spectra = 10.0 * np.log10(np.maximum(shown.arrays["spectra"].numpy(), 1e-12))
        for item, power in zip((self.real_power, self.fake_power), spectra, strict=True):
            item.setData(steps, power)
        low, high = float(spectra[0].min()), float(spectra.max())
        self.spectrum.show_range(0.0, float(steps[-1]), min(low, max(float(spectra.min()), low - 20)) - 2, high + 2)

    def _told(self, shown: Picture) -> str:
        read = shown.numbers
        name = shown.arrays["extractor"].numpy().astype(np.uint8).tobytes().decode("utf-8", "replace")
        text = self.tr(
            "In the terms of {extractor}: the Fréchet distance is {fid}, and as many training images score {floor}; "
            "precision {precision}, recall {recall}, density {density}, coverage {coverage} among held-out images. A "
            "generated image is nearer to the training set than a held-out one in {nearer} of all pairs; half of them "
            "where nothing is copied. Sharpness, the variance of the Laplacian, is {sharpness} beside {real} of "
            "held-out images: blur has less of it, noise more. For numbers that compare with those in papers, write "
            "ganlab evaluate --inception."
        )
        shares = {key: percent(read[key]) for key in ("precision", "recall", "coverage", "nearer")}
        floor, density = fixed(read["fid_floor"], 1), fixed(read["density"])
        sharp, real = fixed(read["sharpness"]), fixed(read["sharpness_real"])
        told = {"floor": floor, "density": density, "sharpness": sharp, "real": real, **shares}
        return text.format(extractor=name, fid=fixed(read["fid"], 1), **told)


_NOTHING = Series()
