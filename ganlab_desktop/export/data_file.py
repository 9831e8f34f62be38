"""The data of figures and tables as files."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np

from ganlab_desktop.export.about import About
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.sheets import Column, Sheet, Sheets

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold: the same data are the same file


def write_sheets(sheets: Sheets, made: About, ending: str, stream: BinaryIO) -> None:
    """Write sheets as one CSV or Parquet table, as NPZ with arrays named sheet.column, or as a zip of CSV tables.

    Raises ExportError where there are several and the format holds one.
    """
    if ending == "npz":
        _npz(sheets, made, stream)
    elif ending == "zip":
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            put(archive, "about.json", made.json().encode())
            for name, sheet in sheets.sheets.items():
                table = io.BytesIO()
                _csv(_flat(name, sheet), made, table)
                put(archive, f"{name}.csv", table.getvalue())
    else:
        if len(sheets.sheets) != 1:
            names = ", ".join(sheets.sheets)
            raise ExportError(f".{ending} holds one table, and here are several ({names}): write .zip or .npz")
        ((name, sheet),) = sheets.sheets.items()
        _TABLES[ending](_flat(name, sheet), made, stream)


def put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file without a date."""
    archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)


def _flat(name: str, sheet: Sheet) -> Sheet:
    """The sheet with columns (N,)."""
    columns = {column: np.ravel(values) for column, values in sheet.columns.items()}
    if len({len(values) for values in columns.values()}) > 1:
        raise ExportError(f"{name} is no table: write .npz")
    return Sheet(columns, sheet.units)


def _npz(sheets: Sheets, made: About, stream: BinaryIO) -> None:
    arrays: dict[str, Any] = {
        f"{name}.{column}": values for name, sheet in sheets.sheets.items() for column, values in sheet.columns.items()
    }
    units = {f"{name}.{column}": unit for name, sheet in sheets.sheets.items() for column, unit in sheet.units.items()}
    words = {"about": made.json(), "units": json.dumps(units), "numbers": json.dumps(sheets.numbers)}
    np.savez_compressed(stream, **arrays | {name: np.array(text) for name, text in words.items()})


def _csv(sheet: Sheet, made: About, stream: BinaryIO) -> None:
    """Comma-separated with a head of lines that begin with #: how it was made, and the units."""
    head = [made.line, made.json(), f"units: {json.dumps(sheet.units)}"]
    text = io.TextIOWrapper(stream, "utf-8", newline="\n")
    text.writelines(f"# {line}\n" for line in head)
    text.write(",".join(sheet.columns) + "\n")
    columns = [_words(values) for values in sheet.columns.values()]
    text.writelines(",".join(row) + "\n" for row in zip(*columns, strict=True))
    text.detach()  # flushed; the stream stays open


def _words(values: Column) -> list[str]:
    """Values as the shortest words that give them back; none for NaN."""
    return ["" if value != value else str(value) for value in values]


def _parquet(sheet: Sheet, made: About, stream: BinaryIO) -> None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ExportError(
            "Parquet needs pyarrow: pip install 'ganlab-desktop[parquet]', or write .csv or .npz"
        ) from None
    fields = [
        pyarrow.field(name, pyarrow.from_numpy_dtype(values.dtype), metadata={"unit": sheet.units.get(name, "")})
        for name, values in sheet.columns.items()
    ]
    schema = pyarrow.schema(fields, metadata={"about": made.json()})
    parquet.write_table(pyarrow.table(list(sheet.columns.values()), schema=schema), stream)


_TABLES: dict[str, Callable[[Sheet, About, BinaryIO], None]] = {"csv": _csv, "parquet": _parquet}
