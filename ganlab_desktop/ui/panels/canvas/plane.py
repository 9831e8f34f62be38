"""The canvas for data in the plane: layers over one view of equal aspect."""

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.objectives import LeastSquares
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.canvas import layers
from ganlab_desktop.ui.panels.canvas.scale import SurfaceScale
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.wire.messages import Picture, Scene

_MARGIN = 0.02  # of the scene's box, on each side


class Plane(Plot):
    """Draws each layer's picture once, when it is new and the layer is on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, equal=True, zoom=(True, True), grid=False)
        self.scale = SurfaceScale()
        self.layers: dict[str, layers.Layer] = {
            "surface": layers.Surface(self, self.scale),
            "contours": layers.Contours(self, self.scale),
            "real": layers.Real(self),
            "generated": layers.Generated(self),
            "manifold": layers.Manifold(self),
            "gradients": layers.Gradients(self),
            "field": layers.Field(self),
            "modes": layers.Modes(self),
            "optimal": layers.Optimal(self, self.scale),
            "difference": layers.Difference(self, self.scale),
            "ratio": layers.Ratio(self, self.scale),
            "plan": layers.Plan(self),
        }
        self._drawn: dict[str, Picture] = {}
        self._scaled: Picture | None = None
        self._neutral: float | None = 0.5
        self._box = (-1.0, 1.0, -1.0, 1.0)
        self._colours = DARK
        self.fit_wanted.connect(self.fit)

    def set_scene(self, scene: Scene) -> None:
        self._neutral = scene.neutral
        objective = from_toml(scene.experiment).objective
        falling = isinstance(objective, LeastSquares) and objective.b < objective.a
        if falling != self.scale.falling:
            self.scale.falling = falling
            for layer in self.layers.values():
                layer.apply_theme(self._colours)
        for layer in self.layers.values():
            layer.set_scene(scene)
        if scene.box != self._box:
            self._box = scene.box
            self.fit()

    def show_class(self, label: int) -> None:
        """Let the samples of this class stand out, where samples have classes."""
        for layer in self.layers.values():
            layer.show_class(label)

    def fit(self) -> None:
        """Show the scene's box with a margin."""
        left, right, bottom, top = self._box
        across, up = _MARGIN * (right - left), _MARGIN * (top - bottom)
        self.show_range(left - across, right + across, bottom - up, top + up)

    def draw(self, pictures: Mapping[str, Picture], on: Mapping[str, bool], now: float) -> None:
        surface = pictures.get("surface")
        if surface is not None and surface is not self._scaled:
            self._scaled = surface
            self.scale.follow(surface.arrays["values"].numpy(), self._neutral, now)
        for spec in layers.LAYERS:
            picture = pictures.get(spec.picture)
            if on[spec.name] and picture is not None and picture is not self._drawn.get(spec.name):
                self._drawn[spec.name] = picture
                self.layers[spec.name].draw(picture, now)

    def clear(self) -> None:
        self._drawn = {}
        self._scaled = None
        self.scale.clear()
        for layer in self.layers.values():
            layer.clear()

    def apply_theme(self, colours: Colours) -> None:
        super().apply_theme(colours)
        self._colours = colours
        for layer in self.layers.values():
            layer.apply_theme(colours)
