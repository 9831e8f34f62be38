"""The page about the run file is true: of its tables, and its example reads a file without this program."""

import re
import sqlite3
import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from ganlab_desktop.cli.app import run as ganlab
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.runfile import schema
from ganlab_desktop.runfile.blobs import MOST_ROWS
from ganlab_desktop.runfile.documented import TABLES, documented_schema, program
from ganlab_desktop.runfile.runfile import RunFile


def test_every_table_and_column_is_told_and_no_other() -> None:
    connection = sqlite3.connect(":memory:")
    schema.create(connection)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    columns = {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in names}
    connection.close()
    assert {name: list(table.columns) for name, table in TABLES.items()} == columns
    assert f"user_version {schema.VERSION})" in documented_schema()


class Frame(NamedTuple):
    """What pandas would make a table of."""

    values: NDArray[np.float32]
    index: NDArray[np.int64]
    columns: list[str]


def test_the_program_reads_curves_and_edits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ganlab(["show", "--schema"]) == 0
    page = capsys.readouterr().out
    printed = re.search(r"^    import .*", page, re.MULTILINE | re.DOTALL)
    assert printed is not None
    assert dedent(printed[0]).strip() == program().strip()
    path, steps = tmp_path / "50% #1 it's.ganlab", np.arange(MOST_ROWS + 300)
    values = np.sin(steps[:, None] + np.arange(2)).astype(np.float32)
    pandas = ModuleType("pandas")  # which need not be installed
    pandas.DataFrame = Frame  # type: ignore[attr-defined]
    pandas.read_sql = lambda sql, connection: connection.execute(sql).fetchall()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    found: dict[str, Any] = {}
    with RunFile.create(path, Experiment()) as file:
        file.append_series("step", ["D", "G"], steps[:100], values[:100])
        file.append_series("step", ["D", "G"], steps[100:], values[100:])
        file.add_edit(7, {"seed": 1}, Experiment())
        exec(program(str(path)), found)  # while it is open
    np.testing.assert_array_equal(found["curves"].index, steps)
    np.testing.assert_array_equal(found["curves"].values, values)
    assert found["curves"].columns == ["D", "G"]
    assert found["edits"] == [(7, '{"seed": 1}')]


def test_show_needs_a_name_or_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert ganlab(["show"]) == 2
    assert "PRESET_OR_RUN" in capsys.readouterr().err
