"""The layers of the canvas over the plane: one class each, all with the same few methods."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from ganlab_desktop.experiment.pictures import TIERS
from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.canvas.scale import SurfaceScale
from ganlab_desktop.ui.plots.contours import contour
from ganlab_desktop.ui.plots.fields import box_of, quiver
from ganlab_desktop.ui.plots.image import SmoothImage
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.steady import SteadyValue
from ganlab_desktop.ui.plots.strokes import arrows, ellipses, net
from ganlab_desktop.ui.plots.tables import diverging
from ganlab_desktop.ui.theme import mix
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Picture, Scene

RATIO_LEVELS = (-5.0, 5.0)  # of log p/q: the best D is 0.007 and 0.993 there
_FARTHEST = 4.0  # widths of the colours' range from its middle up to which the best D is told apart
MOST_POINTS = 1000  # points of a kind that the canvas draws; more hide the surface and cost time


class Layer:
    """Items in a plot that show one picture, or what the scene holds."""

    def __init__(self, plot: Plot) -> None:
        self.items: list[pg.GraphicsObject] = []
        self._plot = plot

    def _add(self, item: pg.GraphicsObject, z: float) -> None:
        item.setZValue(z)
        self._plot.add(item)
        self.items.append(item)

    def set_visible(self, visible: bool) -> None:
        for item in self.items:
            item.setVisible(visible)

    def set_opacity(self, opacity: float) -> None:
        for item in self.items:
            item.setOpacity(opacity)

    def set_scene(self, scene: Scene) -> None:
        """Show what the scene holds."""

    def show_class(self, label: int) -> None:
        """Let the samples of this class stand out, where samples have classes."""

    def draw(self, picture: Picture, now: float) -> None:
        """Show a new picture at a time in seconds."""

    def clear(self) -> None:
        """Show nothing."""

    def apply_theme(self, colours: Colours) -> None:
        """Take on these colours."""


class Surface(Layer):
    """D(x), or the critic's score: fake, neutral, real."""

    array = "values"

    def __init__(self, plot: Plot, scale: SurfaceScale) -> None:
        super().__init__(plot)
        self.image = SmoothImage()
        self._scale = scale
        self._add(self.image, -100)

    def draw(self, picture: Picture, now: float) -> None:
        self.image.set_values(picture.arrays["values"].numpy(), box_of(picture), self._scale.range)

    @property
    def levels(self) -> tuple[float, float]:
        """The values at the first and the last colour."""
        return self._scale.range

    def clear(self) -> None:
        self.image.clear()

    def apply_theme(self, colours: Colours) -> None:
        self.image.set_table(self._scale.table(colours))


