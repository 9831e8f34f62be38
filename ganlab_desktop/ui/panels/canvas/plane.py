"""The canvas for data in the plane: layers over one view of equal aspect."""

from collections.abc import Mapping

import numpy as np
from PySide6.QtWidgets import QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.pictures import falls
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.canvas import layers
from ganlab_desktop.ui.panels.canvas.scale import SurfaceScale
from ganlab_desktop.ui.panels.canvas.specs import COVERS, LAYERS
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.wire.messages import Picture, Scene

_MARGIN = 0.02  # of the scene's box, on each side
_OF_SAMPLES = ("generated", "gradients")  # layers that give way to the batch of a phase
_PICTURE = {spec.name: spec.picture for spec in LAYERS}


class Plane(Plot):
    """Draws each layer's picture once, when it is new and the layer is on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, equal=True, zoom=(True, True), grid=False)
        self.scale = SurfaceScale()
        self.fillings: dict[str, layers.Surface | layers.Optimal] = {
            "surface": layers.Surface(self, self.scale),
            "optimal": layers.Optimal(self, self.scale),
            "difference": layers.Difference(self, self.scale),
            "ratio": layers.Ratio(self, self.scale),
        }
        self.contours = layers.Contours(self, self.fillings["surface"])
        self.layers: dict[str, layers.Layer] = {
            **self.fillings,
            "contours": self.contours,
            "real": layers.Real(self),
            "generated": layers.Generated(self),
            "manifold": layers.Manifold(self),
            "gradients": layers.Gradients(self),
            "field": layers.Field(self),
            "modes": layers.Modes(self),
            "plan": layers.Plan(self),
        }
        self._drawn: dict[str, Picture] = {}
        self._batch: Picture | None = None
        self._scaled: Picture | None = None
        self._filling = "surface"
        self._scene: Scene | None = None
        self.eases = True  # whether the range follows the surface slowly; a moment of the past has its own
        self._anew = False  # whether the next surface has nothing to do with the last one
        self._box = (-1.0, 1.0, -1.0, 1.0)
        self._colours = DARK
        self.fit_wanted.connect(self.fit)

    def set_scene(self, scene: Scene) -> None:
        self.show_batch(None, scene)
        before, self._scene = self._scene, scene
        if before is not None and (before.output, before.neutral) != (scene.output, scene.neutral):
            self.scale.clear()
            self._anew = True
        falling = falls(from_toml(scene.experiment).objective)
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
        values = None if surface is None else surface.arrays.get("values")
        if values is not None and surface is not self._scaled and self._scene is not None:
            self._scaled = surface
            if self._anew or not self.eases:
                self._begin_anew()
            self.scale.follow(values.numpy(), self._scene.neutral, now)
        filling = self.filling(on)
        if filling != self._filling:
            self._filling = filling
            self._drawn.pop("contours", None)
            self.contours.follow(self.fillings[filling])
        for spec in LAYERS:
            picture = pictures.get(_PICTURE[filling] if spec.name == "contours" else spec.picture)
            if self._batch is not None and spec.name in _OF_SAMPLES:
                continue
            if on[spec.name] and picture is not None and picture is not self._drawn.get(spec.name):
                self._drawn[spec.name] = picture
                self.layers[spec.name].draw(picture, now)

    def show_batch(self, batch: Picture | None, scene: Scene) -> None:
        """Show the samples that a phase works on in the place of the usual ones, or these again."""
        if batch is self._batch:
            return
        self._batch = batch
        if batch is None:
            self.layers["real"].set_scene(scene)
            for name in _OF_SAMPLES:
                self._drawn.pop(name, None)
            return
        for name, side in (("real", "real"), ("generated", "fake")):
            layer = self.layers[name]
            assert isinstance(layer, layers.Points)
            drawn = batch.arrays.get(side)
            layer.show_samples(np.empty((0, 2)) if drawn is None else drawn.numpy(), None)
        self.layers["gradients"].clear()  # they start at the usual samples

    def filling(self, on: Mapping[str, bool]) -> str:
        """The layer whose values the colours tell: the one that covers the plane, or else the surface."""
        return next((name for name in COVERS if on[name]), "surface")

    def _begin_anew(self) -> None:
        """Let the range be that of the next surface, whatever it was."""
        self._anew = not self.eases  # the first surface after the past has nothing to do with the last one either
        self.scale.clear()
        for name in (*self.fillings, "contours"):
            self._drawn.pop(name, None)

    def clear(self) -> None:
        self._batch = None
        self._drawn = {}
        self._scaled = None
        self._anew = False
        self.scale.clear()
        for layer in self.layers.values():
            layer.clear()

    def apply_theme(self, colours: Colours) -> None:
        super().apply_theme(colours)
        self._colours = colours
        for layer in self.layers.values():
            layer.apply_theme(colours)
