"""The submenu of stock experiments, grouped by what they train on."""

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.presets import load_preset, preset_names


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
        """Read the presets; a set with a single preset needs no submenu."""
        if not self.isEmpty():
            return
        groups: dict[str, list[tuple[str, str]]] = {}
        for name in preset_names():
            try:
                experiment = load_preset(name)
            except ExperimentError:  # a file that somebody spoilt; the command line tells how
                continue
            data = QCoreApplication.translate("experiment", type(experiment.data).title)
            groups.setdefault(data, []).append((experiment.title or name, name))
        for data, presets in sorted(groups.items()):
            single = len(presets) == 1
            menu: QMenu = self if single else self.addMenu(data)
            for title, name in presets:
                self._add(menu, title, name)
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
