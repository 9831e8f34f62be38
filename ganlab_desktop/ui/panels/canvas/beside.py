"""A second canvas, for another run of the document beside the one at hand."""

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QWidget

from ganlab_desktop.ui.editors import read_integer
from ganlab_desktop.ui.panels.canvas.canvas import Canvas
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.series import Series
from ganlab_desktop.ui.theme import mark
from ganlab_desktop.wire.messages import Frame, Scene


class BesideCanvas(Canvas):
    """Shows the run at the step that the first canvas shows, or at a step of its own, in the same layers."""

    name = "canvas_beside"
    export = ""
    title = QT_TRANSLATE_NOOP("Canvas", "Beside")
    explores: ClassVar[bool] = False
    step_wanted = Signal(object)  # the step to rest at; None to follow the one that is shown
    close_wanted = Signal()

    def __init__(self, first: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self.bar.hide()
        first.bar.toggled.connect(self._mirror_layer)
        first.bar.opacity_changed.connect(self._set_opacity)
        self.locked = QToolButton(self)
        self.locked.setText(self.tr("same step"))
        self.locked.setCheckable(True)
        self.locked.setChecked(True)
        self.locked.setToolTip(self.tr("Follow the step of the first canvas, as far as this run goes"))
        self.locked.clicked.connect(self._choose)
        self.own_step = QLineEdit(self)
        self.own_step.setFixedWidth(76)
        self.own_step.setAccessibleName(self.tr("Step of the second canvas"))
        self.own_step.setToolTip(self.tr("Rest at this step"))
        self.own_step.returnPressed.connect(self._rest)
        close = QToolButton(self)
        close.setText(self.tr("Close"))
        close.setToolTip(self.tr("Show one canvas again"))
        close.clicked.connect(self.close_wanted)
        line = QHBoxLayout()
        line.setContentsMargins(6, 0, 0, 0)
        for widget in (self.locked, self.own_step, close):
            widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            line.addWidget(widget)
        line.insertStretch(2, 1)
        self.content.insertLayout(0, line)

    @property
    def probes(self) -> tuple[str, ...]:  # type: ignore[override]
        """Nothing of the run at hand."""
        return ()

    @property
    def beside_probes(self) -> tuple[str, ...]:  # type: ignore[override]
        """The pictures of the layers that are on."""
        return super().probes

    def show_run(self, scene: Scene, title: str) -> None:
        """Show this run from now on."""
        self._title = title
        self.set_scene(scene)
        self._tell(scene.step)

    def receive(self, frame: Frame, series: Mapping[str, Series]) -> None:
        """Keep what a frame brings of the second run."""
        beside, scene = frame.beside, self.scene
        self.playing = frame.playing
        if beside is None or scene is None or (beside.branch, beside.layout) != (scene.branch, scene.layout):
            return
        self.pictures |= beside.pictures
        self._tell(beside.step)
        self._dirty = True

    def _mirror_layer(self, name: str, on: bool) -> None:
        self.bar.buttons[name].setChecked(on)

    def _tell(self, step: int) -> None:
        self.header.set_explanation(self.tr("{run}, step {step}").format(run=self._title, step=f"{step:,}"))
        if self.locked.isChecked() and not self.own_step.hasFocus():
            self.own_step.setText(f"{step:,}")

    def _choose(self) -> None:
        if self.locked.isChecked():
            self.step_wanted.emit(None)
        else:
            self._rest()

    def _rest(self) -> None:
        try:
            step = read_integer(self.own_step.text())
        except ValueError as error:
            mark(self.own_step, "wrong", True)
            self.own_step.setToolTip(str(error))
            return
        mark(self.own_step, "wrong", False)
        self.own_step.setToolTip(self.tr("Rest at this step"))
        self.locked.setChecked(False)
        self.own_step.clearFocus()
        self.step_wanted.emit(max(step, 0))
