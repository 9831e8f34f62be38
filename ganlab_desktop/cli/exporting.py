"""`ganlab export`: figures, data and whatever else can be made of a run."""

import io
import json
import os
import signal
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

from ganlab_desktop.cli.errors import BadInputError, FailedError
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
    with _replacing(target) as stream, _as_bar() as tell:
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
            write(visited, wanted, ending, stream, tell)
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
        with _ending_in_order():
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


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """A block that a request to end interrupts as Ctrl+C does, so that nothing is left over."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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
