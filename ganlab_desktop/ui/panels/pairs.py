"""How near generated images of held-out pairs come to their targets."""

from typing import ClassVar

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire.messages import Picture, Scene


class Pairs(Panel):
    """Structural similarity and peak signal-to-noise ratio over time, beside those of the images that are given."""

    name = "pairs"
    export = "samples"
    title = QT_TRANSLATE_NOOP("Pairs", "Pairs")
    explanation = QT_TRANSLATE_NOOP("Pairs", "likeness of generated images and targets, of held-out pairs")
    probes = ("pairs",)
    curves = ("pairs",)
    of_images: ClassVar[bool] = True
    cursor_moved = Signal(int)  # the step under the mouse; -1 where it is elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.similarity = self._plot("ssim", self.tr("SSIM"), self.tr("Structural similarity over time"))
        self.ratio = self._plot("psnr", self.tr("PSNR, dB"), self.tr("Peak signal-to-noise ratio over time"))
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.similarity, 1)
        row.addWidget(self.ratio, 1)
        self.content.addLayout(row)
        self.apply_theme(DARK)

    def _plot(self, measure: str, caption: str, name: str) -> TimePlot:
        plot = TimePlot(self.picture)
        plot.setAccessibleName(name)
        plot.set_caption(caption)
        plot.add_curve(measure, self.tr("generated"), "fake", averaged=False)
        plot.add_curve(f"{measure}_input", self.tr("input"), "truth", averaged=False, dashed=True)
        plot.cursor_moved.connect(self.cursor_moved)
        return plot

    def empty_text(self) -> str:
        if self.scene is not None and not from_toml(self.scene.experiment).translates:
            return self.tr("Here no image is made of another one. Paired data with a U-Net are compared here.")
        return self.tr("How near generated images come to their targets appears here.")

    def filled(self) -> bool:
        return super().filled() or self._series.count > 0

    def set_cursor(self, step: int) -> None:
        """Put the cursor on a step; -1 hides it."""
        for plot in (self.similarity, self.ratio):
            plot.set_cursor(step)

    def past(self, scene: Scene) -> int:
        return scene.data_since

    def draw_picture(self, scene: Scene, now: float) -> bool:
        gliding = False
        for plot in (self.similarity, self.ratio):
            plot.beside = self.beside("pairs")
            gliding |= plot.draw(self._series, now)
        shown = self.pictures.get("pairs")
        if shown is not None and "ssim" in shown.numbers:
            told = self._told(shown)
            self.similarity.setToolTip(told)
            self.ratio.setToolTip(told)
        return gliding

    def numbers(self) -> tuple[Number, ...]:
        shown = self.pictures.get("pairs")
        return numbers_of_pairs(shown) if shown is not None and "ssim" in shown.numbers else ()

    def forget(self) -> None:
        self.similarity.clear()
        self.ratio.clear()

    def paint_theme(self, colours: Colours) -> None:
        self.similarity.apply_theme(colours)
        self.ratio.apply_theme(colours)

    @property
    def _series(self) -> Series:
        return self.series.get("pairs", _NOTHING)

    def _told(self, shown: Picture) -> str:
        values = {name: fixed(value) for name, value in shown.numbers.items()}
        text = self.tr(
            "Of held-out pairs, generated images and targets: structural similarity {ssim}, peak signal-to-noise ratio "
            "{psnr} dB, mean difference of pixels from -1 to 1 {l1}. The inputs as they are score {ssim_input}, "
            "{psnr_input} dB and {l1_input}: whoever copies gets as far."
        )
        return text.format(**values)


def numbers_of_pairs(shown: Picture) -> tuple[Number, ...]:
    """The key numbers of what was measured of pairs, and of the inputs as they are."""
    read = shown.numbers
    of_input = QCoreApplication.translate("Pairs", "input")
    return (
        Number("SSIM", fixed(read["ssim"]), "fake"),
        Number(of_input, fixed(read["ssim_input"]), "truth"),
        Number("PSNR", fixed(read["psnr"], 1), "fake"),
        Number(of_input, fixed(read["psnr_input"], 1), "truth"),
    )


_NOTHING = Series()
