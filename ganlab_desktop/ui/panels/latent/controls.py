"""What can be chosen under the pages."""

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.exploration import ImagePlaneKind
from ganlab_desktop.experiment.networks import NormalLatent
from ganlab_desktop.experiment.style import StyleGenerator, layer_sides
from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.editors import OwnKeys
from ganlab_desktop.ui.panels.latent.layer_strip import LayerStrip
from ganlab_desktop.ui.panels.switch import Switch
from ganlab_desktop.ui.plots.text import fixed, tabular

_STEP = 0.05  # of psi
_SLIDER = 64  # pixels at least


class Psi(QWidget):
    """A slider from -1, the opposite of each style, over 0, the mean style, to 1, each style as it is."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(round(-1.0 / _STEP), round(1.0 / _STEP))
        self.slider.setMinimumWidth(_SLIDER)
        self.slider.setAccessibleName(self.tr("Truncation psi"))
        self._keys = OwnKeys(self)
        self.slider.installEventFilter(self._keys)
        self.value = QLabel(self)
        self.value.setObjectName("secondary")
        self.value.setFont(tabular(self.font(), 11))
        self.value.setFixedWidth(50)
        self.setToolTip(
            self.tr(
                "Truncation: each style w is drawn towards the mean style, of its class where there are classes, as "
                "mean + psi (w − mean). 1 leaves it; 0 is the mean; −1 its opposite. The wall keeps to the setting of "
                "the experiment."
            )
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.value)
        row.addWidget(self.slider, 1)
        self.slider.valueChanged.connect(self._slid)
        self.chosen: float | None = None  # by the user; None where the experiment says it

    def follow(self, psi: float) -> None:
        """Show what the experiment says, which is nobody's choice."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(psi / _STEP))
        self._say(psi)

    def _slid(self, place: int) -> None:
        self.chosen = round(place * _STEP, 10)
        self._say(self.chosen)
        self.changed.emit()

    def _say(self, psi: float) -> None:
        self.value.setText(f"psi {fixed(psi)}")


class Controls(QWidget):
    """One row, of which each page shows what is its own."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.length = Switch(
            self.tr("usual length"),
            self.tr(
                "In many dimensions, normal latents are nearly all about equally long, but between two of them they "
                "are shorter: there G was hardly ever trained. On: each is brought to the length of the chosen ones."
            ),
            self,
        )
        self.length.setChecked(True)
        self.shade = Switch(
            self.tr("shade by D"),
            self.tr("What D says of each image shows behind it: orange generated, blue real"),
            self,
        )
        self.shade.setChecked(True)
        self.encoded = Switch(
            self.tr("real images"),
            self.tr(
                "A, B and C are real images, the ones beside the wall in the places of those chosen on it: their "
                "latents are the means that the encoder tells of them."
            ),
            self,
        )
        self.psi = Psi(self)
        self.layers = LayerStrip(self)
        kinds: dict[ImagePlaneKind, tuple[str, str]] = {
            "generated": ("A, B, C", self.tr("Through A, B and C, images of the wall: a right-click chooses them")),
            "real": (
                self.tr("three real"),
                self.tr("Through 1, 2 and 3, real images beside the wall: a right-click chooses them"),
            ),
            "components": (
                self.tr("components"),
                self.tr("Along the two directions in which the data vary most, through their mean"),
            ),
        }
        self.kinds = {kind: Switch(word, tip, self) for kind, (word, tip) in kinds.items()}
        self.kinds["generated"].setChecked(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 4, 0)
        row.setSpacing(4)
        for widget in (self.length, self.shade, self.encoded, *self.kinds.values()):
            row.addWidget(widget)
        row.addWidget(self.layers, 2)
        row.addWidget(self.psi, 3)
        self._rest = QWidget(self)
        row.addWidget(self._rest, 1)
        for kind, switch in self.kinds.items():
            switch.clicked.connect(partial(self.choose, kind))
        for switch in (self.length, self.shade, self.encoded):
            switch.toggled.connect(self._tell)
        self.psi.changed.connect(self._tell)
        self.layers.changed.connect(self._tell)
        self._usual = self.length.toolTip()

    @property
    def kind(self) -> ImagePlaneKind:
        """The plane that the discriminator is asked about."""
        return next(kind for kind, switch in self.kinds.items() if switch.isChecked())

    def show_experiment(self, experiment: Experiment, side: int) -> None:
        """Offer what there is in an experiment on images of a side."""
        reason = ""
        if not isinstance(experiment.latent, NormalLatent):
            reason = self.tr("Uniform latents fill a cube: they have no usual length.")
        elif isinstance(experiment.generator, StyleGenerator) and not experiment.conditional:
            reason = self.tr("This generator brings each latent to one length itself, so that none makes a difference.")
        self.length.setEnabled(not reason)
        self.length.setToolTip(reason or self._usual)
        if isinstance(experiment.generator, StyleGenerator):
            self.layers.offer(layer_sides(side))
            if self.psi.chosen is None:
                self.psi.follow(experiment.generator.truncation)

    def offer(self, *widgets: QWidget) -> None:
        """Show these controls, and no others."""
        for widget in (self.length, self.shade, self.encoded, self.psi, self.layers, *self.kinds.values()):
            widget.setVisible(widget in widgets)
        self._rest.setVisible(self.psi not in widgets)

    def apply_theme(self, colours: Colours) -> None:
        for switch in (self.length, self.shade, self.encoded, *self.kinds.values()):
            switch.apply_theme(colours)
        self.layers.apply_theme(colours)

    def choose(self, kind: ImagePlaneKind) -> None:
        """Have the discriminator asked about this plane."""
        for other, switch in self.kinds.items():
            switch.setChecked(other == kind)
        self._tell()

    def _tell(self, *_: object) -> None:
        self.changed.emit()
