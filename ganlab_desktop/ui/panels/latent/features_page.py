"""Held-out real and generated images in the terms of a classifier of the data."""

from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.canvas.layers import Generated, Points
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.latent.page import LatentPage
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.text import fixed, percent
from ganlab_desktop.wire.messages import Picture

_OUTER = 0.5  # percent of the real images left out of the range at either end
_MARGIN = 0.25  # of their range


class FeaturesPage(LatentPage):
    """Both as points, on the first two principal components of the real ones' features."""

    study: ClassVar[str] = "likeness"
    explanation: ClassVar[str] = QT_TRANSLATE_NOOP(
        "FeaturesPage", "held-out and generated images in the terms of a classifier of the data"
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = Plot(self)
        self.plot.setAccessibleName(self.tr("Features of real and generated images"))
        self.plot.show_values(left=False, bottom=False)
        self.real, self.fake = Points(self.plot), Generated(self.plot)
        self.waiting = QLabel(self.tr("A classifier of the data is trained first, once. Features appear here."), self)
        self.waiting.setObjectName("secondary")
        self.waiting.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.waiting)
        self._stack.addWidget(self.plot)

    def show_picture(self, picture: Picture, now: float, *, playing: bool) -> bool:
        if "real_points" not in picture.arrays:
            return False
        self._stack.setCurrentWidget(self.plot)
        real, fake = (picture.arrays[name].numpy() for name in ("real_points", "fake_points"))
        self.real.show_samples(real, None)
        self.fake.show_samples(fake, None)
        low, high = np.percentile(real.astype(np.float64), (_OUTER, 100.0 - _OUTER), axis=0)
        margin = _MARGIN * (high - low)  # the real ones stay where they are, and so does the range
        (left, bottom), (right, top) = (low - margin).tolist(), (high + margin).tolist()
        self.plot.show_range(left, right, bottom, top)
        name = picture.arrays["extractor"].numpy().astype(np.uint8).tobytes().decode("utf-8", "replace")
        told = self.tr(
            "Features of {extractor}, on the two principal components of those of the held-out images. Where orange "
            "misses blue, such images are not made; orange beside all blue is unlike any of the data. Near each other "
            "in two dimensions does not mean near in all."
        )
        self.plot.setToolTip(f"<p>{told.format(extractor=name)}</p>")
        return False

    def numbers(self, picture: Picture) -> tuple[Number, ...]:
        if "real_points" not in picture.arrays:
            return ()
        read = picture.numbers
        return (
            Number(self.tr("variance"), percent(read["explained"]), "real"),
            Number(self.tr("FD"), fixed(read["fid"], 1), "fake"),
        )

    def clear(self) -> None:
        super().clear()
        self.real.clear()
        self.fake.clear()
        self._stack.setCurrentWidget(self.waiting)

    def apply_theme(self, colours: Colours) -> None:
        super().apply_theme(colours)
        self.plot.apply_theme(colours)
        for layer in (self.real, self.fake):
            layer.apply_theme(colours)
        real = f'<span style="color: {colours.real}">{self.tr("real")}</span>'
        fake = f'<span style="color: {colours.fake}">{self.tr("generated")}</span>'
        self.plot.set_caption(self.tr("{real} and {fake}").format(real=real, fake=fake))
