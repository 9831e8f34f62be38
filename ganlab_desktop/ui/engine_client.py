"""The engine as the window sees it: a child process that takes commands, gives replies and sends frames."""

import asyncio
import shlex
import signal
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, QTimer, Signal, Slot

from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.wire import messages as m
from ganlab_desktop.wire.arrays import WireError
from ganlab_desktop.wire.framing import MARKER, Decoder, answer_decoder, encode

_SERVING = ("engine", "--stdio")
ENGINE = (sys.executable, "-m", "ganlab_desktop", *_SERVING)
_KEPT_LINES = 40  # last lines of the engine's stderr, told when it dies
_SHUTDOWN_MS = 5_000  # for committing the run file
_TERMINATE_MS = 2_000


class EngineError(Exception):
    """The engine could not do what was asked; the message is for the user."""


class EngineClient(QObject):
    """Owns one engine process at a time and speaks the wire protocol with it.

    `command_line` may be any program that connects this side's pipes to an engine, such as ssh. `environment` tells
    what an engine that starts now finds in its environment beside what this process has.
    """

    ready = Signal(str)  # the engine's program and version
    frame_arrived = Signal(object)
    preview_arrived = Signal(object)
    scene_changed = Signal(object)
    beside_changed = Signal(object)  # the Scene of the second canvas, or None
    paused = Signal(object)
    saved = Signal(object)
    reading = Signal(object)
    log = Signal(str, str)  # level, text
    died = Signal(str)  # what happened, one line

    def __init__(
        self,
        awaiting: Awaiting,
        command_line: Sequence[str] = ENGINE,
        parent: QObject | None = None,
        environment: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        super().__init__(parent)
        self._awaiting, self._environment = awaiting, environment
        self._command_line = list(command_line)
        self._process: QProcess | None = None
        self._decoder: Decoder[m.Answer] = answer_decoder()
        self._greeted = False
        self._closing = False
        self._waiting: dict[int, asyncio.Future[m.Reply]] = {}
        self._ended: asyncio.Future[None] | None = None
        self._next_id = 1
        self.program = ""  # what the engine says it is
        self._stderr = b""
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._lose_patience)

    # --- life ---------------------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        """Whether an engine process runs or starts."""
        return self._process is not None

    @property
    def local(self) -> bool:
        """Whether the engine runs on this machine, as a child that sees the same files."""
        return self._command_line[0] == ENGINE[0]

    @property
    def process_id(self) -> int:
        """The engine's process id on this machine, 0 where none runs."""
        return int(self._process.processId()) if self._process is not None else 0

    @property
    def last_lines(self) -> str:
        """The last lines that the engine wrote to stderr."""
        return "\n".join(self._lines)

    def start(self) -> None:
        """Start an engine and greet it. Commands may be sent at once; the engine reads them when it is up."""
        assert self._process is None, "one engine at a time"
        self._decoder, self._greeted, self._closing = answer_decoder(), False, False
        self._stderr, self._ended = b"", None
        self._lines.clear()
        process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_stderr)
        process.errorOccurred.connect(self._failed)
        process.finished.connect(self._finished)
        process.setProcessEnvironment(self.surroundings())
        self._process = process
        process.start(self._command_line[0], self._command_line[1:])
        if self._process is None:  # it could not be started, and that has been told
            return
        process.write(MARKER)
        self._send(m.Hello(id=0, program=f"window {QCoreApplication.applicationVersion()}".strip()))

    async def close(self) -> None:
        """End the engine in order: ask, then terminate, then kill. Returns when the process is gone."""
        if self._process is None:
            return
        self._closing = True
        self._ended = self._ended or self._awaiting.future()
        self._send(m.Shutdown(id=self.next_id()))
        self._process.closeWriteChannel()
        self._patience.start(_SHUTDOWN_MS)
        await self._ended

    def surroundings(self) -> QProcessEnvironment:
        """What a process of the engine's kind finds in its environment."""
        surroundings = QProcessEnvironment.systemEnvironment()
        for name, value in self._environment().items():
            surroundings.insert(name, value)
        return surroundings

    def beside(self, *arguments: str) -> list[str]:
        """The command line of another command of ganlab on the engine's machine. A shell reads it there where that is
        another machine, as ssh has it."""
        program = self._command_line[: -len(_SERVING)]
        return [*program, *(arguments if self.local else map(shlex.quote, arguments))]

    # --- talk ---------------------------------------------------------------------------------------------------

    def next_id(self) -> int:
        """A fresh id for a command."""
        self._next_id += 1
        return self._next_id

    def request(self, command: m.Message) -> Awaitable[m.Reply]:
        """Send a command; the reply can be awaited and raises EngineError where the engine refused."""
        future = self._awaiting.future()
        if self._process is None or self._closing:
            future.set_exception(EngineError(self.tr("The engine is not running.")))
            return future
        self._waiting[command.id] = future  # type: ignore[attr-defined]
        self._send(command)
        return future

    def distrust(self, reason: str) -> None:
        """Let go of an engine whose messages can be decoded but make no sense."""
        if self._process is not None:
            self._give_up(reason)

    def grant(self, wish: m.Grant | m.Look | m.StopReading) -> None:
        """Give the engine credit for one frame or one preview, or take it from what it reads, at once: it works while
        the window paints."""
        if self._process is not None and not self._closing:
            self._send(wish)
            self._process.waitForBytesWritten(0)

    def _send(self, message: m.Message) -> None:
        assert self._process is not None
        self._process.write(encode(message))

    # --- receivers ----------------------------------------------------------------------------------------------

    @Slot()
    def _read(self) -> None:
        if self._process is None:
            return
        arrived: list[m.Answer] = []
        try:
            arrived.extend(self._decoder.feed(bytes(self._process.readAllStandardOutput().data())))
        except WireError as error:
            self._give_up(self.tr("The engine sent {0}.").format(error))
            return
        for message in arrived:
            self._dispatch(message)

    def _dispatch(self, message: m.Answer) -> None:
        match message:
            case m.Frame():
                self.frame_arrived.emit(message)
            case m.Reply():
                self._answered(message)
            case m.Preview():
                self.preview_arrived.emit(message)
            case m.Scene():
                self.scene_changed.emit(message)
            case m.Log():
                self.log.emit(message.level, message.text)
            case m.BesideScene():
                self.beside_changed.emit(message.scene)
            case m.Paused():
                self.paused.emit(message)
            case m.Saved():
                self.saved.emit(message)
            case m.Reading():
                self.reading.emit(message)
            case m.Hello():
                self._greet(message)

    def _greet(self, hello: m.Hello) -> None:
        if hello.version != m.VERSION:
            text = self.tr("The engine speaks version {0} of the protocol, this window version {1}; install the same.")
            self._give_up(text.format(hello.version, m.VERSION))
        elif not self._greeted:
            self._greeted = True
            self.program = hello.program
            self.ready.emit(hello.program)

    def _answered(self, reply: m.Reply) -> None:
        future = self._waiting.pop(reply.id, None)
        if future is None:
            if reply.error:
                self._give_up(reply.error) if reply.id == 0 else self.log.emit("error", reply.error)
            return
        if future.done():  # the task that waited was cancelled
            return
        if reply.error:
            future.set_exception(EngineError(reply.error))
        else:
            future.set_result(reply)

    @Slot()
    def _read_stderr(self) -> None:
        if self._process is None:
            return
        *lines, self._stderr = (self._stderr + bytes(self._process.readAllStandardError().data())).split(b"\n")
        for line in lines:
            self._tell(line)

    def _tell(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip()
        if text:
            self._lines.append(text)
            self.log.emit("info", text)

    # --- ends ---------------------------------------------------------------------------------------------------

    @Slot(QProcess.ProcessError)
    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._drop(self.tr("The engine could not be started: {0}.").format(reason))

    @Slot(int, QProcess.ExitStatus)
    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        if self._process is None:
            return
        self._read()
        self._read_stderr()
        self._tell(self._stderr)
        if self._process is not None:
            self._drop(self._reason(code, status))

    def _reason(self, code: int, status: QProcess.ExitStatus) -> str:
        if status == QProcess.ExitStatus.NormalExit:
            return self.tr("The engine ended by itself with exit code {0}.").format(code)
        if code == getattr(signal, "SIGKILL", None):
            return self.tr("The engine was killed (signal 9); often the machine was out of memory.")
        try:
            name = signal.Signals(code).name
        except ValueError:
            name = str(code)
        return self.tr("The engine crashed ({0}).").format(name)

    def _give_up(self, reason: str) -> None:
        """Treat an engine that does not keep to the protocol as dead."""
        process = self._process
        self._drop(reason)
        if process is not None:
            process.kill()

    def _drop(self, reason: str) -> None:
        """Let go of the process, fail what waits for it, and tell."""
        process, self._process = self._process, None
        if process is not None:
            for gone in (process.readyReadStandardOutput, process.readyReadStandardError, process.errorOccurred):
                gone.disconnect()
            process.finished.disconnect()
            process.finished.connect(process.deleteLater)
            if process.state() == QProcess.ProcessState.NotRunning:
                process.deleteLater()
        self._patience.stop()
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_exception(EngineError(reason))
                future.exception()  # seen: whoever still awaits it gets it, and nobody warns about the rest
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)
        if not self._closing:
            self.died.emit(reason)

    @Slot()
    def _lose_patience(self) -> None:
        if self._process is None:
            return
        if self._patience.interval() == _SHUTDOWN_MS:
            self._process.terminate()
            self._patience.start(_TERMINATE_MS)
        else:
            self._process.kill()
