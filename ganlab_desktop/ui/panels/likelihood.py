"""How likely held-out samples are under a variational autoencoder, beside what it makes of them."""

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.latent.image_grid import ImageGrid
from ganlab_desktop.ui.panels.pages import Page, Pages
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import Series
from ganlab_desktop.ui.theme import mix
from ganlab_desktop.wire.messages import Picture, Scene

_COLUMNS = 8  # images in a row
_MARGIN = 0.02  # of the scene's box, on each side


class Likelihood(Panel):
    """Two lower bounds of the log likelihood over time; on another page held-out images, each over what is decoded of
    its latent, or points with the way to that."""

    name = "likelihood"
    title = QT_TRANSLATE_NOOP("Likelihood", "Likelihood")
    explanation = QT_TRANSLATE_NOOP(
        "Likelihood", "of held-out samples, from below, and what is decoded of their latents"
    )
    probes = ("likelihood",)
    curves = ("likelihood",)
    rest = 0.0
    cursor_moved = Signal(int)  # the step under the mouse; -1 where it is elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.time = TimePlot(self.picture)
        self.time.setAccessibleName(self.tr("Bounds of the log likelihood over time"))
        self.time.set_caption(self.tr("log p(x), nats per sample"))
        self.time.add_curve("elbo", self.tr("ELBO"), "discriminator", averaged=False)
        self.time.add_curve("iwae", self.tr("IWAE"), "fake", averaged=False)
        self.time.add_curve("log_density", self.tr("data"), "truth", averaged=False, dashed=True)
        self.time.cursor_moved.connect(self.cursor_moved)
        self.images = ImageGrid(self.tr("Held-out images and what is decoded of them appear here."), self.picture)
        self.images.setAccessibleName(self.tr("Held-out images, each over what is decoded of its latent"))
        self.images.tell = self._tell
        self.points = Plot(self.picture, equal=True)
        self.points.setAccessibleName(self.tr("Held-out points, and the way to what is decoded of their latents"))
        self.points.set_caption(self.tr("held-out points, and what is decoded"))
        self.ways = pg.PlotCurveItem(connect="pairs")
        self.real, self.made = (pg.ScatterPlotItem(size=5, pen=None, symbol=mark) for mark in ("o", "d"))
        self.points.add(self.ways, self.real, self.made)
        self.samples = QStackedWidget(self.picture)
        self.samples.addWidget(self.images)
        self.samples.addWidget(self.points)
        self.pages = Pages(
            (
                Page(self.tr("Bounds"), self.tr("Lower bounds of the log likelihood of held-out samples"), self.time),
                Page(
                    self.tr("Decoded"), self.tr("Held-out samples and what is decoded of their latents"), self.samples
                ),
            ),
            self.picture,
        )
        self.pages.turned.connect(self.draw)
        self.content.addWidget(self.pages)
        self.apply_theme(DARK)

    def empty_text(self) -> str:
        if self.scene is not None and self.scene.output != "none":
            return self.tr(
                "A GAN makes samples without telling how likely any is. The objective Variational autoencoder does, "
                "and its bounds appear here."
            )
        return self.tr("How likely held-out samples are appears here, moments after training starts.")

    def filled(self) -> bool:
        return super().filled() or self._series.count > 0

    def set_cursor(self, step: int) -> None:
        """Put the cursor on a step; -1 hides it."""
        self.time.set_cursor(step)

    def past(self, scene: Scene) -> int:
        return scene.data_since

    def show_scene(self, scene: Scene) -> None:
        self.samples.setCurrentWidget(self.points if scene.image is None else self.images)
        left, right, bottom, top = scene.box
        across, up = _MARGIN * (right - left), _MARGIN * (top - bottom)
        self.points.show_range(left - across, right + across, bottom - up, top + up)

    def draw_picture(self, scene: Scene, now: float) -> bool:
        shown = self.pictures.get("likelihood")
        if shown is not None and "original" in shown.arrays:
            self._draw_samples(shown)
        if shown is not None and "elbo" in shown.numbers:
            self.time.setToolTip(self._told(shown, scene))
        if self.pages.shown is not self.time:
            return False
        self.time.beside = self.beside("likelihood")
        return self.time.draw(self._series, now)

    def numbers(self) -> tuple[Number, ...]:
        shown = self.pictures.get("likelihood")
        if shown is None or "elbo" not in shown.numbers:
            return ()
        read = shown.numbers
        known = math.isfinite(read["log_density"])
        return (
            Number("ELBO", fixed(read["elbo"]), "discriminator"),
            Number("IWAE", fixed(read["iwae"]), "fake"),
            *([Number(self.tr("data"), fixed(read["log_density"]), "truth")] if known else []),
            Number("KL", fixed(read["divergence"], 1)),
            Number("s", fixed(read["noise_std"], 3)),
        )

    def forget(self) -> None:
        self.time.clear()
        self.images.clear()
        self.ways.setData([], [])
        self.real.setData([], [])
        self.made.setData([], [])

    def paint_theme(self, colours: Colours) -> None:
        self.time.apply_theme(colours)
        self.images.apply_theme(colours)
        self.points.apply_theme(colours)
        self.pages.apply_theme(colours)
        self.ways.setPen(pg.mkPen(mix(colours.text, colours.panel, 0.35)))
        self.real.setBrush(pg.mkBrush(colours.real))
        self.made.setBrush(pg.mkBrush(colours.fake))

    @property
    def _series(self) -> Series:
        return self.series.get("likelihood", _NOTHING)

    def _draw_samples(self, shown: Picture) -> None:
        original, decoded = (shown.arrays[name].numpy() for name in ("original", "decoded"))
        if original.ndim == 2:
            ends = np.stack([_in_plane(points.astype(np.float64)) for points in (original, decoded)], axis=1)
            self.ways.setData(*ends.reshape(-1, 2).T)
            self.real.setData(*ends[:, 0].T)
            self.made.setData(*ends[:, 1].T)
            return
        rows = [part for k in range(0, len(original), _COLUMNS) for part in (original[k:], decoded[k:])]
        names = [self.tr("real"), self.tr("decoded")] * (len(rows) // 2)
        self.images.show_images([image for row in rows for image in row[:_COLUMNS]], _COLUMNS, {}, names)

    def _tell(self, number: int) -> str:
        decoded = number // _COLUMNS % 2
        return self.tr("what is decoded of the latent of the image above") if decoded else self.tr("a held-out image")

    def _told(self, shown: Picture, scene: Scene) -> str:
        read = {name: fixed(value) for name, value in shown.numbers.items()}
        per_number = fixed(shown.numbers["elbo"] / scene.dim, 3)
        text = self.tr(
            "Of held-out samples, in nats per sample of {dim} numbers: the bound that training raises, ELBO = "
            "reconstruction {reconstruction} − KL {divergence} = {elbo} ({per_number} a number), and the tighter one "
            "of several latents, IWAE {iwae}, which tends to log p(x) with their number. Densities may exceed 1, "
            "so that these may exceed 0. p(x|z) is normal about what is decoded, with standard deviation s = "
            "{noise_std}; the samples that are shown are without that noise."
        )
        best = self.tr(" Under the density of the data themselves they would have {log_density}.")
        known = math.isfinite(shown.numbers["log_density"])
        return (text + best if known else text).format(dim=scene.dim, per_number=per_number, **read)


def _in_plane(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (N, dim) in the plane: those on the line lie on its axis."""
    return points if points.shape[1] > 1 else np.column_stack((points, np.zeros(len(points))))


_NOTHING = Series()
