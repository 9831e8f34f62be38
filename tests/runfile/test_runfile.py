"""The .ganlab document: what goes in comes out, and one file is left behind."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.runfile import schema
from ganlab_desktop.runfile.blobs import MOST_ROWS
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.peek import peek
from ganlab_desktop.runfile.runfile import RunFile

EXPERIMENT = Experiment(title="Ring", seed=7)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a run & more #1.ganlab"


@pytest.fixture
def run_file(path):
    with RunFile.create(path, EXPERIMENT, {"torch": "2.13.0", "threads": 1}) as file:
        yield file


def rows(first, last, columns=2):
    steps = np.arange(first, last, dtype=np.int64)
    return steps, np.sin(steps[:, None] + np.arange(columns)).astype(np.float32)


def test_a_new_file_holds_its_experiment_and_facts(run_file, path):
    assert run_file.experiment() == EXPERIMENT
    assert run_file.facts() == {"torch": "2.13.0", "threads": 1}
    assert (run_file.title(), len(run_file.runs()), run_file.latest_state()) == ("Ring", 1, None)


def test_the_file_is_recognisable_as_a_run_file(run_file, path):
    header = path.read_bytes()[:100]
    assert header[68:72] == b"GANL"
    assert int.from_bytes(header[60:64], "big") == schema.VERSION


def test_all_content_survives_closing_and_opening(path):
    steps, values = rows(0, 5000)
    arrays = {
        "generator.0.weight": np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32),
        "transposed": np.arange(6.0).reshape(2, 3).T,
        "counter": np.array(3, np.int64),
        "empty": np.zeros((0, 4), np.float32),
        "flags": np.array([True, False]),
    }
    edited = with_changes(EXPERIMENT, {"optimizer.generator.lr": 0.01})
    with RunFile.create(path, EXPERIMENT) as file:
        file.append_series("losses", ["D", "G"], steps, values)
        file.add_edit(120, {"optimizer.generator.lr": 0.01}, edited)
        file.add_event(130, "collapse", "2 of 8 modes")
        file.write_state(5000, arrays, {"draws": 10000, "nan": float("nan")})
    with RunFile.open(path) as file:
        assert file.experiment() == edited
        assert file.edits() == [(120, {"optimizer.generator.lr": 0.01}, files.to_toml(edited))]
        assert file.first_experiment() == EXPERIMENT
        assert file.events() == [(130, "collapse", "2 of 8 modes")]
        columns, read_steps, read_values = file.series("losses")
        assert columns == ("D", "G")
        np.testing.assert_array_equal(read_steps, steps)
        np.testing.assert_array_equal(read_values, values)
        state = file.latest_state()
        assert state is not None
        assert state.step == 5000
        assert state.facts["draws"] == 10000
        assert np.isnan(state.facts["nan"])
        assert state.arrays.keys() == arrays.keys()
        for name, array in arrays.items():
            assert state.arrays[name].dtype == array.dtype
            np.testing.assert_array_equal(state.arrays[name], array)
        assert file.damage == []


def test_series_grow_by_pieces_larger_than_a_chunk_and_by_columns(run_file):
    steps, values = rows(0, 2 * MOST_ROWS + 10)
    run_file.append_series("losses", ["D", "G"], steps, values)
    run_file.append_series("losses", ["G", "R1"], *rows(len(steps), len(steps) + 3))
    columns, read_steps, read_values = run_file.series("losses")
    assert columns == ("D", "G", "R1")
    np.testing.assert_array_equal(read_steps, np.arange(len(steps) + 3))
    np.testing.assert_array_equal(read_values[: len(steps), :2], values)
    assert np.isnan(read_values[: len(steps), 2]).all()
    assert np.isnan(read_values[len(steps) :, 0]).all()
    np.testing.assert_array_equal(read_values[len(steps) :, 1:], rows(len(steps), len(steps) + 3)[1])


def test_an_unknown_series_is_empty(run_file):
    columns, steps, values = run_file.series("none")
    assert (columns, steps.shape, values.shape) == ((), (0,), (0, 0))


@pytest.mark.parametrize(
    ("columns", "steps", "values"),
    [
        (["D"], [1, 2], [[1.0]]),
        (["D", "D"], [1], [[1.0, 2.0]]),
        (["D"], [2, 1], [[1.0], [1.0]]),
        (["D"], [3], [[1.0]]),  # before the rows that are there
    ],
)
def test_rows_that_do_not_fit_are_refused_and_nothing_is_stored(run_file, columns, steps, values):
    run_file.append_series("losses", ["D"], np.array([5]), np.array([[1.0]]))
    with pytest.raises(ValueError, match=r"steps|columns"):
        run_file.append_series("losses", columns, np.array(steps), np.array(values))
    assert run_file.series("losses").steps.tolist() == [5]


def test_the_last_two_states_are_kept(run_file, path):
    for step in (10, 20, 30):
        run_file.write_state(step, {"w": np.full(3, step, np.float32)}, {})
    with sqlite3.connect(path) as direct:
        assert direct.execute("SELECT step FROM states ORDER BY id").fetchall() == [(20,), (30,)]
    direct.close()
    assert run_file.latest_state().step == 30


@pytest.mark.parametrize("column", ["tensors", "facts", "step", "sha256"])
def test_a_state_whose_checksum_fails_gives_way_to_the_one_before(path, column):
    with RunFile.create(path, EXPERIMENT) as file:
        for step in (10, 20):
            file.write_state(step, {"w": np.full(1000, step, np.float32)}, {"step": step})
    spoil = {
        "tensors": "CAST(substr(tensors, 1, 200) || x'7f' || substr(tensors, 202) AS BLOB)",
        "facts": "'{}'",
        "step": "21",
        "sha256": "zeroblob(32)",
    }
    with sqlite3.connect(path) as direct:
        direct.execute(f"UPDATE states SET {column} = {spoil[column]} WHERE step = 20")
    direct.close()
    with RunFile.open(path) as file:
        state = file.latest_state()
        assert state.step == 10
        assert state.facts == {"step": 10}
        np.testing.assert_array_equal(state.arrays["w"], np.full(1000, 10, np.float32))
        assert len(file.damage) == 1
    info = peek(path)
    assert (info.sound, info.step) == (False, 10)


def test_truncating_cuts_everything_after_the_step(run_file):
    run_file.append_series("losses", ["D", "G"], *rows(1, 101))
    run_file.append_series("losses", ["D", "G"], *rows(101, 201))
    run_file.append_series("coverage", ["modes"], *rows(150, 160, 1))
    for step in (50, 150):
        run_file.write_state(step, {}, {})
        run_file.add_event(step, "note", str(step))
        run_file.add_edit(step, {"title": str(step)}, with_changes(EXPERIMENT, {"title": str(step)}))
    run_file.truncate(120)
    series = run_file.series("losses")
    np.testing.assert_array_equal(series.steps, np.arange(1, 121))
    np.testing.assert_array_equal(series.values, rows(1, 121)[1])
    assert len(run_file.series("coverage").steps) == 0
    assert [event.step for event in run_file.events()] == [50]
    assert [edit.step for edit in run_file.edits()] == [50]
    assert run_file.experiment().title == "50"
    assert run_file.latest_state().step == 50
    run_file.append_series("losses", ["D", "G"], *rows(121, 131))
    np.testing.assert_array_equal(run_file.series("losses").steps, np.arange(1, 131))


def test_closing_leaves_one_file(path):
    with RunFile.create(path, EXPERIMENT) as file:
        file.write_state(1, {"w": np.zeros(100_000)}, {})
        assert len(list(path.parent.iterdir())) > 1  # the log and the lock, while it is open
    assert list(path.parent.iterdir()) == [path]


def test_saving_as_writes_a_complete_copy_over_what_is_there(run_file, tmp_path):
    run_file.append_series("losses", ["D", "G"], *rows(0, 10))
    target = tmp_path / "copy.ganlab"
    target.write_bytes(b"something else")
    target.with_name("copy.ganlab-wal").write_bytes(b"a log of something else")
    run_file.save_as(target)
    assert sorted(tmp_path.glob("*copy*")) == [target]
    with RunFile.open(target) as copy:
        assert copy.experiment() == EXPERIMENT
        np.testing.assert_array_equal(copy.series("losses").steps, np.arange(10))
    run_file.add_event(1, "note", "the first file is still the open one")


def test_saving_over_a_file_that_is_open_elsewhere_is_refused(run_file, tmp_path):
    target = tmp_path / "other.ganlab"
    with RunFile.create(target, EXPERIMENT) as other:
        with pytest.raises(RunFileError, match="already open"):
            run_file.save_as(target)
        other.add_event(1, "note", "still there")
        assert len(other.events()) == 1


def test_saving_into_a_folder_that_is_not_there_says_so(run_file, tmp_path):
    with pytest.raises(RunFileError, match=r"gone/x\.ganlab: No such file"):
        run_file.save_as(tmp_path / "gone" / "x.ganlab")


def test_creating_over_a_file_needs_a_word(path):
    RunFile.create(path, EXPERIMENT).close()
    with pytest.raises(RunFileError, match="exists already"):
        RunFile.create(path, Experiment())
    assert peek(path).title == "Ring"
    RunFile.create(path, Experiment(title="New"), replace=True).close()
    assert peek(path).title == "New"


def test_a_second_writer_is_told_who_holds_the_file(path):
    program = (
        "import sys, pathlib\nfrom ganlab_desktop.runfile.runfile import RunFile\n"
        "file = RunFile.open(pathlib.Path(sys.argv[1]))\nprint('open', flush=True)\nsys.stdin.read()\nfile.close()"
    )
    RunFile.create(path, EXPERIMENT).close()
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(RunFileError, match=f"process {holder.pid}"):
            RunFile.open(path)
        with RunFile.open(path, readonly=True) as reader:
            assert reader.experiment() == EXPERIMENT
        holder.stdin.close()
        assert holder.wait() == 0
    RunFile.open(path).close()


def test_what_was_acknowledged_outlives_a_kill(path):
    program = """
