"""A number that can be dragged or typed."""

from PySide6.QtCore import QObject, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from ganlab_desktop.ui.editors import LineEditor, read_number, write_number

STEP = 0.05  # between two places of a slider, so that round values are met
_FIELD = 54  # px
_HELD = 600  # ms after a change in which what is told of the run may still be older than the change


class Knob(QWidget):
    """A label, a slider in steps of STEP and a field for any number. The slider rests at its end for values beyond."""

    changed = Signal(float)  # the user chose this value

    def __init__(
        self, title: str, name: str, tip: str, low: float, high: float, keys: QObject, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(_HELD)
        self._hold.timeout.connect(self.release)
        self._told: float | None = None  # the newest value of the run while the user has hold of it
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
        self.slider.sliderPressed.connect(self._hold.start)
        self.slider.valueChanged.connect(self._slid)
        self.field.settled.connect(self._settled)

    def show_value(self, value: float) -> None:
        """Show the run's value; while the user has hold of it, and a moment longer, it waits."""
        self._told = value
        if not self._hold.isActive():
            self._show(value)

    @Slot()
    def release(self) -> None:
        """Show the run's value from now on, unless the user still drags."""
        self._hold.stop()
        if self.slider.isSliderDown():
            self._hold.start()
        elif self._told is not None:
            self._show(self._told)

    def _show(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value / STEP))
        self.field.show_value(value)

    @Slot(int)
    def _slid(self, place: int) -> None:
        value = round(place * STEP, 10)
        self._hold.start()
        self.field.show_value(value)
        self.changed.emit(value)

    @Slot(object)
    def _settled(self, value: float) -> None:
        self._hold.start()
        self._show(value)
        self.changed.emit(value)


def _rounded(value: float) -> str:
    """At most three decimals: what training made of a value has many."""
    return write_number(round(value, 3) if abs(value) >= 1e-3 else value)
