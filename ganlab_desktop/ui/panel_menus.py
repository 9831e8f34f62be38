"""What a right-click on a panel offers."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMainWindow, QMenu

from ganlab_desktop.ui.actions import Actions
from ganlab_desktop.ui.copying import Copying, has_curves
from ganlab_desktop.ui.exports import Exports
from ganlab_desktop.ui.panels.panel import Panel


class PanelMenus(QObject):
    """Adds to each panel's menu its export as a figure, and copies of it. The first panel stands in for none."""

    def __init__(self, exports: Exports, actions: Actions, panels: Sequence[Panel], window: QMainWindow) -> None:
        super().__init__(window)
        self._exports, self._actions = exports, actions
        self.copying = Copying(panels[0], window)
        for panel in panels:
            panel.menu_opening.connect(self.complete)

    @Slot(object, object)
    def complete(self, panel: Panel, menu: QMenu) -> None:
        """Add to what a panel offers itself."""
        menu.addSeparator()
        if panel.export:
            export = menu.addAction(self.tr("Export this panel..."))
            export.setEnabled(self._actions[panel.export].isEnabled())
            export.triggered.connect(lambda: self._exports.show(panel.export, panel.export_settings()))
        picture = menu.addAction(self.tr("Copy as picture"))
        picture.triggered.connect(lambda: self.copying.copy_picture(panel))
        if has_curves(panel):
            data = menu.addAction(self.tr("Copy data"))
            data.triggered.connect(lambda: self.copying.copy_data(panel))
