"""A disk that fills: the run rests and says so, nothing that happened is lost, and it goes on once there is space."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from engine_process import Engine
from small_disk import SmallDisk, small_disk

from ganlab_desktop.cli.app import run as ganlab
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.peek import peek
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.wire import messages as wire

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as mounted:
        yield mounted


def limit(document: Document, pages: int) -> None:
    """Let SQLite believe that the disk holds so many pages more than the file has; it then reports a full disk."""
    assert document._file is not None
    connection = document._file._connection
    (count,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {count + pages}").fetchall()


@pytest.mark.parametrize("pages", range(5))
def test_what_a_full_disk_kept_out_is_in_the_file_once_there_is_space(tmp_path: Path, pages: int) -> None:
    """Wherever within a snapshot the space ends: edits, lone moves, rows and keyframes all come later."""
    torch.set_num_threads(1)
    document = Document.new(with_changes(Experiment(), SMALL), tmp_path / "a.ganlab")
    document.start_writing(lambda step: None, lambda text: None)
    run, states = document.run, {}
    limit(document, pages)
    refused: list[str] = []
    for step in range(60):
        if step in (10, 30):
            try:
                document.edit({"optimizer.generator.lr": 1e-3 + step})
            except RunFileError as error:
                refused.append(str(error))
        run.advance("generator" if step in (20, 21, 40) else None)
        states[run.step] = run.game.state()
        if step % 7 == 0:
            run.timeline.keep(run.game)
    assert refused
    assert set(refused) == {f"{tmp_path / 'a.ganlab'}: the disk is full"}
    limit(document, 100_000)
    document.save()
    document.close()

    opened = Document.open(tmp_path / "a.ganlab")
    assert opened.notices == ()
    assert [edit.step for edit in opened.run.timeline.edits] == [10, 30]
    assert len(opened.run.history["step"]) == 60
    replica = Replica(opened.run.timeline, torch.device("cpu"))
    for step in (60, 41, 31, 22, 11, 9):
        replica.aim(step)
        replica.work(60.0)
        assert replica.game.state().equals(states[step]), step
    assert replica.exact
    opened.close()


def is_full(message: wire.Message) -> bool:
    return isinstance(message, wire.Paused) and message.reason == "failed" and "the disk is full" in message.text


def is_saved(message: wire.Message) -> bool:
    return isinstance(message, wire.Saved)


def test_an_engine_rests_on_a_full_disk_and_goes_on_when_asked(disk: SmallDisk) -> None:
    engine = Engine(disk.folder)
    try:
        scene = engine.start()
        engine.ask(wire.Play)
        engine.until(is_saved)
        disk.fill()
        paused = engine.until(is_full)
        assert isinstance(paused, wire.Paused)
        assert scene.path in paused.text
        assert not engine.frame(probes=()).playing
        edited = engine.ask(wire.Edit, {"optimizer.generator.lr": 5e-3})
        assert "lr = 0.005" in edited.scene.experiment  # type: ignore[union-attr]
        engine.ask(wire.Play)  # without space: it says so again
        engine.until(is_full)
        disk.free()
        engine.ask(wire.Play)
        saved = engine.until(is_saved)
        assert isinstance(saved, wire.Saved)
        assert saved.step > paused.step
    finally:
        engine.kill()
    assert peek(Path(scene.path)).step >= saved.step
    with RunFile.open(Path(scene.path)) as file:
        assert [edit.changes for edit in file.edits()] == [{"optimizer.generator.lr": 5e-3}]
        assert file.is_sound()


def test_a_full_disk_is_told_once_and_left_for_another(disk: SmallDisk, tmp_path: Path) -> None:
    engine = Engine(disk.folder)
    try:
        scene = engine.start()
        engine.ask(wire.Play)
        engine.until(is_saved)
        disk.fill()
        engine.until(is_full)
        engine.ask(wire.Edit, {"optimizer.generator.lr": 5e-3})
        step = engine.frame(probes=()).step
        time.sleep(4.0)  # meanwhile it is tried again
        told: list[wire.Message] = []
        engine.send(wire.Pause(1000))
        engine.until(lambda message: bool(told.append(message)) or message == wire.Reply(1000))
        assert not [message for message in told if is_full(message)]
        elsewhere = tmp_path / "elsewhere.ganlab"
        assert engine.ask(wire.Save, str(elsewhere)).error == ""
        engine.ask(wire.Step, 10)
        engine.until(lambda message: isinstance(message, wire.Paused) and message.reason == "stepped")
    finally:
        engine.kill()
    with RunFile.open(elsewhere) as file:
        assert [edit.step for edit in file.edits()] == [step]
        assert file.series("step").steps.tolist() == list(range(1, step + 11))
    assert not Path(scene.path).exists()  # it had no name


def test_an_engine_on_a_full_disk_keeps_a_new_run_in_memory_and_says_so(disk: SmallDisk) -> None:
    disk.fill()
    engine = Engine(disk.folder / "data")
    try:
        scene = engine.start()
        assert not scene.kept
        assert "kept in memory only" in scene.warnings[0]
        engine.ask(wire.Play)
        assert engine.frame(probes=()).step >= 0
    finally:
        engine.kill()


def test_save_as_onto_a_full_disk_says_so_and_the_run_stays_where_it_was(disk: SmallDisk, tmp_path: Path) -> None:
    engine = Engine(tmp_path / "data")
    try:
        scene = engine.start()
        engine.ask(wire.Play)
        engine.until(is_saved)
        disk.fill(leave=20_000)
        target = disk.folder / "b.ganlab"
        assert engine.ask(wire.Save, str(target)).error == f"{target}: the disk is full"
        assert [path.name for path in disk.folder.iterdir()] == ["filling"]
        frame = engine.frame(probes=())
        assert frame.playing
        saved = engine.until(is_saved)
        assert isinstance(saved, wire.Saved)
        assert saved.path == scene.path
    finally:
        engine.kill()


def test_training_without_a_window_ends_with_one_line_and_goes_on_later(
    disk: SmallDisk, capsys: pytest.CaptureFixture[str]
) -> None:
    out = disk.folder / "a.ganlab"
    small = [word for path, value in SMALL.items() for word in ("--set", f"{path}={value}")]
    assert ganlab(["train", "ring-ns", "--out", str(out), "--steps", "50", *small]) == 0
    disk.fill(leave=300_000)
    capsys.readouterr()
    began = time.monotonic()
    assert ganlab(["train", str(out), "--steps", "1000000", "--json"]) == 1
    assert time.monotonic() - began < 60.0
    told = capsys.readouterr().err
    assert told.count("the disk is full") == 1
    assert told.startswith(f"ganlab: {out}: the disk is full")
    disk.free()
    assert ganlab(["train", str(out), "--steps", "50", "--json"]) == 0
    done = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert done["step"] >= 100
    assert peek(out).sound


def test_an_export_to_a_full_disk_leaves_the_file_as_it_was(tmp_path, capsys):
    ring = tmp_path / "ring.ganlab"
    assert ganlab(["train", "ring-ns", "--out", str(ring), "--steps", "30"]) == 0
    capsys.readouterr()
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        out = disk.folder / "a.png"
        words = ["export", str(ring), "-o", str(out), "--what"]
        assert ganlab([*words, "losses"]) == 0
        before = out.read_bytes()
        disk.fill(leave=8192)
        assert ganlab([*words, "canvas", "--force"]) == 1
        assert capsys.readouterr().err == f"ganlab: {out}: No space left on device\n"
        assert out.read_bytes() == before
        assert sorted(path.name for path in disk.folder.iterdir()) == ["a.png", "filling"]


def test_a_folder_of_pictures_that_does_not_fit_leaves_nothing(tmp_path, capsys):
    digits = tmp_path / "digits.ganlab"
    small = ["--set", "schedule.batch_size=4"]
    assert ganlab(["train", "digits-conditional", "--out", str(digits), "--steps", "1", *small]) == 0
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        out = disk.folder / "pictures"
        words = ["export", str(digits), "--what", "samples", "-o", str(out), "--set"]
        capsys.readouterr()
        assert ganlab([*words, "count=1000"]) == 1
        assert capsys.readouterr().err == f"ganlab: {out}: No space left on device\n"
        assert list(disk.folder.iterdir()) == []
        assert ganlab([*words, "count=20"]) == 0
        assert len(list(out.glob("*.png"))) == 20
