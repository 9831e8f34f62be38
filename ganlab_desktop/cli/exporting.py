"""`ganlab export`: figures, data and whatever else can be made of a run."""

import io
import json
import signal
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

from ganlab_desktop.cli.errors import BadInputError, FailedError
from ganlab_desktop.cli.notes import note
from ganlab_desktop.cli.targets import new_folder, replacing
from ganlab_desktop.engine.priority import lower_process
from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.exports.page import Export
from ganlab_desktop.experiment.exports.table import ending_of, export_of, is_folder, read_export
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
    """Write an export of a run into a file, a folder, or to standard output for "-". Raises ExperimentError,
    BadInputError and FailedError; then the file is as it was before."""
    wanted = _wanted(what, [parse_setting(setting) for setting in settings])
    if ending is None and out == _STDOUT:
        raise BadInputError(f"-o -: name the format too, --format {wanted.endings[0]} for example")
    if ending is None and is_folder(wanted, out):
        _into_folder(path, number, at, wanted, Path(out).resolve())
        return
    ending = ending_of(wanted, ending or out)
    if out == _STDOUT:
        lower_process()  # a window asks so, whose training is not to wait
        content = io.BytesIO()
        _write(path, number, at, wanted, ending, content, tell_as_json)
        sys.stdout.buffer.write(content.getbuffer())
        sys.stdout.buffer.flush()
        return
    target = Path(out)
    if target.exists() and not force:
        raise BadInputError(f"{target}: exists already; add --force to replace it")
    with _interruptible() as tell, replacing(target) as stream:
        _write(path, number, at, wanted, ending, stream, tell)


def _into_folder(path: Path, number: int | None, at: str | None, wanted: Export, target: Path) -> None:
    """Write an export into a folder that is new. Nothing is ever merged into one that holds something."""
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        what = "is a folder that is not empty" if target.is_dir() else "is a file"
        raise BadInputError(f"{target}: {what}; name a new folder, or a file with an ending")
    if target == Path.cwd():  # the shell would go on in the folder that gave way
        raise BadInputError(f"{target}: is the folder that you are in; name a new folder in it, or a file")
    with _interruptible() as tell, new_folder(target) as folder:
        _write(path, number, at, wanted, "", folder, tell)


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
    into: BinaryIO | Path,
    tell: Callable[[float, str], None],
) -> None:
    """Write into a stream in the format of the ending, or into a folder."""
    from ganlab_desktop.engine.visit import visit
    from ganlab_desktop.export.errors import ExportError
    from ganlab_desktop.export.writers import write, write_folder

    tell(0.0, "reading")
    try:
        with visit(path, number, at) as visited:
            try:
                if isinstance(into, Path):
                    write_folder(visited, wanted, into, tell)
                else:
                    write(visited, wanted, ending, into, tell)
            finally:
                note(visited.notices)
    except RunFileError as error:
        raise BadInputError(str(error)) from None
    except ExportError as error:
        raise FailedError(str(error)) from None
    tell(1.0, "done")


@contextmanager
def _interruptible() -> Iterator[Callable[[float, str], None]]:
    """A block that ends in order when it is asked to; its function shows how far it has come."""
    with _ending_in_order() as check, _as_bar() as show:

        def tell(fraction: float, what: str) -> None:
            check()
            show(fraction, what)

        yield tell


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


def tell_as_json(fraction: float, what: str) -> None:
    """Tell a program how far it has come."""
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
