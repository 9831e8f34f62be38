"""Sliders for the Gaussians on the line: those of the data, and the generator's own where it is one."""

import msgspec
from PySide6.QtCore import QObject, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSizePolicy, QWidget

from ganlab_desktop.experiment.data import Mixture1D
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.networks import AffineGenerator
from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.editors import OwnKeys
from ganlab_desktop.ui.panels.canvas.knob import STEP, Knob

_FARTHEST, _WIDEST = 10.0, 5.0  # ends of the sliders; the fields take any value


class GaussianSliders(QWidget):
    """Mirrors an experiment; what the user chooses goes out as `edited`. The generator's sliders follow training."""

    edited = Signal(str, object)  # path, value

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        keys = OwnKeys(self)
        self._data = Mixture1D()
        self.which = QComboBox(self)
        self.which.setAccessibleName(self.tr("Which Gaussian of the data"))
        self.which.setToolTip(self.tr("The Gaussian of the data that the sliders beside it belong to."))
        self.which.installEventFilter(keys)
        self.real, self.fake = QLabel(self.tr("Data"), self), QLabel(self.tr("Generator"), self)
        self.mean, self.sigma = self._pair(self.tr("of the data"), self.tr("sigma"), keys, STEP)
        self.weight = Knob(
            self.tr("weight"),
            self.tr("Weight of this Gaussian of the data"),
            self.tr("Relative weight: the sum of all is made 1."),
            STEP,
            1.0,
            keys,
            self,
        )
        self.g_mean, self.g_std = self._pair(self.tr("of the generator"), self.tr("std"), keys, 0.0)
        self.g_std.label.setMinimumWidth(self.sigma.label.sizeHint().width())  # so that the sliders stand in columns
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 2, 4, 2)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        for column, widget in enumerate((self.real, self.mean, self.sigma, self.weight)):
            grid.addWidget(widget, 0, column)
        grid.addWidget(self.which, 0, 0)
        for column, widget in enumerate((self.fake, self.g_mean, self.g_std)):
            grid.addWidget(widget, 1, column)
        for column in (1, 2):
            grid.setColumnStretch(column, 1)
        self._grid = grid
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setVisible(False)
        self.which.currentIndexChanged.connect(self._choose)
        self.mean.changed.connect(lambda value: self._change("means", value))
        self.sigma.changed.connect(lambda value: self._change("sigmas", value))
        self.weight.changed.connect(lambda value: self._change("weights", value))
        self.g_mean.changed.connect(lambda value: self.edited.emit("generator.mean", [value]))
        self.g_std.changed.connect(lambda value: self.edited.emit("generator.std", [value]))

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the Gaussians of an experiment, or nothing where there are none on the line."""
        data, generator = experiment.data, experiment.generator
        self.setVisible(isinstance(data, Mixture1D))
        if not isinstance(data, Mixture1D):
            return
        self._data = data
        several = len(data.means) > 1
        if len(data.means) != self.which.count():
            with QSignalBlocker(self.which):
                self.which.clear()
                self.which.addItems([self.tr("Data {0}").format(k + 1) for k in range(len(data.means))])
        self.real.setVisible(not several)
        self.which.setVisible(several)
        self.weight.setVisible(several)
        self._grid.setColumnStretch(3, 1 if several else 0)
        self._show_chosen()
        affine = isinstance(generator, AffineGenerator)
        for widget in (self.fake, self.g_mean, self.g_std):
            widget.setVisible(affine)
        if isinstance(generator, AffineGenerator):
            self.follow(generator.mean[0], generator.std[0])

    def release(self) -> None:
        """Forget what the user chose: it could not be."""
        for knob in (self.mean, self.sigma, self.weight, self.g_mean, self.g_std):
            knob.release()

    def follow(self, mean: float, std: float) -> None:
        """Show where the generator is."""
        self.g_mean.show_value(mean)
        self.g_std.show_value(std)

    def apply_theme(self, colours: Colours) -> None:
        for label, colour in ((self.real, colours.real), (self.fake, colours.fake)):
            label.setStyleSheet(f"color: {colour}; background: transparent;")

    @Slot()
    def _choose(self) -> None:
        for knob in (self.mean, self.sigma, self.weight):
            knob.release()  # what it held belongs to another Gaussian
        self._show_chosen()

    def _show_chosen(self) -> None:
        place = max(self.which.currentIndex(), 0)
        self.mean.show_value(self._data.means[place])
        self.sigma.show_value(self._data.sigmas[place])
        self.weight.show_value(self._data.weights[place])

    def _change(self, name: str, value: float) -> None:
        values = list(getattr(self._data, name))
        values[max(self.which.currentIndex(), 0)] = value
        self._data = msgspec.structs.replace(self._data, **{name: tuple(values)})  # the next wish builds on this one
        self.edited.emit(f"data.{name}", values)

    def _pair(self, whose: str, spread: str, keys: QObject, least: float) -> tuple[Knob, Knob]:
        return (
            Knob(
                self.tr("mean"),
                self.tr("Mean {0}").format(whose),
                self.tr("Centre of the Gaussian. Drag, use the arrow keys, or type any number."),
                -_FARTHEST,
                _FARTHEST,
                keys,
                self,
            ),
            Knob(
                spread,
                self.tr("Standard deviation {0}").format(whose),
                self.tr("Standard deviation of the Gaussian. Drag, use the arrow keys, or type any number."),
                least,
                _WIDEST,
                keys,
                self,
            ),
        )
