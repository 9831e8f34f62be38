"""The page about the run file is true: of its tables, and its example reads a file without this program."""

import re
import sqlite3
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from ganlab_desktop.cli.app import run as ganlab
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.runfile import schema
from ganlab_desktop.runfile.blobs import MOST_ROWS
from ganlab_desktop.runfile.documented import TABLES, documented_schema
from ganlab_desktop.runfile.runfile import RunFile


def test_every_table_and_column_is_told_and_no_other() -> None:
    connection = sqlite3.connect(":memory:")
    schema.create(connection)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    columns = {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in names}
    connection.close()
    assert {name: list(table.columns) for name, table in TABLES.items()} == columns
    assert f"user_version {schema.VERSION})" in documented_schema()


def test_the_example_reads_a_series(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ganlab(["show", "--schema"]) == 0
    page = capsys.readouterr().out
    example = re.search(r"^    import .*", page, re.MULTILINE | re.DOTALL)
    assert example is not None
    found: dict[str, Any] = {}
    exec(dedent(example[0]), found)
    path, steps = tmp_path / "a.ganlab", np.arange(MOST_ROWS + 300)
    values = np.sin(steps[:, None] + np.arange(2)).astype(np.float32)
    with RunFile.create(path, Experiment()) as file:
        file.append_series("losses", ["D", "G"], steps[:100], values[:100])
        file.append_series("losses", ["D", "G"], steps[100:], values[100:])
        read_steps, read_values, columns = found["series"](path, "losses")  # while it is open
    assert columns == ["D", "G"]
    np.testing.assert_array_equal(read_steps, steps)
    np.testing.assert_array_equal(read_values, values)


def test_show_needs_a_name_or_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert ganlab(["show"]) == 2
    assert "PRESET_OR_RUN" in capsys.readouterr().err
