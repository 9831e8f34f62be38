"""The submenu of what was open before: the user's documents, and runs that were left without a name."""

from pathlib import Path

import msgspec
from PySide6.QtCore import QSettings, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ganlab_desktop.ui.session import Kept

_KEY = "recent"
_MOST = 10
_MOST_UNTITLED = 5  # they come by themselves and are not to push out the user's documents


class RecentMenu(QMenu):
    """Kept in the settings, newest first, and read when it opens; what is no longer there is not shown."""

    chosen = Signal(str)  # the path

    def __init__(self, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)
        self.triggered.connect(self._triggered)

    def add(self, run: Kept) -> None:
        """Put a file at the top."""
        others = [old for old in self._stored() if old.path != run.path]
        untitled = [old for old in (run, *others) if old.title][:_MOST_UNTITLED]
        kept = [old for old in (run, *others) if not old.title or old in untitled]
        self._settings.setValue(_KEY, msgspec.json.encode(kept[:_MOST]).decode())

    def paths(self) -> list[str]:
        """The files, whether they are still there or not."""
        return [run.path for run in self._stored()]

    @Slot()
    def fill(self) -> None:
        """List what is there."""
        self.clear()
        for run in self._stored():
            path = Path(run.path)
            if path.is_file():
                steps = self.tr("{0} · {1} steps").format(run.title, f"{run.step:,}")
                action = self.addAction((steps if run.title else path.name).replace("&", "&&"))
                action.setData(run.path)
                action.setToolTip(run.path)
        if self.isEmpty():
            self.addAction(self.tr("Nothing has been opened yet")).setEnabled(False)

    def _stored(self) -> list[Kept]:
        try:
            return msgspec.json.decode(str(self._settings.value(_KEY, "[]")), type=list[Kept])
        except msgspec.DecodeError:  # settings that another version wrote, or that somebody edited
            return []

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        self.chosen.emit(str(action.data()))
