"""The engine process: commands come in on a stream, answers go out on another."""

import logging
import os
import queue
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from ganlab_desktop import __version__
from ganlab_desktop.engine.jobs import Turn
from ganlab_desktop.engine.stdio import claim_output, write_all
from ganlab_desktop.engine.threads import leave_room_for_window
from ganlab_desktop.wire.arrays import WireError
from ganlab_desktop.wire.framing import MARKER, command_decoder, encode
from ganlab_desktop.wire.messages import (
    VERSION,
    Answer,
    Bookmark,
    Command,
    Commit,
    Compare,
    Content,
    Describe,
    Duplicate,
    Edit,
    Explain,
    Fork,
    Grant,
    Hello,
    Log,
    Look,
    Machine,
    New,
    Open,
    Overlay,
    Pause,
    Peek,
    Play,
    Recover,
    Reply,
    Restart,
    Revert,
    Save,
    Scene,
    Seek,
    SetSpeed,
    ShowBeside,
    Shutdown,
    Step,
    StepPhase,
    StopReading,
    Survey,
    TurnTo,
    Undo,
)

if TYPE_CHECKING:
    from ganlab_desktop.engine.trainer import Trainer

_log = logging.getLogger(__name__)


def serve_stdio() -> int:
    """Serve one window on standard input and output until it shuts down or goes away. The exit code.

    Standard output is kept for the protocol: it is moved to another descriptor before torch loads, and whatever
    prints goes to standard error.
    """
    output = claim_output()
    leave_room_for_window()
    signal.signal(signal.SIGTERM, _terminate)
    sender = _Sender(output)
    server = _Server(sender.send)
    decoder = command_decoder()
    try:
        while data := os.read(0, 1 << 16):
            for command in decoder.feed(data):
                server.handle(command)
                if isinstance(command, Shutdown):
                    return 0
    except WireError as error:
        _log.error("the window sent %s", error)
        return 1
    except _TerminatedError:
        return 0
    finally:
        server.desert()
        sender.close()
    return 0


def _turn(command: Command) -> Turn:
    """What acts on the moment that is shown waits until it is."""
    match command:
        case Pause() | SetSpeed() | Survey():
            return Turn.NEXT
        case Fork() | Edit() | Bookmark(step=None):
            return Turn.ARRIVED
    return Turn.IN_ORDER


class _TerminatedError(Exception):
    pass


def _terminate(number: int, frame: FrameType | None) -> None:
    raise _TerminatedError


