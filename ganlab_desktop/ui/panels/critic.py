"""How steep the discriminator or critic is, and where."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.pictures import BRIGHT, slope_one_is_marked
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.bars import step_curve
from ganlab_desktop.ui.plots.colour_bar import ColourBar
from ganlab_desktop.ui.plots.fields import box_of, quiver
from ganlab_desktop.ui.plots.image import SmoothImage
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.steady import SteadyRange, SteadyValue
from ganlab_desktop.ui.plots.tables import cividis
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import Series
from ganlab_desktop.ui.theme import mix
from ganlab_desktop.wire.messages import Picture, Scene

_LABELS = ("real", "fake", "between")
_SLOPES = "critic_slopes"  # of images
_OF_POINTS: tuple[str, ...] = ("critic_field", "lipschitz")
_LEAST = 1.15  # up to where the distribution is shown at least, so that the line at 1 is in sight


class CriticField(Panel):
    """The gradient's norm as a heat map with its direction, and its distribution where it is measured or penalised.
    Images have no plane to draw a map of: in its place stand the mean norms over time.

    The dashed line at 1 is the norm of the optimal Wasserstein critic between the distributions (Gulrajani et al.
    2017, proposition 1), and where some penalties hold it; there is none for other games.
    """

    of_discriminator = True
    name = "critic_field"
    export = "critic-field"
    title = QT_TRANSLATE_NOOP("CriticField", "Critic field")
    explanation = QT_TRANSLATE_NOOP("CriticField", "norm and direction of the gradient of D")
    probes = _OF_POINTS
    curves = (_SLOPES,)
    cursor_moved = Signal(int)  # the step under the mouse; -1 where it is elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = Plot(self.picture, equal=True, grid=False)
        self.map.setAccessibleName(self.tr("Gradient norm over the plane"))
        self.image = SmoothImage()
        self.image.set_table(cividis())
        self.field = pg.PlotCurveItem(connect="pairs", antialias=True, pen=pg.mkPen("#101318"))
        self.curve = pg.PlotCurveItem(connect="finite", antialias=True)  # the norm over x, for 1-D data
        self.map.add(self.image, self.field, self.curve)
        self.bar = ColourBar(self.tr("norm"), 48, self.picture)
        self.bar.set_table(cividis())
        self.histogram = Plot(self.picture)
        self.histogram.setAccessibleName(self.tr("Distribution of the gradient norm"))
        self.histogram.show_values(left=False, bottom=True)
        self.outlines = {name: step_curve() for name in _LABELS}
        self.one = pg.InfiniteLine(1.0, angle=90, movable=False)
        self.histogram.add(*self.outlines.values(), self.one)
        over_plane = QWidget(self.picture)
        left = QVBoxLayout(over_plane)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.map, 1)
        left.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        self.time = TimePlot(self.picture)
        self.time.setAccessibleName(self.tr("Mean gradient norm over time"))
        self.time.add_curve("real", self.tr("real"), "real", averaged=False)
        self.time.add_curve("fake", self.tr("generated"), "fake", averaged=False)
        self.time.add_curve("between", self.tr("between"), "secondary", averaged=False)
        self.time.cursor_moved.connect(self.cursor_moved)
        self._views = QStackedLayout()
        self._views.addWidget(over_plane)
        self._views.addWidget(self.time)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addLayout(self._views, 1)
        row.addWidget(self.histogram, 1)
        self.content.addLayout(row)
        self._top = SteadyValue()
        self._norms, self._density = SteadyRange(margin=0.0), SteadyRange(margin=0.06)
        self._curve_range = SteadyRange()
        self.apply_theme(DARK)

    def empty_text(self) -> str:
        return self.tr("The gradient of the discriminator appears here, moments after training starts.")

    def filled(self) -> bool:
        return self.probes[0] in self.pictures or (self._of_images and self._series.count > 0)

    def set_cursor(self, step: int) -> None:
        """Put the cursor on a step; -1 hides it."""
        self.time.set_cursor(step)

    def past(self, scene: Scene) -> int:
        return scene.data_since

    def show_scene(self, scene: Scene) -> None:
        bounds = (
            self.tr("L has no upper bound: {reason}.").format(reason=scene.no_bound)
            if scene.no_bound
            else self.tr("L is at most the product of the norms of D's layers.")
        )
        slope = self.tr("The Lipschitz constant L of D is at least the largest norm found anywhere.")
        self.probes = _OF_POINTS if scene.image is None else (_SLOPES,)
        self._views.setCurrentIndex(int(self._of_images))
        of_images = self.tr("norm of the gradient of D by the pixels, at images")
        self.header.set_explanation(of_images if self._of_images else self.tr(self.explanation), f"{slope} {bounds}")
        self.one.setVisible(slope_one_is_marked(from_toml(scene.experiment)))
        for plot in (self.map, self.time):
            plot.setToolTip(f"<p>{slope} {bounds}</p>")
        plane = scene.dim > 1
        self.image.setVisible(plane)
        self.field.setVisible(plane)
        self.curve.setVisible(not plane)
        self.bar.setVisible(plane)
        self.map.view.setAspectLocked(plane)
        self.map.show_values(left=not plane, bottom=not plane)
        self._tell_bounds(scene)

    def draw_picture(self, scene: Scene, now: float) -> bool:
        self._tell_bounds(scene)
        gliding = False
        picture = self.pictures.get(self.probes[0])
        if self._of_images:
            self.time.beside = self.beside(_SLOPES)
            gliding = self.time.draw(self._series, now)
        elif picture is not None and scene.dim > 1:
            self._draw_map(picture, now)
        elif picture is not None:
            gliding = self._draw_curve(picture, now)
        return (picture is not None and self._draw_histogram(picture, now)) or gliding

    def numbers(self) -> tuple[Number, ...]:
        picture = self.pictures.get(self.probes[0])
        read = {} if picture is None else picture.numbers
        return (
            Number(self.tr("mean"), fixed(read.get("mean", math.nan)), "discriminator"),
            Number(self.tr("max"), fixed(read.get("max", math.nan)), "discriminator"),
        )

    def forget(self) -> None:
        self.image.clear()
        self.time.clear()
        for curve in (self.field, self.curve):
            curve.setData([], [])
        for outline in self.outlines.values():
            outline.setData([0.0, 1.0], [0.0])
        for steady in (self._top, self._norms, self._density, self._curve_range):
            steady.clear()

    def paint_theme(self, colours: Colours) -> None:
        self.map.apply_theme(colours)
        self.time.apply_theme(colours)
        self.histogram.apply_theme(colours)
        self.bar.apply_theme(colours)
        self.curve.setPen(pg.mkPen(colours.discriminator))
        inks = {"real": colours.real, "fake": colours.fake, "between": colours.secondary}
        for name, outline in self.outlines.items():
            outline.setPen(pg.mkPen(inks[name]))
        words = {"real": self.tr("real"), "fake": self.tr("generated"), "between": self.tr("between")}
        self.histogram.set_caption(
            " ".join(f'<span style="color: {inks[name]}">{words[name]}</span>' for name in _LABELS)
        )
        self.outlines["real"].setFillLevel(0.0)
        self.outlines["real"].setBrush(pg.mkBrush(mix(colours.real, colours.panel, 0.25)))
        self.one.setPen(pg.mkPen(colours.truth, style=Qt.PenStyle.DashLine))

    @property
    def _of_images(self) -> bool:
        return self.scene is not None and self.scene.image is not None

    @property
    def _series(self) -> Series:
        return self.series.get(_SLOPES, _NOTHING)

    def _tell_bounds(self, scene: Scene) -> None:
        """Between which bounds the Lipschitz constant lies, over what is drawn."""
        words = ["|∇D|"] if self._of_images else [] if scene.dim > 1 else [self.tr("norm over x")]
        bracket = self.pictures.get(self.probes[-1])
        if bracket is not None and not scene.no_bound and math.isfinite(bracket.numbers["upper"]):
            lower = bracket.numbers["max" if self._of_images else "lower"]
            told = self.tr("{lower} ≤ L ≤ {upper}")
            words.append(told.format(lower=fixed(lower), upper=fixed(bracket.numbers["upper"])))
        plot = self.time if self._of_images else self.map
        plot.set_caption(", ".join(words) or " ")  # its room is kept, so that the map does not move when words come

    def _draw_map(self, picture: Picture, now: float) -> None:
        norm = picture.arrays["norm"].numpy()
        box = box_of(picture)
        finite = norm[np.isfinite(norm)]
        bright = float(np.percentile(finite, BRIGHT)) if finite.size else math.nan
        top = max(self._top.follow(bright, now), 1e-12)
        self.image.set_values(norm, box, (0.0, top))
        self.bar.set_values(self.tr("norm"), "0", fixed(top))
        if "quiver" in picture.arrays:
            self.field.setData(*quiver(picture.arrays["quiver"].numpy(), box, top))
        self.map.show_range(*box)

    def _draw_curve(self, picture: Picture, now: float) -> bool:
        norm = picture.arrays["norm"].numpy().ravel()
        left, right, *_ = box_of(picture)
        self.curve.setData(np.linspace(left, right, len(norm)), norm)
        _, top = self._curve_range.follow(0.0, _largest(norm), now)
        self.map.show_range(left, right, 0.0, top)
        return not self._curve_range.settled

    def _draw_histogram(self, picture: Picture, now: float) -> bool:
        arrays = picture.arrays
        if "edges" not in arrays:
            return False
        edges = arrays["edges"].numpy()
        highest = math.nan
        for name, outline in self.outlines.items():
            outline.setVisible(name in arrays)
            if name in arrays:
                density = np.nan_to_num(arrays[name].numpy())
                outline.setData(edges, density)
                highest = np.fmax(highest, _largest(density))
        least = _LEAST if self.one.isVisible() or not self._of_images else 0.0
        _, right = self._norms.follow(0.0, max(least, _largest(edges)), now)
        _, top = self._density.follow(0.0, highest, now)
        self.histogram.show_range(-0.01 * right, right, 0.0, top)
        return not (self._norms.settled and self._density.settled)


def _largest(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.max()) if finite.size else math.nan


_NOTHING = Series()
