"""`ganlab export`: figures, data and whatever else can be made of a run."""

import io
import json
import os
import signal
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

from ganlab_desktop.cli.errors import BadInputError, FailedError
from ganlab_desktop.cli.notes import note
from ganlab_desktop.engine.priority import lower_process
from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.exports.page import Export
from ganlab_desktop.experiment.exports.table import ending_of, export_of, read_export
from ganlab_desktop.experiment.paths import parse_setting
from ganlab_desktop.runfile.errors import RunFileError

_STDOUT = "-"


def export(
    path: Path,
    out: str,
    *,
    what: str,
    at: str | None,
    number: int | None,
    settings: list[str],
    ending: str | None,
    force: bool,
) -> None:
    """Write an export of a run into a file, or to standard output for "-". Raises ExperimentError, BadInputError and
    FailedError; then the file is as it was before."""
    wanted = _wanted(what, [parse_setting(setting) for setting in settings])
    if ending is None and out == _STDOUT:
        raise BadInputError(f"-o -: name the format too, --format {wanted.endings[0]} for example")
    ending = ending_of(wanted, ending or out)
    if out == _STDOUT:
        lower_process()  # a window asks so, whose training is not to wait
        content = io.BytesIO()
        _write(path, number, at, wanted, ending, content, _as_json)
        sys.stdout.buffer.write(content.getbuffer())
        sys.stdout.buffer.flush()
        return
    target = Path(out)
    if target.exists() and not force:
        raise BadInputError(f"{target}: exists already; add --force to replace it")
    with _ending_in_order() as check, _replacing(target) as stream, _as_bar() as show:

        def tell(fraction: float, what: str) -> None:
            check()
            show(fraction, what)

        _write(path, number, at, wanted, ending, stream, tell)


def _wanted(what: str, settings: list[tuple[str, Any]]) -> Export:
    """The export of a kind, or the one that a TOML file tells of. Raises ExperimentError."""
    if not what.endswith(".toml"):
        return export_of(what, settings)
    try:
        raw = tomllib.loads(Path(what).read_text("utf-8"))
    except OSError as error:
        raise ExperimentError(what, error.strerror or "cannot be read") from None
    except ValueError as error:
        raise ExperimentError(what, f"not valid TOML: {error}") from None
    for path, value in settings:
        paths.put(raw, path, value)
    return read_export(raw)


def _write(
    path: Path,
    number: int | None,
    at: str | None,
    wanted: Export,
    ending: str,
    stream: BinaryIO,
    tell: Callable[[float, str], None],
) -> None:
    from ganlab_desktop.engine.visit import visit
    from ganlab_desktop.export.errors import ExportError
    from ganlab_desktop.export.writers import write

    tell(0.0, "reading")
    try:
        with visit(path, number, at) as visited:
            try:
                write(visited, wanted, ending, stream, tell)
            finally:
                note(visited.notices)
    except RunFileError as error:
        raise BadInputError(str(error)) from None
    except ExportError as error:
        raise FailedError(str(error)) from None
    tell(1.0, "done")


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """A stream into a new file beside the target, which takes its place once all is written."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _clear(target)
        try:
            with beside.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise FailedError(f"{target}: {error.strerror or error}") from None


def _clear(target: Path) -> None:
    """Delete what exports to this file have left that were killed."""
    for left in target.parent.glob(f".{escape(target.name)}.*.part"):
        number = left.suffixes[-2].removeprefix(".")
        if number.isdecimal() and not _runs(int(number)):
            left.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    """Whether there is a process of this number; where that cannot be told there is."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def _ending_in_order() -> Iterator[Callable[[], None]]:
    """A block that a request to end interrupts, as Ctrl+C does, so that nothing is left over. Its function interrupts
    too, should either have come where Python drops what is raised."""
    asked = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    def check() -> None:
        if asked:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield check
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _as_json(fraction: float, what: str) -> None:
    print(json.dumps({"fraction": round(fraction, 4), "doing": what}), file=sys.stderr, flush=True)


@contextmanager
def _as_bar() -> Iterator[Callable[[float, str], None]]:
    """A progress bar, where standard error is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    with Progress(
        BarColumn(), TextColumn("{task.description}"), console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("reading", total=1.0)
        yield lambda fraction, what: bar.update(task, completed=fraction, description=what)
