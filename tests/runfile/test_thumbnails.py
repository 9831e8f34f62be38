"""The small pictures of runs in a file, and files from before there were any."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.runfile.peek import glimpse
from ganlab_desktop.runfile.rows import State
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.runfile.schema import VERSION

PNG = b"\x89PNG\r\n\x1a\n and so on"
ARRAYS = {"generator.parameters": np.zeros(3, np.float32)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.ganlab"


def test_a_run_has_one_picture_and_a_fork_shows_its_parents_until_it_has_its_own(path: Path) -> None:
    with RunFile.create(path, Experiment(title="Rings")) as file:
        assert file.thumbnail() == b""
        file.write_state(10, ARRAYS, {})
        file.put_thumbnail(5, PNG + b"5")
        file.put_thumbnail(10, PNG + b"10")
        assert file.thumbnail() == PNG + b"10"
        file.select(file.fork(State(10, ARRAYS, {}), 0, Experiment()))
        assert file.thumbnail() == PNG + b"10"
        file.put_thumbnail(20, PNG + b"fork")
        assert file.thumbnail() == PNG + b"fork"
        file.truncate(15)
        assert file.thumbnail() == PNG + b"10"
    assert glimpse(path) == ("Rings", 10, 2, PNG + b"10")


@pytest.mark.parametrize("png", [b"<svg/>", b"", PNG + bytes(1 << 20)], ids=["another format", "empty", "huge"])
def test_what_is_no_small_picture_is_not_shown(path: Path, png: bytes) -> None:
    with RunFile.create(path, Experiment()) as file:
        file.put_thumbnail(1, png)
        assert file.thumbnail() == b""


@pytest.mark.parametrize("readonly", [False, True])
@pytest.mark.parametrize(("version", "lacks"), [(2, ("points", "thumbnails")), (3, ("thumbnails",))])
def test_files_from_before_open_whole(path: Path, version: int, lacks: tuple[str, ...], readonly: bool) -> None:
    with RunFile.create(path, Experiment(title="Old")) as file:
        file.put_bookmark(3, "here")
    old = sqlite3.connect(path)
    for table in lacks:
        old.execute(f"DROP TABLE {table}")
    old.execute(f"PRAGMA user_version = {version}")
    old.commit()
    old.close()
    before = path.read_bytes()
    with RunFile.open(path, readonly=readonly) as file:
        assert (file.title(), file.bookmarks(), file.thumbnail()) == ("Old", {3: "here"}, b"")
        assert file.point_names() == []
    if readonly:
        assert path.read_bytes() == before
        return
    with RunFile.open(path) as file:
        file.put_thumbnail(1, PNG)
    header = path.read_bytes()[:100]
    assert int.from_bytes(header[60:64], "big") == VERSION


def test_events_are_told_along_the_way_from_the_root(path: Path) -> None:
    with RunFile.create(path, Experiment()) as file:
        file.write_state(10, ARRAYS, {})
        for step in (5, 9, 20):
            file.add_event(step, "oscillation", f"swings at {step}")
        file.select(file.fork(State(10, ARRAYS, {}), 0, Experiment()))
        file.add_event(15, "mode_collapse", "in the fork")
        assert [event.step for event in file.events()] == [5, 9, 15]
        file.truncate(12)
        assert [event.step for event in file.events()] == [5, 9]