class Optimal(Layer):
    """The best D against the generator at hand; neutral where neither side has mass, at the colours' end where it is
    infinite. A probability takes all of its range, which the D at hand may use little of; a critic's potential has the
    surface's colours."""

    array = "optimal"
    _probability = True

    def __init__(self, plot: Plot, scale: SurfaceScale) -> None:
        super().__init__(plot)
        self.image = SmoothImage()
        self._scale = scale
        self._add(self.image, -90)

    def draw(self, picture: Picture, now: float) -> None:
        if self.array not in picture.arrays:
            self.image.clear()
            return
        values, levels = picture.arrays[self.array].numpy(), self._levels()
        (low, high), middle = levels, sum(levels) / 2
        reach = _FARTHEST * (high - low)  # an infinite optimum takes the end of the colours, as all beyond them does
        known = np.clip(np.where(np.isnan(values), middle, values), middle - reach, middle + reach)
        self.image.set_values(self._shown(known.astype(np.float32)), box_of(picture), levels)

    def clear(self) -> None:
        self.image.clear()

    def apply_theme(self, colours: Colours) -> None:
        self.image.set_table(self._scale.table(colours))

    @property
    def levels(self) -> tuple[float, float]:
        """The values at the first and the last colour."""
        return self._levels()

    def set_scene(self, scene: Scene) -> None:
        self._probability = scene.output == "probability"

    def _levels(self) -> tuple[float, float]:
        return (0.0, 1.0) if self._probability else self._scale.range

    def _shown(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        return values


class Difference(Optimal):
    """D minus the best D: orange where D says fake too readily, blue where real, neutral where it is right."""

    array = "difference"

    def _levels(self) -> tuple[float, float]:
        low, high = super()._levels()
        half = (high - low) / 2
        return -half, half


class Ratio(Optimal):
    """log p/q: orange where the generator puts too much, blue where too little, neutral where both put as much."""

    array = "ratio"

    def apply_theme(self, colours: Colours) -> None:
        self.image.set_table(diverging(colours))

    def _levels(self) -> tuple[float, float]:
        return RATIO_LEVELS

    def _shown(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.clip(values, *RATIO_LEVELS)  # the spline would ring where the ratio falls from hundreds to unknown


class Plan(Layer):
    """Which generated sample goes to which real one where the whole way is shortest."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self.segments = pg.PlotCurveItem(connect="pairs", antialias=True)
        self._add(self.segments, 4)

    def draw(self, picture: Picture, now: float) -> None:
        ends = [picture.arrays[name].numpy().astype(np.float64) for name in ("start", "end")]
        self.segments.setData(*np.stack(ends, axis=1).reshape(-1, 2).T)

    def clear(self) -> None:
        self.segments.setData([], [])

    def apply_theme(self, colours: Colours) -> None:
        self.segments.setPen(pg.mkPen(mix(colours.truth, colours.panel, 0.8)))


class Contours(Layer):
    """Lines at the middle of the range of what fills the plane and, fainter, at its quartiles."""

    def __init__(self, plot: Plot, filling: Surface | Optimal) -> None:
        super().__init__(plot)
        self._filling = filling
        self.middle = pg.PlotCurveItem(connect="pairs", antialias=True)
        self.quartiles = pg.PlotCurveItem(connect="pairs", antialias=True)
        self._add(self.quartiles, 1)
        self._add(self.middle, 2)

    def follow(self, filling: Surface | Optimal) -> None:
        """Draw the lines of this layer from now on."""
        self._filling = filling
        self.clear()

    def draw(self, picture: Picture, now: float) -> None:
        if self._filling.array not in picture.arrays:
            self.clear()
            return
        values, box = picture.arrays[self._filling.array].numpy(), box_of(picture)
        low, high = self._filling.levels
        lower = contour(values, 0.75 * low + 0.25 * high, box)
        upper = contour(values, 0.25 * low + 0.75 * high, box)
        self.middle.setData(*contour(values, 0.5 * (low + high), box))
        self.quartiles.setData(np.concatenate([lower[0], upper[0]]), np.concatenate([lower[1], upper[1]]))

    def clear(self) -> None:
        self.middle.setData([], [])
        self.quartiles.setData([], [])

    def apply_theme(self, colours: Colours) -> None:
        self.middle.setPen(pg.mkPen(mix(colours.text, colours.panel, 0.75)))
        self.quartiles.setPen(pg.mkPen(mix(colours.text, colours.panel, 0.35)))


class Modes(Layer):
    """Where the data's modes are: dashed lines at three standard deviations."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self.rings = pg.PlotCurveItem(connect="pairs", antialias=True)
        self._add(self.rings, 3)

    def set_scene(self, scene: Scene) -> None:
        if scene.modes is None or scene.dim < 2:
            self.rings.setData([], [])
            return
        centres, covariances = scene.modes.centres.numpy(), scene.modes.covariances.numpy()
        self.rings.setData(*ellipses(centres[:, :2], covariances[:, :2, :2]))

    def apply_theme(self, colours: Colours) -> None:
        self.rings.setPen(pg.mkPen(mix(colours.text, colours.panel, 0.7)))


class Manifold(Layer):
    """The image of a regular latent grid: where the generator stretches it, there is little mass, so it fades."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self.tiers = [pg.PlotCurveItem(connect="pairs", antialias=True) for _ in TIERS]
        for tier in self.tiers:
            tier.setSegmentedLineMode("on")  # a path that crosses itself a thousand times is slow
            self._add(tier, 4)

    def draw(self, picture: Picture, now: float) -> None:
        if "grid" not in picture.arrays:
            self.clear()
            return
        (x, y), length = net(picture.arrays["grid"].numpy())
        unit = float(np.median(length)) if len(length) else 0.0
        longest = 0.0
        for tier, (limit, _) in zip(self.tiers, TIERS, strict=True):
            chosen = np.repeat((length >= longest) & (length < limit * unit), 2) if unit else np.zeros(len(x), bool)
            tier.setData(x[chosen], y[chosen])
            longest = limit * unit

    def clear(self) -> None:
        for tier in self.tiers:
            tier.setData([], [])

    def apply_theme(self, colours: Colours) -> None:
        for tier, (_, share) in zip(self.tiers, TIERS, strict=True):
            tier.setPen(pg.mkPen(mix(colours.fake, colours.panel, share)))


class Points(Layer):
    """Samples; of a conditional game those of the class shown stand out."""

    symbol, size, z, colour = "o", 5, 5, "real"

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self.others, self.points = (
            pg.ScatterPlotItem(size=self.size, pen=None, symbol=self.symbol, pxMode=True) for _ in range(2)
        )
        self._add(self.others, self.z)
        self._add(self.points, self.z)
        self._samples: NDArray[np.generic] = np.empty((0, 2))
        self._labels: NDArray[np.generic] | None = None
        self._label = 0

    def show_class(self, label: int) -> None:
        self._label = label
        self._show()

    def show_samples(self, samples: NDArray[np.generic], labels: Array | None) -> None:
        """Show samples (N, dim) and their classes (N,), where they have any; nothing on the line."""
        self._samples, self._labels = samples, None if labels is None else labels.numpy()
        self._show()

    def clear(self) -> None:
        self.show_samples(np.empty((0, 2)), None)

    def apply_theme(self, colours: Colours) -> None:
        ink = getattr(colours, self.colour)
        self.points.setBrush(pg.mkBrush(ink))
        self.others.setBrush(pg.mkBrush(mix(ink, colours.panel, 0.4)))

    def _show(self) -> None:
        every = -(-len(self._samples) // MOST_POINTS) or 1  # evenly taken, so that the same ones stay in view
        samples = self._samples[::every]
        chosen = np.ones(len(samples), bool) if self._labels is None else self._labels[::every] == self._label
        self.points.setData(*_drawable(samples[chosen]).T)
        self.others.setData(*_drawable(samples[~chosen]).T)


class Real(Points):
    """Samples of the data: round."""

    def set_scene(self, scene: Scene) -> None:
        self.show_samples(scene.real.numpy(), scene.real_labels)

    def clear(self) -> None:
        """They belong to the scene."""


class Field(Layer):
    """The gradient of D or of the critic on a regular grid."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._full = SteadyValue()
        self.vectors = pg.PlotCurveItem(connect="pairs", antialias=True)
        self._add(self.vectors, 6)

    def draw(self, picture: Picture, now: float) -> None:
        if "quiver" not in picture.arrays:
            self.clear()
            return
        vectors = picture.arrays["quiver"].numpy()
        norm = np.hypot(vectors[..., 0], vectors[..., 1]).ravel()
        full = self._full.follow(_percentile(norm, 95.0), now)
        self.vectors.setData(*quiver(vectors, box_of(picture), max(full, 1e-30)))

    def clear(self) -> None:
        self._full.clear()
        self.vectors.setData([], [])

    def apply_theme(self, colours: Colours) -> None:
        self.vectors.setPen(pg.mkPen(mix(colours.discriminator, colours.panel, 0.85)))


class Gradients(Layer):
    """The way the generator wants each of its samples to move."""

    _LENGTH = 0.06  # the 90th percentile's length as a share of the scene's width

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._typical = SteadyValue()
        self._width = 1.0
        self.arrows = pg.PlotCurveItem(connect="pairs", antialias=True)
        self._add(self.arrows, 7)

    def set_scene(self, scene: Scene) -> None:
        self._width = scene.box[1] - scene.box[0]

    def draw(self, picture: Picture, now: float) -> None:
        origin, direction = picture.arrays["origin"].numpy(), picture.arrays["direction"].numpy()
        norm = np.hypot(direction[:, 0], direction[:, 1])
        typical = max(self._typical.follow(_percentile(norm, 90.0), now), 1e-30)
        with np.errstate(over="ignore", invalid="ignore"):
            scale = self._LENGTH * self._width / np.maximum(typical, norm / 1.4)  # not much longer than that
            self.arrows.setData(*arrows(origin, direction * scale[:, None]))

    def clear(self) -> None:
        self._typical.clear()
        self.arrows.setData([], [])

    def apply_theme(self, colours: Colours) -> None:
        self.arrows.setPen(pg.mkPen(mix(colours.text, colours.panel, 0.85)))


class Generated(Points):
    """The generator's samples from fixed latents: diamonds."""

    symbol, size, z, colour = "d", 7, 8, "fake"

    def draw(self, picture: Picture, now: float) -> None:
        self.show_samples(picture.arrays["fake"].numpy(), picture.arrays.get("labels"))


def _drawable(points: NDArray[np.generic]) -> NDArray[np.float64]:
    """The finite ones (n, 2) of points (N, dim); none on the line."""
    if points.ndim != 2 or points.shape[1] < 2:
        return np.empty((0, 2))
    points = points[:, :2].astype(np.float64)
    return points[np.isfinite(points).all(axis=1)]


def _percentile(values: NDArray[np.generic], share: float) -> float:
    finite = values[np.isfinite(values)]
    return float(np.percentile(finite, share)) if finite.size else float("nan")
