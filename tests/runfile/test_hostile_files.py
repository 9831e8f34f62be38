"""Files that are damaged, foreign or made to do harm give one clear error or open as far as they are sound."""

import json
import os
import shutil
import sqlite3
import struct
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.runfile import blobs
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.peek import peek
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.runfile.schema import VERSION


@pytest.fixture
def sound(tmp_path):
    """A file with some of everything, closed."""
    path = tmp_path / "run.ganlab"
    with RunFile.create(path, Experiment()) as file:
        for step in range(10):
            file.append_series("losses", ["D", "G"], np.array([step]), np.array([[step, -step]]))
        file.add_edit(3, {"title": "x"}, Experiment(title="x"))
        file.write_state(5, {"w": np.arange(20_000.0)}, {"a": 1})
        file.write_state(10, {"w": np.arange(20_000.0)}, {"a": 2})
    return path


def alter(path, *statements):
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(*statement) if isinstance(statement, tuple) else connection.execute(statement)
    connection.close()


def read_everything(path):
    """Open and read all there is; a RunFileError is the only failure allowed."""
    with suppress(RunFileError):
        peek(path)
    with suppress(RunFileError), RunFile.open(path) as file:
        for read in (file.experiment, file.facts, file.edits, file.events, file.latest_state, file.is_sound):
            with suppress(RunFileError):
                read()
        file.series("losses")
        file.truncate(4)


def is_sound(path):
    """What peek says of a file; false where it cannot tell at all, which takes one line that names the file."""
    try:
        return peek(path).sound
    except RunFileError as error:
        return not (str(error).startswith(f"{path}: ") and "\n" not in str(error))


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 5000, b"GIF89a" + b"x" * 200, b"SQLite format 3\x00", b'title = "an experiment"\n' * 20],
    ids=["empty", "zeros", "picture", "bare magic", "text"],
)
def test_what_is_no_run_file_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "x.ganlab"
    path.write_bytes(content)
    for attempt in (RunFile.open, peek):
        with pytest.raises(RunFileError, match=r"x\.ganlab: not a run file"):
            attempt(path)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, problem in (("gone", "no such file"), ("", "not a file"), ("pipe", "not a file")):
        with pytest.raises(RunFileError, match=problem):
            RunFile.open(tmp_path / name)


def test_another_programs_database_is_refused(tmp_path):
    path = tmp_path / "other.ganlab"
    alter(path, "CREATE TABLE runs (id)")
    with pytest.raises(RunFileError, match="not a run file"):
        RunFile.open(path)


def test_a_newer_version_is_named(sound):
    alter(sound, f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(RunFileError, match="newer version"):
        RunFile.open(sound)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM runs; END",
        "CREATE VIEW v AS SELECT 1",
        "CREATE INDEX i ON runs (abs(id))",
        "ALTER TABLE runs ADD COLUMN more INTEGER AS (abs(id)) VIRTUAL",
        "DROP TABLE events",
    ],
)
def test_a_schema_that_is_not_ours_to_the_letter_is_refused(sound, statement):
    alter(sound, statement)
    for attempt in (RunFile.open, peek):
        with pytest.raises(RunFileError, match="altered"):
            attempt(sound)


def test_a_view_in_place_of_a_table_is_never_evaluated(sound):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS id FROM n"
    alter(sound, "PRAGMA foreign_keys = OFF", "DROP TABLE events", f"CREATE VIEW events AS {endless}")
    with pytest.raises(RunFileError, match="altered"):
        RunFile.open(sound)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.9, 0.999])
def test_a_file_cut_off_anywhere_is_an_error_or_reads_in_part(sound, share):
    size = sound.stat().st_size
    os.truncate(sound, int(size * share))
    assert not is_sound(sound)
    read_everything(sound)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), junk=st.binary(min_size=1, max_size=300))
def test_junk_anywhere_never_does_more_than_an_error(sound, place, junk):
    spoiled = sound.with_name("spoiled.ganlab")
    data = bytearray(sound.read_bytes())
    position = int(place * len(data))
    data[position : position + len(junk)] = junk
    spoiled.write_bytes(data)
    read_everything(spoiled)


def test_a_damaged_chunk_is_left_out_and_named(sound):
    alter(sound, "UPDATE series SET data = zeroblob(30) WHERE start = 4")
    with RunFile.open(sound) as file:
        assert file.series("losses").steps.tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
        assert len(file.damage) == 1


@pytest.mark.parametrize(
    ("count", "columns", "data"),
    [
        (1, ["D", "G"], zlib.compress(bytes(200_000_000))),  # a bomb
        (10**12, ["D", "G"], zlib.compress(bytes(16))),
        (-1, ["D", "G"], zlib.compress(bytes(16))),
        (1, [f"c{i}" for i in range(10_000)], zlib.compress(bytes(16))),
        (1, ["D", "D"], zlib.compress(bytes(16))),
        (1, "[" * 100_000, zlib.compress(bytes(16))),
        (1, ["D", "G"], zlib.compress(bytes(16))[:-2]),
        (2, ["D", "G"], zlib.compress(bytes(16))),
    ],
    ids=["bomb", "huge count", "negative count", "wide", "twice a name", "deep json", "cut", "short"],
)
def test_a_hostile_chunk_costs_neither_memory_nor_the_rest(sound, count, columns, data):
    names = columns if isinstance(columns, str) else json.dumps(columns)
    alter(sound, ("UPDATE series SET count = ?, columns = ?, data = ? WHERE start = 9", (count, names, data)))
    with RunFile.open(sound) as file:
        assert file.series("losses").steps.tolist() == list(range(9))
        assert len(file.damage) == 1
        file.truncate(2)
        assert file.series("losses").steps.tolist() == [0, 1, 2]


def test_a_hostile_state_with_a_right_checksum_is_skipped(sound):
    huge_header = struct.pack("<Q", 2**62) + b"{}"
    lying = json.dumps({"w": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 8]}}).encode()
    lying = struct.pack("<Q", len(lying)) + lying + bytes(8)
    for tensors in (b"", huge_header, lying):
        digest = blobs._digest(10, "{}", tensors)
        alter(
            sound,
            ("UPDATE states SET facts = '{}', tensors = ?, sha256 = ? WHERE id = 2", (tensors, digest)),
        )
        with RunFile.open(sound) as file:
            assert file.latest_state().step == 5


@pytest.mark.parametrize("text", ["[" * 100_000, 'format = "x"', "format = 99", "\x00"])
def test_a_file_whose_experiment_cannot_be_read_says_so(sound, text):
    alter(sound, ("UPDATE edits SET experiment = ?", (text,)), ("UPDATE runs SET experiment = ?", (text,)))
    with RunFile.open(sound) as file, pytest.raises(RunFileError, match="experiment"):
        file.experiment()


def test_a_place_that_cannot_be_written_opens_read_only(sound):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = Path(shutil.copy(sound, folder / "run.ganlab"))
        sqlite3.connect(path).execute("PRAGMA journal_mode = WAL").connection.close()  # as a kill leaves it
        path.chmod(0o444)
        folder.chmod(0o555)
        root = os.geteuid() == 0
        try:
            if root:
                os.seteuid(65534)  # root may write anywhere
            with RunFile.open(path) as file:
                assert file.readonly
                assert file.experiment().title == "x"
                assert file.latest_state().step == 10
                with pytest.raises(RunFileError, match="reading only"):
                    file.add_event(1, "note", "")
            assert peek(path).sound
            with pytest.raises(RunFileError, match="Permission denied"):
                RunFile.create(folder / "new.ganlab", Experiment())
            assert list(folder.iterdir()) == [path]
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o755)
