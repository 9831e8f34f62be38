"""What every page of the panel is."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.pictures import falls
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.canvas.scale import SurfaceScale
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.latent.image_grid import shading_of
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Picture, Scene


class LatentPage(QWidget):
    """A picture of one study, and what the header and the colours tell of it."""

    study: ClassVar[str] = ""
    explanation: ClassVar[str] = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colours = DARK
        self.scale = SurfaceScale()  # of what D says
        self.scene: Scene | None = None
        self._shown: Picture | None = None

    def set_scene(self, scene: Scene) -> None:
        """Show this run from now on."""
        self.scene = scene
        self.scale.falling = falls(from_toml(scene.experiment).objective)

    def draw(self, picture: Picture | None, now: float, *, playing: bool) -> bool:
        """Show a picture where it is a new one; true where ranges still glide."""
        if picture is None or picture is self._shown:
            return False
        self._shown = picture
        return self.show_picture(picture, now, playing=playing)

    def draw_again(self) -> None:
        """Show the same picture once more, as something about its looks has changed."""
        self._shown = None

    def show_picture(self, picture: Picture, now: float, *, playing: bool) -> bool:
        """Update the items; true where ranges still glide."""
        raise NotImplementedError

    def numbers(self, picture: Picture) -> tuple[Number, ...]:
        """The header's key numbers."""
        return ()

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None
        self.scale.clear()

    def apply_theme(self, colours: Colours) -> None:
        self.colours = colours
        self._shown = None

    def follow(self, outputs: NDArray[np.generic], now: float, *, playing: bool) -> None:
        """Let the colours' range follow what D says; while training rests, at once."""
        if not playing:
            self.scale.clear()
        self.scale.follow(outputs, None if self.scene is None else self.scene.neutral, now)

    def shaded(self, outputs: NDArray[np.generic]) -> QImage:
        """What D says (rows, columns), in its colours."""
        return shading_of(outputs, self.scale.range, self.scale.table(self.colours))

    @property
    def judged(self) -> bool:
        """Whether there is a discriminator."""
        return self.scene is None or self.scene.output != "none"

    @property
    def d(self) -> str:
        """What D's output is called."""
        return self.tr("score") if self.scene is not None and self.scene.output == "score" else "D"

    def range_of(self, outputs: Array) -> str:
        """From the lowest to the highest of what D says, in words."""
        values = outputs.numpy()
        return f"{fixed(float(values.min()))} – {fixed(float(values.max()))}"
