"""Processes for exports that have loaded all they need, so that a preview takes no longer than its picture."""

from PySide6.QtCore import QObject, QProcess, QTimer, Slot

from ganlab_desktop.ui.engine_client import EngineClient
from ganlab_desktop.ui.exporting import ExportJob, Told

_SPARE = 2  # ready at a time: one for a preview, one for what supersedes it while the next one loads
_WAITING = "waiting"  # what a process that is ready says it does
_AFTER_MS = 3_000  # that jobs have the processor to themselves before the next process loads, unless all end before
_LOAD_MS = 60_000  # that a process may take to be ready
_END_MS = 2_000  # that a killed process may take to be gone


class Standby(QObject):
    """Each process does one job and ends; it ends as well where its input does. They load one after the other."""

    def __init__(self, client: EngineClient, parent: QObject) -> None:
        super().__init__(parent)
        self._client = client
        self._spare = 0
        self._jobs: list[ExportJob] = []  # that wait for a process
        self._at_work = 0  # jobs that have a process
        self._ready: list[QProcess] = []
        self._loading: QProcess | None = None
        self._told = Told()  # by the one that loads
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AFTER_MS)
        self._later.timeout.connect(self._fill)
        self._patience = QTimer(self)  # with the one that loads
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._give_up)

    @property
    def processes(self) -> list[QProcess]:
        """All that have no job yet."""
        return [*self._ready, *([self._loading] if self._loading is not None else [])]

    def keep(self) -> None:
        """Have processes ready from now on."""
        self._spare = _SPARE
        self._fill()

    def dismiss(self) -> None:
        """Keep none ready any more; jobs that wait for one still get it."""
        self._spare = 0
        self._fill()

    def leave(self) -> None:
        """End all that have no job, and wait until they are gone."""
        self._jobs.clear()
        self._later.stop()
        self.dismiss()
        for process in self.findChildren(QProcess):
            process.waitForFinished(_END_MS)

    def do(self, job: ExportJob, *, first: bool = False) -> None:
        """Have a job done as soon as a process is ready, before the others if it is to come first."""
        if job.prepare():
            self._jobs.insert(0 if first else len(self._jobs), job)
            self._serve()

    def _serve(self) -> None:
        self._jobs = [job for job in self._jobs if not job.cancelled]
        while self._jobs and self._ready:
            process = self._ready.pop(0)
            self._let_go(process)
            job = self._jobs.pop(0)
            job.ended.connect(self._ended)
            job.begin(process)
            self._at_work += 1
            self._later.start()
        if self._jobs or not self._later.isActive():
            self._fill()

    @Slot()
    def _ended(self) -> None:
        """What was superseded is gone while its successor is at work, which the next one to load would slow."""
        self._at_work -= 1
        if not self._at_work:
            self._fill()

    @Slot()
    def _fill(self) -> None:
        """Have as many processes as are wanted: the next one loads, or those in excess end."""
        self._later.stop()
        wanted = max(self._spare, 1 if any(not job.cancelled for job in self._jobs) else 0)
        if len(self._ready) < wanted and self._loading is None:
            self._load()
        elif wanted == 0:
            processes, self._ready, self._loading = self.processes, [], None
            for process in processes:
                self._end(process)

    def _load(self) -> None:
        process = self._loading = QProcess(self)
        self._told = Told()
        process.setProcessEnvironment(self._client.surroundings())
        process.readyReadStandardError.connect(self._read)
        process.errorOccurred.connect(self._broken)
        process.finished.connect(self._finished)
        command = self._client.beside("export", "--stdio")
        process.start(command[0], command[1:])
        self._patience.start(_LOAD_MS)

    def _end(self, process: QProcess) -> None:
        self._let_go(process)
        process.finished.connect(process.deleteLater)
        process.kill()

    def _let_go(self, process: QProcess) -> None:
        for signal in (process.readyReadStandardError, process.errorOccurred, process.finished):
            signal.disconnect()

    @Slot()
    def _read(self) -> None:
        process = self._loading
        if process is None:
            return
        for progress in self._told.take(bytes(process.readAllStandardError().data())):
            if progress.doing == _WAITING:
                self._loading = None
                self._ready.append(process)
                self._serve()
                return

    @Slot()
    def _give_up(self) -> None:
        process, self._loading = self._loading, None
        if process is not None:
            self._end(process)
            reason = self.tr("The export was not ready within {0} seconds, so it was ended.")
            self._fail(reason.format(round(_LOAD_MS / 1_000)))

    @Slot(QProcess.ProcessError)
    def _broken(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._loading is not None:
            process, self._loading = self._loading, None
            process.deleteLater()
            self._fail(self.tr("The export could not be started: {0}.").format(process.errorString()))

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        """Forget those that have ended; why one ended while it loaded is the reason why jobs cannot be done."""
        self._read()
        for process in self.processes:
            if process.state() == QProcess.ProcessState.NotRunning:
                process.deleteLater()
        self._ready = [process for process in self._ready if process.state() != QProcess.ProcessState.NotRunning]
        if self._loading is not None and self._loading.state() == QProcess.ProcessState.NotRunning:
            self._loading = None
            self._fail(self._told.last or self.tr("The export ended by itself ({0}).").format(code))

    def _fail(self, reason: str) -> None:
        jobs, self._jobs = self._jobs, []
        for job in jobs:
            if not job.cancelled:
                job.fail(reason)
