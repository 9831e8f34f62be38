"""Imported points lie in the document: it opens and replays exactly whatever becomes of the files they came from."""

import queue
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.engine.document import Document, load_run
from ganlab_desktop.engine.imported import embed
from ganlab_desktop.engine.lane import Measurement
from ganlab_desktop.engine.measuring import Meter
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.study_process import ApartLane
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.data import contents
from ganlab_desktop.gan.state import GameState
from ganlab_desktop.measure.probes import View
from ganlab_desktop.runfile.runfile import RunFile

DATA = Path(__file__).parents[1] / "runfile" / "data"
SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8], "data.kind": "points"}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files of points in the present folder."""
    torch.set_num_threads(1)
    monkeypatch.chdir(tmp_path)
    write("a.csv", 1)
    write("b.csv", 2)


def write(name: str, seed: int) -> None:
    np.savetxt(name, np.random.default_rng(seed).normal(size=(60, 2)), delimiter=",")


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand as a process that has just begun."""
    monkeypatch.setattr(contents, "_known", {})


def started(path: Path, **settings: Any) -> Document:
    document = Document.new(with_changes(Experiment(), {**SMALL, "data.path": "a.csv", **settings}), path)
    document.start_writing(lambda step: None, lambda text: None)
    return document


def train(document: Document, until: int) -> None:
    while document.run.step < until:
        document.run.advance()
        if document.run.step % 8 == 0:
            document.run.timeline.keep(document.run.game)


def changed_at_20(path: Path) -> dict[int, GameState]:
    """Write a run that goes over to other points at step 20. Its states at three steps."""
    document, states = started(path), {}
    for step in (10, 20, 30):
        train(document, step)
        states[step] = document.run.game.state()
        if step == 20:
            document.edit({"data.path": "b.csv", "data.n_train": 50})
    document.close()
    return states


def at(document: Document, step: int) -> Replica:
    replica = Replica(document.run.timeline, torch.device("cpu"))
    replica.aim(step)
    replica.work(60.0)
    assert replica.exact
    return replica


def test_a_run_opens_and_replays_exactly_without_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.ganlab"
    states = changed_at_20(path)
    Path("a.csv").unlink()
    write("b.csv", 3)
    forget(monkeypatch)
    document = Document.open(path)
    document.start_writing(lambda step: None, lambda text: None)
    assert all(at(document, step).game.state().equals(state) for step, state in states.items())
    document.fork(at(document, 10), {"optimizer.generator.lr": 0.01})
    train(document, 15)
    document.duplicate(5)
    train(document, 5)
    document.turn_to(1)
    assert document.run.game.state().equals(states[30])
    document.close()


def test_a_run_saved_under_another_name_takes_them_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = started(tmp_path / "a.ganlab")
    train(document, 10)
    document.save_as(tmp_path / "b.ganlab")
    document.close()
    in_memory = Document(document.run, None)
    in_memory.edit({"data.path": "b.csv"})
    in_memory.save_as(tmp_path / "c.ganlab")
    in_memory.close()
    for name in ("a.csv", "b.csv"):
        Path(name).unlink()
    forget(monkeypatch)
    for name in ("b.ganlab", "c.ganlab"):
        Document.open(tmp_path / name).close()


def test_a_file_that_has_changed_since_is_told_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.ganlab"
    document = started(path)
    before = document.run.game.data.train_points
    document.close()
    forget(monkeypatch)
    untouched = Document.open(path)
    assert untouched.notices == ()
    untouched.close()
    write("a.csv", 4)
    opened = Document.open(path)
    assert opened.notices == ("a.ganlab: a.csv has changed since; the run goes on with the points that it was given",)
    np.testing.assert_array_equal(opened.run.game.data.train_points, before)
    opened.close()


def test_a_file_chosen_again_is_read_again(tmp_path: Path) -> None:
    document = started(tmp_path / "a.ganlab")
    train(document, 10)
    before = document.run.game.data
    document.edit({"data.path": "a.csv"})
    assert document.run.game.data is before
    write("a.csv", 4)
    document.edit({"optimizer.generator.lr": 0.01})
    assert document.run.game.data is before
    document.edit({"data.path": "a.csv"})
    assert not np.array_equal(document.run.game.data.train_points, before.train_points)
    document.undo()
    np.testing.assert_array_equal(document.run.game.data.train_points, before.train_points)
    document.close()


