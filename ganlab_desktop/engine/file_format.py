"""What run files hold, as the window is told of it."""

from collections.abc import Iterable
from pathlib import Path

from ganlab_desktop.runfile import documented
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.peek import glimpse
from ganlab_desktop.wire.messages import FileFormat, Glimpse, TableFormat


def file_told(path: str) -> FileFormat:
    """What a run file is, its tables, and how the curves of this one are read; of any where none is named."""
    tables = tuple(
        TableFormat(name, table.purpose, tuple(table.columns.items())) for name, table in documented.TABLES.items()
    )
    return FileFormat(documented.ABOUT, tables, documented.program(path) if path else documented.program())


def glimpses_of(paths: Iterable[str]) -> tuple[Glimpse, ...]:
    """What run files are at a glance, in their order; where one cannot be read, why."""
    return tuple(map(_glimpse, paths))


def _glimpse(path: str) -> Glimpse:
    try:
        return Glimpse(path, *glimpse(Path(path).expanduser()))
    except RunFileError as error:
        return Glimpse(path, problem=error.problem)
