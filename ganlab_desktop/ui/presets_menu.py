"""The submenu of stock experiments, grouped by what they train on or show."""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ganlab_desktop.experiment.data import GanLab, Grid, Mixture1D, Ring
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import image_shape
from ganlab_desktop.experiment.presets import load_preset, preset_names
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP

_GOES_WRONG = frozenset(
    (
        *("collapse-minimax", "vanishing-gradient", "overpowered-discriminator", "overfitted-discriminator"),
        *("oscillation", "saturated-clipping", "violated-lipschitz", "posterior-collapse", "divergence"),
    )
)  # by the finding that each provokes
_GROUPS: tuple[tuple[str, Callable[[str, Experiment], bool]], ...] = (  # a preset belongs to the first that takes it
    (QT_TRANSLATE_NOOP("PresetsMenu", "What goes wrong"), lambda name, _: name in _GOES_WRONG),
    (QT_TRANSLATE_NOOP("PresetsMenu", "Images"), lambda _, made: image_shape(made.data) is not None),
    (QT_TRANSLATE_NOOP("PresetsMenu", "Ring of Gaussians"), lambda _, experiment: isinstance(experiment.data, Ring)),
    (QT_TRANSLATE_NOOP("PresetsMenu", "Grid of Gaussians"), lambda _, experiment: isinstance(experiment.data, Grid)),
    (QT_TRANSLATE_NOOP("PresetsMenu", "A rotating game"), lambda name, _: name.startswith("rotation-")),
    (QT_TRANSLATE_NOOP("PresetsMenu", "On the line"), lambda _, experiment: isinstance(experiment.data, Mixture1D)),
    (QT_TRANSLATE_NOOP("PresetsMenu", "GAN Lab (browser) sets"), lambda _, made: isinstance(made.data, GanLab)),
    (QT_TRANSLATE_NOOP("PresetsMenu", "Shapes and curves"), lambda *_: True),
)
_LAST = 1  # group that stands at the end of the menu, though it takes first


class PresetsMenu(QMenu):
    """Read when it opens for the first time, so that starting the window does not wait for it."""

    chosen = Signal(str)  # the preset's name

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._triggered)

    @Slot()
    def fill(self) -> None:
        """Read the presets, each group sorted by what is read."""
        if not self.isEmpty():
            return
        groups: dict[str, list[tuple[str, str]]] = {title: [] for title, _ in (*_GROUPS[_LAST:], *_GROUPS[:_LAST])}
        for name in preset_names():
            try:
                experiment = load_preset(name)
            except ExperimentError:  # a file that somebody spoilt; the command line tells how
                continue
            group = next(title for title, takes in _GROUPS if takes(name, experiment))
            groups[group].append((experiment.title or name, name))
        for title, presets in groups.items():
            if presets:
                menu = self.addMenu(self.tr(title))
                for shown, name in sorted(presets, key=lambda preset: preset[0].casefold()):
                    self._add(menu, shown, name)
        if self.isEmpty():
            self.addAction(self.tr("No presets are installed")).setEnabled(False)

    def _add(self, menu: QMenu, title: str, name: str) -> None:
        action = QAction(title, menu)
        action.setData(name)
        action.setToolTip(name)
        menu.addAction(action)

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        if action.data():
            self.chosen.emit(str(action.data()))
