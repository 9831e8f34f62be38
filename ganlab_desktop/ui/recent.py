"""The submenu of what was open before: the user's documents, and runs that were left without a name."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

import msgspec
from PySide6.QtCore import QSettings, Signal, Slot
from PySide6.QtGui import QAction, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QProxyStyle, QStyle, QStyleOption, QWidget

from ganlab_desktop.ui.session import Kept
from ganlab_desktop.wire.messages import Glimpse

_KEY = "recent"
_MOST = 10
_MOST_UNTITLED = 5  # they come by themselves and are not to push out the user's documents
_PICTURE = 48  # px


class _LargePictures(QProxyStyle):
    """The window's style, with room for pictures in menus."""

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        if metric == QStyle.PixelMetric.PM_SmallIconSize:
            return _PICTURE
        return super().pixelMetric(metric, option, widget)


class RecentMenu(QMenu):
    """Kept in the settings, newest first, and read when it opens; what is no longer there is not shown."""

    chosen = Signal(str)  # the path
    listed = Signal(list)  # the paths that are shown, of which nothing but the names is known

    def __init__(self, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setToolTipsVisible(True)
        self._style = _LargePictures()
        self.setStyle(self._style)
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
        else:
            self.listed.emit([action.data() for action in self.actions()])

    def tell(self, glimpses: Iterable[Glimpse]) -> None:
        """Show what files are at a glance."""
        told = {glimpse.path: glimpse for glimpse in glimpses}
        for action in self.actions():
            glimpse = told.get(action.data())
            if glimpse is not None:
                self._illustrate(action, glimpse)

    def _illustrate(self, action: QAction, glimpse: Glimpse) -> None:
        picture = QPixmap()
        picture.loadFromData(glimpse.png)
        action.setIcon(QIcon(picture))
        lines = [glimpse.problem] if glimpse.problem else self._facts(glimpse)
        action.setToolTip("".join(f"<p>{escape(line)}</p>" for line in (*lines, glimpse.path)))

    def _facts(self, glimpse: Glimpse) -> list[str]:
        steps = self.tr("{0} steps").format(f"{glimpse.step:,}")
        runs = self.tr("{0} runs").format(glimpse.runs)
        return [glimpse.title or Path(glimpse.path).stem, steps if glimpse.runs < 2 else f"{steps} · {runs}"]

    def _stored(self) -> list[Kept]:
        try:
            return msgspec.json.decode(str(self._settings.value(_KEY, "[]")), type=list[Kept])
        except msgspec.DecodeError:  # settings that another version wrote, or that somebody edited
            return []

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        self.chosen.emit(str(action.data()))
