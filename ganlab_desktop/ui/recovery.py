"""What a crash has left behind is offered when the next window starts."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from ganlab_desktop.ui.banner import Banner
from ganlab_desktop.ui.recent import RecentMenu
from ganlab_desktop.ui.session import Kept


class Recovery(QObject):
    """Shows runs that were cut off: the newest in the banner, all of them under File > Open recent."""

    def __init__(self, recent: RecentMenu, banner: Banner, open_path: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._recent, self._banner, self._open_path = recent, banner, open_path

    def offer(self, runs: Sequence[Kept]) -> None:
        """Tell of runs, the newest first; those that never trained are not worth a word."""
        trained = [run for run in runs if run.step > 0]
        for run in reversed(trained):
            self._recent.add(run)
        if not trained:
            return
        newest, *others = trained
        name, step = newest.title or newest.path, f"{newest.step:,}"
        text = self.tr("{0} was cut off. It is saved up to step {1}.").format(name, step)
        if others:
            text = f"{text} {self.tr('Others are under File > Open recent: {0}.').format(len(others))}"
        self._banner.note(text, self.tr("Restore it"), lambda: self._open_path(newest.path))
