"""An export at work: a child process beside the engine, which reads the run's file while training goes on."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec
from PySide6.QtCore import QObject, QProcess, Signal, Slot

_END_MS = 2_000  # that a killed process may take to be gone
_NOTE = "note: "
_PROGRAM = "ganlab: "


class Progress(msgspec.Struct):
    """A line of standard error that tells how far it has come."""

    fraction: float
    doing: str


class Told:
    """What a process says on standard error: how far it has come, what is to be known of its result, and else."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.last = ""  # the last line that was neither
        self._rest = b""  # of a line

    def take(self, data: bytes) -> Iterator[Progress]:
        """Read on; what was told of progress."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            try:
                yield msgspec.json.decode(line, type=Progress)
            except msgspec.DecodeError:
                self._keep(line.decode("utf-8", "replace").strip())

    def _keep(self, line: str) -> None:
        if line.startswith(_NOTE):
            self.notes.append(line.removeprefix(_NOTE))
        else:
            self.last = line.removeprefix(_PROGRAM) or self.last


class ExportJob(QObject):
    """One export, done by a process of its own once one is ready. What that writes is kept in memory, or, where there
    is a target, goes into a file beside it, which takes its place at the end."""

    advanced = Signal(float, str)  # how far it has come, from 0 to 1, and what is being done
    done = Signal(bytes)  # what was written; nothing where that went into the target
    failed = Signal(str)  # why, in one line
    ended = Signal()  # the process is gone, also where it was cancelled

    def __init__(
        self, document: str, words: Sequence[str], target: Path | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document = document  # the path of the run's file, on the engine's machine
        self._words, self._target = list(words), target
        self._part: Path | None = None
        self._stream: BinaryIO | None = None  # into the part
        self._process: QProcess | None = None
        self._told = Told()
        self.cancelled = False

    @property
    def notes(self) -> list[str]:
        """What is to be known of the result."""
        return self._told.notes

    def prepare(self) -> bool:
        """Make room for the result, before a process is ready; where there is none that is told by `failed`."""
        if self._target is not None:
            part = self._target.with_name(f".{self._target.name}.{os.getpid()}.part")
            try:
                self._stream = part.open("xb")
            except OSError as error:
                self.fail(self._unwritable(error))
                return False
            self._part = part
        return True

    def begin(self, process: QProcess) -> None:
        """Have a process that waits do it; it is this job's own from now on."""
        self._process = process
        process.setParent(self)
        process.readyReadStandardError.connect(self._read)
        process.readyReadStandardOutput.connect(self._write)
        process.finished.connect(self._finished)
        process.write(json.dumps([self.document, *self._words]).encode() + b"\n")

    def cancel(self) -> None:
        """End it without a word; nothing of it is left."""
        self.cancelled = True
        if self._process is not None:
            self._process.kill()
        else:
            self._discard()
            self.ended.emit()

    def leave(self) -> None:
        """Cancel, and wait until the process is gone."""
        self.cancel()
        if self._process is not None:
            self._process.waitForFinished(_END_MS)

    def fail(self, reason: str) -> None:
        """End it because nothing can come of it."""
        self._discard()
        self.failed.emit(reason)
        self.ended.emit()

    @Slot()
    def _read(self, rest: bytes = b"") -> None:
        assert self._process is not None
        for progress in self._told.take(bytes(self._process.readAllStandardError().data()) + rest):
            self.advanced.emit(progress.fraction, progress.doing)

    @Slot()
    def _write(self) -> None:
        if self._stream is None or self._process is None:
            return
        try:
            self._stream.write(self._process.readAllStandardOutput().data())
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        assert self._process is not None
        self._process.finished.disconnect()
        self._process.kill()
        self._process.waitForFinished(_END_MS)
        self.fail(self._unwritable(error))

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read(b"\n")
        if self.cancelled:
            self._discard()
            self.ended.emit()
        elif status == QProcess.ExitStatus.NormalExit and code == 0:
            self._succeed()
        else:
            self.fail(self._told.last or self.tr("The export ended by itself ({0}).").format(code))

    def _succeed(self) -> None:
        assert self._process is not None
        content = bytes(self._process.readAllStandardOutput().data())
        if self._target is not None and self._part is not None and self._stream is not None:
            try:
                self._stream.write(content)
                self._stream.close()
                self._part.replace(self._target)
            except OSError as error:
                self.fail(self._unwritable(error))
                return
            self._part, content = None, b""
        self.done.emit(content)
        self.ended.emit()

    def _unwritable(self, error: OSError) -> str:
        return self.tr("{0} cannot be written: {1}.").format(self._target, error.strerror or error)

    def _discard(self) -> None:
        if self._stream is not None:
            with suppress(OSError):  # what is left to write, to where there is no room
                self._stream.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)
            self._part = None