def test_the_same_points_are_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "a.ganlab"
    document = started(path)
    shutil.copy("a.csv", "same.csv")
    for name in ("b.csv", "same.csv", "b.csv", "a.csv"):
        document.edit({"data.path": name, "data.scale": 2.0})
    document.duplicate(3)
    document.close()
    with RunFile.open(path, readonly=True) as file:
        names = file.point_names()
        assert len(names) == 2
        assert {contents.name_of(file.points(name)) for name in names} == set(names)
        np.testing.assert_array_equal(file.points(contents.name_of(np.loadtxt("a.csv", delimiter=","))).shape, (60, 2))


def test_damaged_points_are_told_and_read_from_where_they_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.ganlab"
    states = changed_at_20(path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE points SET data = zeroblob(16)")
    connection.commit()
    connection.close()
    forget(monkeypatch)
    document = Document.open(path)
    assert "checksum does not hold" in document.notices[0]
    assert at(document, 10).game.state().equals(states[10])
    document.close()
    write("a.csv", 9)
    forget(monkeypatch)
    with pytest.raises(ExperimentError, match=r"a\.csv does not hold the points"):
        Document.open(path)


def test_studies_in_a_process_of_their_own_have_the_points_too(tmp_path: Path) -> None:
    document = started(tmp_path / "a.ganlab")
    train(document, 10)
    for name in ("a.csv", "b.csv"):
        Path(name).unlink()
    arrived: queue.SimpleQueue[None] = queue.SimpleQueue()
    meter = Meter(document.run, ["health"], ApartLane, lambda: arrived.put(None))
    meter.offer(["health"], View(document.run.game.data.box, 16), resting=True)
    arrived.get(timeout=60.0)
    (measured,) = meter.take()
    assert isinstance(measured, Measurement)
    assert measured.picture is not None
    meter.close()
    document.close()


def test_the_command_line_needs_no_file_either_and_tells_of_one_that_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.ganlab"
    changed_at_20(path)
    for name in ("a.csv", "b.csv"):
        Path(name).unlink()
    write("b.csv", 3)
    ganlab = [sys.executable, "-m", "ganlab_desktop"]
    for command in (
        ["sample", str(path), "-n", "5", "--at", "10", "-o", str(tmp_path / "samples.npz")],
        ["train", str(path), "--steps", "2"],
    ):
        done = subprocess.run([*ganlab, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "ganlab: a.ganlab: b.csv has changed since; the run goes on" in done.stderr


@pytest.mark.parametrize("readonly", [False, True])
def test_a_file_of_the_second_version_takes_its_points_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, readonly: bool
) -> None:
    path = tmp_path / "old.ganlab"
    shutil.copy(DATA / "version-2.ganlab", path)
    for name in ("ring", "line"):
        shutil.copy(DATA / f"version-2-{name}.csv", f"{name}.csv")
    before = path.read_bytes()
    if readonly:
        with RunFile.open(path, readonly=True) as file:
            assert (load_run(file).step, file.point_names()) == (40, [])
        assert path.read_bytes() == before
        return
    document = Document.open(path)
    document.start_writing(lambda step: None, lambda text: None)
    assert (document.notices, document.run.step, document.run.standing.data_since) == ((), 40, 20)
    states = {step: at(document, step).game.state() for step in (10, 25, 40)}
    document.close()
    for name in ("ring", "line"):
        Path(f"{name}.csv").unlink()
    forget(monkeypatch)
    again = Document.open(path)
    assert all(at(again, step).game.state().equals(state) for step, state in states.items())
    assert again.run.standing.data_since == 20
    again.close()


def test_a_file_of_the_second_version_whose_points_are_gone_says_which(tmp_path: Path) -> None:
    path = tmp_path / "old.ganlab"
    shutil.copy(DATA / "version-2.ganlab", path)
    with pytest.raises(ExperimentError, match=r"ring\.csv: there is no such file"):
        Document.open(path)


def test_points_too_many_for_a_file_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ganlab_desktop.gan.data.point_files.MOST_NUMBERS", 100)
    with pytest.raises(ExperimentError, match="holds 60 points; at most 50"):
        contents.pinned(with_changes(Experiment(), {"data.kind": "points", "data.path": "a.csv"}))


def test_experiments_without_a_file_have_nothing_to_keep(tmp_path: Path) -> None:
    experiment = Experiment()
    assert contents.pinned(experiment) is experiment
    with RunFile.create(tmp_path / "a.ganlab", experiment) as file:
        embed(file, experiment)
        assert file.point_names() == []
