"""Exports from the window: the dialog, the moment of the run that is exported, and the jobs that are made of it."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from ganlab_desktop.experiment.exports.bundle import Bundle
from ganlab_desktop.experiment.exports.changes import changed, settings_of
from ganlab_desktop.experiment.exports.figures import Composed
from ganlab_desktop.experiment.exports.films import Film
from ganlab_desktop.experiment.exports.page import SIZES, Export
from ganlab_desktop.experiment.fields import kind_of
from ganlab_desktop.ui.banner import Banner
from ganlab_desktop.ui.dialogs.export import ExportDialog, show_in_folder
from ganlab_desktop.ui.documents import Wishes
from ganlab_desktop.ui.engine_client import EngineClient, EngineError
from ganlab_desktop.ui.exporting import ExportJob
from ganlab_desktop.ui.session import Session
from ganlab_desktop.ui.standby import Standby
from ganlab_desktop.ui.theme import Theme
from ganlab_desktop.wire import messages as m

_SETTLE_MS = 150  # after the last change, before it is previewed
_COARSEST, _FINEST = 30, 220  # dots per inch of previews


class _Moment(NamedTuple):
    """A step of a run of a document on the engine's machine."""

    path: str
    run: int
    step: int


class Exports(QObject):
    """What is exported is the step shown; while the run trains, the step that it had when it was looked at last. The
    engine writes that step into the run's file first, and training goes on."""

    def __init__(
        self, session: Session, client: EngineClient, wishes: Wishes, theme: Theme, banner: Banner, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._client, self._wishes = session, client, wishes
        self._theme, self._banner, self._window = theme, banner, window
        self.dialog: ExportDialog | None = None
        self._asked: _Moment | None = None  # what was shown when the engine was asked to write it; None: to ask again
        self._moment: _Moment | None = None  # what the file holds of that
        self._preview: ExportJob | None = None
        self._export: ExportJob | None = None
        self._standby = Standby(client, self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._look)
        session.frame_arrived.connect(self._follow)
        session.scene_changed.connect(self._follow)

    def open(self) -> None:
        """Open the dialog as it was left."""
        self.show()

    def show(self, kind: str = "", changes: Mapping[str, Any] | None = None) -> None:
        """Open the dialog, on a kind of export with some settings changed where one is named."""
        if self.dialog is None:
            self.dialog = dialog = ExportDialog(self._theme, self._window)
            dialog.altered.connect(self._settle.start)
            dialog.newest_wanted.connect(self._take_newest)
            dialog.export_wanted.connect(self._begin)
            dialog.cancel_wanted.connect(self._cancel)
            dialog.hidden.connect(self._hidden)
        if kind:
            self.dialog.choose(kind, changes)
        if self._export is None:
            self.dialog.rest()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self._standby.keep()
        self._asked = None
        self._settle.start()

    def leave(self) -> None:
        """End all exports; the window is about to go."""
        if self.dialog is not None:
            self.dialog.close()
        for job in (self._preview, self._export):
            if job is not None:
                job.leave()
        self._standby.leave()

    # --- the moment -----------------------------------------------------------------------------------------------

    @property
    def _shown(self) -> _Moment | None:
        scene = self._session.scene
        return _Moment(scene.path, scene.branch, self._session.step) if scene is not None else None

    @Slot()
    def _follow(self) -> None:
        """Look again where another run or, at rest, another step is shown."""
        if self.dialog is None or not self.dialog.isVisible() or self._settle.isActive():
            return
        shown, asked = self._shown, self._asked
        if shown is None or asked is None:
            return
        trains_on = self._session.playing and shown[:2] == asked[:2]
        self.dialog.newest.setVisible(trains_on and shown.step != asked.step)
        if shown != asked and not trains_on:
            self._settle.start()

    @Slot()
    def _take_newest(self) -> None:
        self._asked = None
        self._look()

    @Slot()
    def _look(self) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self._wishes.do(self._look_at())

    async def _look_at(self) -> None:
        """Have the moment written where that is another one, then preview it."""
        shown = self._shown
        if shown is None or self.dialog is None:
            return
        trains_on = self._session.playing and self._asked is not None and shown[:2] == self._asked[:2]
        if shown != self._asked and not trains_on:
            self._asked, self._moment = shown, None
            at_head = shown.step >= self._session.head
            try:
                await self._client.request(m.Commit(self._client.next_id()))
            except EngineError as error:
                self._asked = None
                self.dialog.preview.show_problem(str(error))
                return
            if shown != self._asked:  # yet another one was asked for meanwhile
                return
            step = self._session.saved_step if at_head and self._session.saved_step >= 0 else shown.step
            self._moment = shown._replace(step=step)
            self.dialog.show_moment(self._session.title.removesuffix(".ganlab"), shown.run, step)
            self.dialog.newest.hide()
        self._preview_it(self.dialog)

    # --- jobs -----------------------------------------------------------------------------------------------------

    def _job(self, export: Export, ending: str, target: Path | None = None) -> ExportJob:
        assert self._moment is not None
        path, run, step = self._moment
        settings = [word for setting in settings_of(export) for word in ("--set", setting)]
        what = ("--what", kind_of(export), "--run", str(run), "--at", str(step), "--format", ending)
        job = ExportJob(path, [*what, *settings], target, self)
        job.ended.connect(job.deleteLater)
        return job

    def _preview_it(self, dialog: ExportDialog) -> None:
        self._stop_preview()
        if self._moment is None:
            return
        export: Any = _picture_of(dialog.export)
        if export is None:
            dialog.note([])
            about = " ".join((dialog.export.__doc__ or "").split())
            dialog.preview.explain(QCoreApplication.translate("experiment", about))
            return
        width = export.page.width or SIZES[export.page.size].width
        dpi = min(max(round(dialog.preview.pixels / width), _COARSEST), _FINEST)
        job = self._preview = self._job(changed(export, {"page.dpi": dpi}), "png")
        job.advanced.connect(partial(self._preview_advanced, job))
        job.done.connect(partial(self._preview_done, job, dpi))
        job.failed.connect(partial(self._preview_failed, job))
        dialog.preview.show_progress(0.0, self.tr("getting ready"))
        self._standby.do(job)

    def _preview_advanced(self, job: ExportJob, fraction: float, doing: str) -> None:
        if job is self._preview and self.dialog is not None:
            self.dialog.preview.show_progress(fraction, self.tr(doing))

    def _preview_done(self, job: ExportJob, dpi: int, png: bytes) -> None:
        if job is self._preview and self.dialog is not None:
            self._preview = None
            self.dialog.preview.show_picture(png, dpi)
            self.dialog.note(self._notes(job))

    def _preview_failed(self, job: ExportJob, reason: str) -> None:
        if job is self._preview and self.dialog is not None:
            self._preview = None
            self.dialog.preview.show_problem(reason)
            self.dialog.note([])

    def _stop_preview(self) -> None:
        if self._preview is not None:
            job, self._preview = self._preview, None
            job.cancel()

    @Slot(object)
    def _begin(self, target: Path) -> None:
        dialog = self.dialog
        if dialog is None or self._export is not None:
            return
        if self._moment is None:
            dialog.tell(self.tr("The run has not been read yet."))
            return
        self._export = job = self._job(dialog.export, dialog.target.ending, target)
        job.advanced.connect(lambda fraction, doing: dialog.show_progress(fraction, self.tr(doing)))
        job.done.connect(lambda _: self._written(job, target))
        job.failed.connect(self._not_written)
        dialog.show_progress(0.0, self.tr("getting ready"))
        self._standby.do(job, first=True)

    def _notes(self, job: ExportJob) -> list[str]:
        """What is to be known of a result. The file of a run that has no name yet goes by the window's title."""
        name = job.document.replace("\\", "/").rpartition("/")[2]
        return [note.replace(name, self._session.title, 1) for note in job.notes]

    def _written(self, job: ExportJob, target: Path) -> None:
        self._export = None
        if self.dialog is not None:
            notes = self._notes(job)
            self.dialog.show_result(target)
            self.dialog.note(notes)
            if not self.dialog.isVisible():
                done = " ".join((self.tr("{0} is written.").format(target.name), *notes))
                self._banner.note(done, self.tr("Show in folder"), partial(show_in_folder, target))

    @Slot(str)
    def _not_written(self, reason: str) -> None:
        self._export = None
        if self.dialog is not None:
            self.dialog.tell(reason)
            if not self.dialog.isVisible():
                self._wishes.tell_error(self.tr("The export failed."), reason)

    @Slot()
    def _cancel(self) -> None:
        if self._export is not None:
            job, self._export = self._export, None
            job.cancel()
        if self.dialog is not None:
            self.dialog.tell(self.tr("Cancelled; nothing was written."))

    @Slot()
    def _hidden(self) -> None:
        """Look no further; an export goes on and is told of when it is done."""
        self._settle.stop()
        self._stop_preview()
        self._standby.dismiss()


def _picture_of(export: Export) -> Export | None:
    """The figure that shows how an export will look: of a film the frame at the moment, of a bundle what it holds; None
    where none does."""
    if isinstance(export, Bundle):
        return export.figure
    if isinstance(export, Film):
        return Composed(panels=export.panels, columns=export.columns, letters=export.letters, page=export.page)
    return export if "png" in export.endings else None
