"""What a run file holds, as the window is told of it."""

from ganlab_desktop.runfile import documented
from ganlab_desktop.wire.messages import FileFormat, TableFormat


def file_told(path: str) -> FileFormat:
    """What a run file is, its tables, and how the curves of this one are read; of any where none is named."""
    tables = tuple(
        TableFormat(name, table.purpose, tuple(table.columns.items())) for name, table in documented.TABLES.items()
    )
    return FileFormat(documented.ABOUT, tables, documented.program(path) if path else documented.program())