import pathlib, sys
import numpy as np
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.runfile.runfile import RunFile
file = RunFile.create(pathlib.Path(sys.argv[1]), Experiment())
for step in range(1, 100_000):
    file.add_edit(step, {"title": str(step)}, Experiment(title=str(step)))
    file.write_state(step, {"w": np.full(10_000, step)}, {})
    print(step, flush=True)
"""
    victim = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
    with victim:
        for line in victim.stdout:
            if int(line) >= 25:
                victim.kill()
                break
        acknowledged = max([25, *(int(line) for line in victim.stdout if line.endswith("\n"))])
    with RunFile.open(path) as file:  # the dead process's lock and log are taken over
        assert len(file.edits()) in (acknowledged, acknowledged + 1)
        state = file.latest_state()
        assert state.step >= acknowledged
        assert (state.arrays["w"] == state.step).all()
        assert file.is_sound()
    assert list(path.parent.iterdir()) == [path]


def test_threads_may_write_at_the_same_time(run_file):
    def write(number):
        for step in range(20):
            run_file.add_event(step, "note", str(number))
            run_file.append_series(f"series {number}", ["a"], np.array([step]), np.array([[number]]))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(run_file.events()) == 80
    for number in range(4):
        series = run_file.series(f"series {number}")
        assert series.steps.tolist() == list(range(20))
        assert (series.values == number).all()


def test_peek_tells_what_a_file_holds_while_it_is_open(run_file, path):
    run_file.write_state(300, {"w": np.zeros(3)}, {})
    info = peek(path)
    assert (info.title, info.step, info.runs, info.sound, info.path) == ("Ring", 300, 1, True, path)
    assert 'title = "Ring"' in info.experiment
    assert info.created.startswith("20")
    assert info.size == path.stat().st_size


def test_a_closed_file_says_so(path):
    file = RunFile.create(path, EXPERIMENT)
    file.close()
    file.close()
    with pytest.raises(RunFileError):
        file.add_event(1, "note", "")
    with pytest.raises(RunFileError):
        file.experiment()


def test_keyframes_and_lone_moves_survive_and_are_cut_with_the_rest(path):
    arrays = {"weights": np.arange(6.0)}
    with RunFile.create(path, EXPERIMENT) as file:
        kept = file.add_keyframe(10, 0, arrays, {"step": 10})
        gone = file.add_keyframe(20, 1, arrays, {"step": 20})
        late = file.add_keyframe(30, 1, arrays, {"step": 30})
        file.put_moves([(4, 6, "generator"), (12, 25, "discriminator")])
        file.put_moves([(12, 28, "discriminator"), (29, 31, "generator")])
        file.drop_keyframes([gone])
    with RunFile.open(path) as file:
        assert [entry[:3] for entry in file.keyframes()] == [(kept, 10, 0), (late, 30, 1)]
        np.testing.assert_array_equal(file.keyframe(late).arrays["weights"], arrays["weights"])
        assert file.keyframe(kept).facts == {"step": 10}
        assert file.moves()[1] == (12, 28, "discriminator")
        with pytest.raises(RunFileError, match="gone"):
            file.keyframe(gone)
        file.truncate(26)
        assert [entry.step for entry in file.keyframes()] == [10]
        assert file.moves() == [(4, 6, "generator"), (12, 26, "discriminator")]


@pytest.fixture
def first_version(path):
    shutil.copy(Path(__file__).parent / "data" / "version-1.ganlab", path)
    return path


@pytest.mark.parametrize("readonly", [False, True])
def test_a_file_of_the_first_version_opens_whole(first_version, readonly):
    before = first_version.read_bytes()
    with RunFile.open(first_version, readonly=readonly) as file:
        assert (file.title(), len(file.runs()), file.since()) == ("Written by version 1", 1, 30)
        assert [(edit.step, edit.changes) for edit in file.edits()] == [(20, {"optimizer.generator.lr": 0.01})]
        state = file.latest_state()
        assert state is not None
        assert (state.step, len(file.series("step").steps)) == (30, 30)
        assert file.keyframes() == file.moves() == []
    assert (first_version.read_bytes() == before) == readonly  # a reader leaves it alone
    with RunFile.open(first_version) as file:
        assert file.is_sound()