class _Sender:
    """Writes answers from any thread, in a thread of its own, so that a slow window holds up nothing but itself."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._queue.put(MARKER)
        self._thread = threading.Thread(target=self._write, name="sender", daemon=True)
        self._thread.start()

    def send(self, answer: Answer) -> None:
        self._queue.put(encode(answer))

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join(timeout=5.0)

    def _write(self) -> None:
        while (data := self._queue.get()) is not None:
            try:
                write_all(self._descriptor, data)
            except OSError:  # the window is gone; the end of our input says so too
                return


class _Server:
    """The command thread: hands commands to the training thread and never waits for it."""

    def __init__(self, send: Callable[[Answer], None]) -> None:
        self._send = send
        self._greeted = False
        self._left = False  # whether the window has taken its leave
        self._trainer: Trainer | None = None

    def handle(self, command: Command) -> None:
        if isinstance(command, Hello):
            self._greet(command)
            return
        if not self._greeted:
            raise WireError("a command before Hello")
        if isinstance(command, Grant):
            self._training.onlookers.grant(command)
            return
        if isinstance(command, Recover):
            from ganlab_desktop.engine.recovery import cut_off

            self._send(Reply(command.id, cut_off=cut_off(command.documents)))
            return
        if isinstance(command, Peek):
            threading.Thread(target=self._peek, args=(command,), name="peek", daemon=True).start()
            return
        if isinstance(command, Explain):
            from ganlab_desktop.engine.file_format import file_told

            self._send(Reply(command.id, format=file_told(command.path)))
            return
        if isinstance(command, Look):
            self._training.onlookers.look(command)
            return
        if isinstance(command, StopReading):
            self._training.stop_reading()
            return
        if isinstance(command, Shutdown):
            self._left = True
            self._close()
            self._send(Reply(command.id))
            return
        self._training.post(command.id, partial(self._carry_out, command), _turn(command))

    @property
    def _training(self) -> "Trainer":
        """The training thread. Torch is loaded with it, after the window had its greeting."""
        if self._trainer is None:
            from ganlab_desktop.engine.trainer import Trainer

            self._trainer = Trainer(self._send)
        return self._trainer

    def _peek(self, command: Peek) -> None:
        """Reply to it from a thread of its own: the files may lie on a slow disk, or on one that does not answer."""
        from ganlab_desktop.engine.file_format import glimpses_of

        self._send(Reply(command.id, glimpses=glimpses_of(command.documents)))

    def desert(self) -> None:
        """Close. For a window that has gone without a word the run is marked, so that the next one offers it."""
        from ganlab_desktop.runfile.errors import RunFileError
        from ganlab_desktop.runfile.lock import mark_cut_off

        path = self._kept_at()
        self._close()
        if path is not None:
            try:
                mark_cut_off(path)
            except RunFileError as error:
                _log.warning("%s", error)

    def _kept_at(self) -> Path | None:
        """The file that follows a run that the window has not left in order."""
        if self._left or self._trainer is None or not self._trainer.has_document:
            return None
        document = self._trainer.document()
        return document.path if document.kept else None

    def _close(self) -> None:
        if self._trainer is not None:
            self._trainer.stop(for_good=self._left)
            self._trainer = None

    def _greet(self, hello: Hello) -> None:
        self._send(Hello(program=f"ganlab {__version__}"))
        if hello.version != VERSION:
            text = f"this engine speaks version {VERSION} of the protocol, the window version {hello.version}"
            self._send(Reply(hello.id, error=text))
            return
        self._greeted = True
        self._send(Reply(hello.id))

    def _carry_out(self, command: Command) -> Content:
        from ganlab_desktop.engine.document import Document
        from ganlab_desktop.engine.places import untitled_directory
        from ganlab_desktop.engine.playback import Course
        from ganlab_desktop.experiment import files
        from ganlab_desktop.experiment.errors import ExperimentError
        from ganlab_desktop.experiment.validate import with_changes
        from ganlab_desktop.gan.device import available_devices

        trainer = self._training
        match command:
            case New():
                return trainer.show(Document.new_untitled(files.from_toml(command.experiment)))
            case Restart():
                run = trainer.document().run
                return trainer.show(Document.new_untitled(with_changes(run.experiment, command.changes), like=run))
            case Open():
                return self._open(Path(command.path).expanduser())
            case Save():
                path = Path(command.path).expanduser()
                match files.kind_of_file(path):
                    case "experiment":
                        files.save(trainer.document().run.experiment, path)
                    case "run":
                        return trainer.save_as(path)
                    case _:
                        raise ExperimentError(str(path), "must end in .ganlab (a run) or .toml (an experiment)")
                return trainer.scene()
            case Commit():
                trainer.document().commit()
            case Survey():
                return Machine(available_devices(), os.cpu_count() or 1, str(untitled_directory(make=False)))
            case Revert():
                return trainer.revert()
            case Play():
                trainer.play(Course(command.backwards, command.loop))
            case Pause():
                trainer.pause()
            case Step():
                trainer.step(command.count, command.only)
            case StepPhase():
                return trainer.step_phase(command.to)
            case Seek():
                return trainer.seek(command.step, command.phase)
            case Edit():
                return trainer.edit(command.changes)
            case Fork():
                return trainer.fork(command.changes)
            case TurnTo():
                return trainer.turn_to(command.run)
            case Duplicate():
                return trainer.duplicate(command.seed)
            case Describe():
                told = {name: getattr(command, name) for name in ("title", "colour", "note", "deleted")}
                return trainer.describe(
                    command.run, **{name: value for name, value in told.items() if value is not None}
                )
            case ShowBeside():
                trainer.show_beside(command.run, command.step)
            case Overlay():
                return trainer.document().curves(command.run)
            case Compare():
                return trainer.document().compared(command.step)
            case Undo():
                return trainer.undo(again=command.again)
            case Bookmark():
                return trainer.bookmark(command.step, command.note)
            case SetSpeed():
                trainer.set_speed(command.per_second, phases=command.phases)
            case _:
                self._send(Log("warning", f"the engine has no answer to {type(command).__name__}"))
        return None

    def _open(self, path: Path) -> Scene:
        from ganlab_desktop.engine.document import Document
        from ganlab_desktop.experiment import files
        from ganlab_desktop.experiment.data import Points
        from ganlab_desktop.experiment.errors import ExperimentError
        from ganlab_desktop.experiment.experiment import Experiment

        trainer = self._training
        match files.kind_of_file(path):
            case "run":
                current = trainer.document().path if trainer.has_document else None
                if current is not None and path.exists() and current.samefile(path):
                    if not trainer.document().run.diverged:
                        return trainer.scene()
                    trainer.close()  # a diverged run goes back to its last good state
                return trainer.show(Document.open(path))
            case "points":
                experiment = Experiment(title=path.stem, data=Points(path=str(path.resolve())))
            case "experiment":
                experiment = files.load(path)
            case None:
                raise ExperimentError(str(path), f"must be a {', '.join(files.FILE_KINDS)} file")
        return trainer.show(Document.new_untitled(experiment))
