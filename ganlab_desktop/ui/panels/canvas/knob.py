"""A number that can be dragged or typed."""

import time

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from ganlab_desktop.ui.editors import LineEditor, read_number, write_number

STEP = 0.05  # between two places of a slider, so that round values are met
_FIELD = 54  # px
_HELD = 0.6  # seconds after a change in which the picture of the run may still be older than the change


class Knob(QWidget):
    """A label, a slider in steps of STEP and a field for any number. The slider rests at its end for values beyond."""

    changed = Signal(float)  # the user chose this value

    def __init__(
        self, title: str, name: str, tip: str, low: float, high: float, keys: QObject, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._touched = 0.0
        self.label = QLabel(title, self)
        self.label.setObjectName("secondary")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(round(low / STEP), round(high / STEP))
        self.slider.setPageStep(round(0.5 / STEP))
        self.slider.setMinimumWidth(36)
        self.field = LineEditor(read_number, _rounded, self)
        self.field.setFixedWidth(_FIELD)
        for control in (self.slider, self.field):
            control.setAccessibleName(name)
            control.installEventFilter(keys)
        self.setToolTip(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.field)
        self.slider.valueChanged.connect(self._slid)
        self.field.settled.connect(self._settled)

    @property
    def held(self) -> bool:
        """Whether the user has hold of it, or had a moment ago."""
        return self.slider.isSliderDown() or time.monotonic() - self._touched < _HELD

    def show_value(self, value: float) -> None:
        """Show a value that the user did not choose here."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value / STEP))
        self.field.show_value(value)

    @Slot(int)
    def _slid(self, place: int) -> None:
        value = round(place * STEP, 10)
        self._touched = time.monotonic()
        self.field.show_value(value)
        self.changed.emit(value)

    @Slot(object)
    def _settled(self, value: float) -> None:
        self._touched = time.monotonic()
        self.show_value(value)
        self.changed.emit(value)


def _rounded(value: float) -> str:
    """At most three decimals: what training made of a value has many."""
    return write_number(round(value, 3) if abs(value) >= 1e-3 else value)
