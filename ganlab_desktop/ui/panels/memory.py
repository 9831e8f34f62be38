"""What discriminators of all times make of the generators of all times."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.colour_bar import ColourBar
from ganlab_desktop.ui.plots.image import SmoothImage
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.tables import diverging
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.wire.messages import Scene

_CELLS = 240  # along each side
_MARGIN = 0.04  # of a side, so that the last tick's label has room
_LEAST = 0.05  # of the colours' reach


class Memory(Panel):
    """The cross-time matrix D_t(G_s): discriminators from the bottom up, generators from left to right."""

    of_discriminator = True
    name = "memory"
    title = QT_TRANSLATE_NOOP("Memory", "Memory")
    explanation = QT_TRANSLATE_NOOP("Memory", "what D of each step makes of G of each step")
    probes = ("memory",)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = Plot(self.picture, counting=True, grid=False)
        self.map.setAccessibleName(self.tr("Cross-time matrix"))
        self.map.setToolTip(
            self.tr(
                "The mean output of D of one step (upwards) on samples of G of another step (to the right), over up to "
                "16 states of this run. Left of the diagonal stand the generators that a D has met. If they stay dark "
                "orange, D remembers them; if a row fades to blue to the left, it forgets; stripes along the diagonal "
                "are a cycle. States are remembered while the window is open; an opened run begins anew."
            )
        )
        self.image = SmoothImage(cells=True)
        self.map.add(self.image)
        self.map.hovered.connect(self._hover)
        self.map.left.connect(self._leave)
        self.bar = ColourBar("", 72, self.picture)
        self.content.addWidget(self.map, 1)
        self.content.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        self.matrix: NDArray[np.float32] = np.empty((0, 0), np.float32)
        self.steps: NDArray[np.int64] = np.empty(0, np.int64)
        self.apply_theme(DARK)

    def empty_text(self) -> str:
        if "memory" in self.pictures:
            return self.tr(
                "Of the steps up to the one that is shown fewer than two states are remembered: the matrix begins with "
                "the second."
            )
        return self.tr("Discriminators and generators of earlier steps meet here, some seconds after training starts.")

    def filled(self) -> bool:
        return "memory" in self.pictures and len(self.pictures["memory"].arrays["steps"].numpy()) > 1

    def show_scene(self, scene: Scene) -> None:
        self._leave()

    def draw_picture(self, scene: Scene, now: float) -> bool:
        picture = self.pictures["memory"]
        self.matrix = picture.arrays["matrix"].numpy().astype(np.float32)
        self.steps = picture.arrays["steps"].numpy().astype(np.int64)
        neutral = picture.numbers.get("neutral", 0.0)
        finite = self.matrix[np.isfinite(self.matrix)]
        reach = max(float(np.abs(finite - neutral).max(initial=0.0)), _LEAST)
        edges = (self.steps[1:] + self.steps[:-1]) / 2
        low, high = 2.0 * self.steps[0] - edges[0], 2.0 * self.steps[-1] - edges[-1]
        middles = low + (np.arange(_CELLS) + 0.5) * (high - low) / _CELLS
        nearest = np.searchsorted(edges, middles)
        box = (low, high, low, high)
        self.image.set_values(self.matrix[np.ix_(nearest, nearest)], box, (neutral - reach, neutral + reach))
        margin = _MARGIN * (high - low)
        self.map.show_range(low - margin, high + margin, low - margin, high + margin)
        self.bar.set_values(self._output(scene), fixed(neutral - reach), fixed(neutral + reach))
        return False

    def numbers(self) -> tuple[Number, ...]:
        return (Number(self.tr("states"), fixed(float(len(self.steps)), 0)),)

    def forget(self) -> None:
        self.matrix, self.steps = np.empty((0, 0), np.float32), np.empty(0, np.int64)
        self.image.clear()

    def paint_theme(self, colours: Colours) -> None:
        self.map.apply_theme(colours)
        self.bar.apply_theme(colours)
        self.bar.set_table(diverging(colours))
        self.image.set_table(diverging(colours))

    def _output(self, scene: Scene) -> str:
        """What the colours mean; of a critic only differences do."""
        return self.tr("D(G(z))") if scene.neutral is not None else self.tr("D(G(z)) − D(x)")

    def _hover(self, x: float, y: float) -> None:
        if not len(self.steps) or self.scene is None:
            return
        s, t = (int(np.abs(self.steps - place).argmin()) for place in (x, y))
        told = self.tr("D of step {t} on G of step {s}: {output} = {value}")
        value = fixed(float(self.matrix[t, s]), 3)
        self.map.set_caption(
            told.format(t=f"{self.steps[t]:,}", s=f"{self.steps[s]:,}", output=self._output(self.scene), value=value)
        )

    def _leave(self) -> None:
        self.map.set_caption(self.tr("D of a step (up) on G of a step (right)"))
