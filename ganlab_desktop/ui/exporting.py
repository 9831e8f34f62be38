"""An export at work: a child process beside the engine, which reads the run's file while training goes on."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal, Slot

_END_MS = 2_000  # that a killed process may take to be gone


class _Progress(msgspec.Struct):
    """A line of standard error that tells how far it has come."""

    fraction: float
    doing: str


class ExportProcess(QObject):
    """One `ganlab export ... -o -`. What it writes is kept in memory, or, where there is a target, goes into a file
    beside it, which takes its place at the end."""

    advanced = Signal(float, str)  # how far it has come, from 0 to 1, and what is being done
    done = Signal(bytes)  # what it wrote; nothing where that went into the target
    failed = Signal(str)  # why, in one line
    ended = Signal()  # the process is gone, also where it was cancelled

    def __init__(
        self,
        command: Sequence[str],
        environment: QProcessEnvironment,
        target: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._command, self._target = list(command), target
        self._part: Path | None = None
        self._cancelled = False
        self._rest = b""  # of a line of standard error
        self._last = ""  # the last line that told of no progress
        self._process = QProcess(self)
        self._process.setProcessEnvironment(environment)
        self._process.readyReadStandardError.connect(self._read)
        self._process.errorOccurred.connect(self._broken)
        self._process.finished.connect(self._finished)

    @property
    def running(self) -> bool:
        return self._process.state() != QProcess.ProcessState.NotRunning

    def start(self) -> None:
        """Begin; what comes of it is told by signals, at once where the target cannot be written."""
        if self._target is not None:
            part = self._target.with_name(f".{self._target.name}.{os.getpid()}.part")
            try:
                part.open("xb").close()
            except OSError as error:
                self._fail(self._unwritable(error))
                return
            self._part = part
            self._process.setStandardOutputFile(str(part))
        self._process.start(self._command[0], self._command[1:])

    def cancel(self) -> None:
        """End it without a word; nothing of it is left."""
        self._cancelled = True
        if self.running:
            self._process.kill()

    def leave(self) -> None:
        """Cancel, and wait until the process is gone."""
        self.cancel()
        self._process.waitForFinished(_END_MS)

    @Slot()
    def _read(self) -> None:
        *lines, self._rest = (self._rest + bytes(self._process.readAllStandardError().data())).split(b"\n")
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            told = msgspec.json.decode(line, type=_Progress)
        except msgspec.DecodeError:
            self._last = line.decode("utf-8", "replace").strip() or self._last
        else:
            self.advanced.emit(told.fraction, told.doing)

    @Slot(QProcess.ProcessError)
    def _broken(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._fail(self.tr("The export could not be started: {0}.").format(self._process.errorString()))

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._take(self._rest)
        if self._cancelled:
            self._discard()
            self.ended.emit()
        elif status == QProcess.ExitStatus.NormalExit and code == 0:
            self._succeed()
        else:
            ended = self.tr("The export ended by itself ({0}).").format(code)
            self._fail(self._last.removeprefix("ganlab: ") or ended)

    def _succeed(self) -> None:
        if self._target is not None and self._part is not None:
            try:
                self._part.replace(self._target)
            except OSError as error:
                self._fail(self._unwritable(error))
                return
            self._part = None
        self.done.emit(bytes(self._process.readAllStandardOutput().data()))
        self.ended.emit()

    def _fail(self, reason: str) -> None:
        self._discard()
        self.failed.emit(reason)
        self.ended.emit()

    def _unwritable(self, error: OSError) -> str:
        return self.tr("{0} cannot be written: {1}.").format(self._target, error.strerror or error)

    def _discard(self) -> None:
        if self._part is not None:
            self._part.unlink(missing_ok=True)
            self._part = None
