"""A run and its file: what is kept when something goes wrong."""

import sqlite3
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.engine.document import Document, load_run
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import SCALARS
from ganlab_desktop.runfile import connections
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.runfile import RunFile

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}


def document(path: Path, changes: dict[str, Any] | None = None) -> Document:
    made = Document.new(with_changes(Experiment(), {**SMALL, **(changes or {})}), path)
    made.start_writing(lambda step: None, lambda text: None)
    return made


def train(trained: Document, iterations: int) -> None:
    for _ in range(iterations):
        trained.run.advance()


def test_a_run_at_rest_is_written_at_once_however_long_a_write_takes(tmp_path: Path) -> None:
    saved: list[int] = []
    kept = Document.new(with_changes(Experiment(), SMALL), tmp_path / "a.ganlab")
    kept.start_writing(saved.append, lambda text: None)
    writer = kept._writer
    assert writer is not None

    def wait(resting: bool) -> int:
        kept.run.advance()
        writer._write_seconds = 60.0
        writer._last = time.monotonic() - 2.0
        kept.tick(resting=resting)
        writer._settle()
        return saved[-1] if saved else 0

    assert wait(resting=False) == 0
    assert wait(resting=True) == 2
    kept.close()


def rows(path: Path) -> np.ndarray:
    with RunFile.open(path, readonly=True) as file:
        return file.series("step").steps


def test_a_closed_document_opens_where_it_was(tmp_path: Path) -> None:
    first = document(tmp_path / "a.ganlab")
    train(first, 30)
    first.close()
    again = Document.open(tmp_path / "a.ganlab")
    assert again.run.step == 30
    np.testing.assert_array_equal(again.run.history["step"].after(0)[0], np.arange(1, 31))
    again.close()


def test_curves_of_a_version_that_knew_fewer_columns_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        for module in ("gan.game", "engine.run"):
            older.setattr(f"ganlab_desktop.{module}.SCALARS", SCALARS[1:3])
        written = document(tmp_path / "a.ganlab")
        train(written, 30)
        written.close()
        _, expected = written.run.history["step"].after(0)
    again = Document.open(tmp_path / "a.ganlab")
    again.start_writing(lambda step: None, lambda text: None)
    train(again, 1)
    again.run.flush()
    steps, values = again.run.history["step"].after(0)
    np.testing.assert_array_equal(steps, np.arange(1, 32))
    np.testing.assert_array_equal(values[:30, 1:3], expected)
    assert np.isnan(values[:30, 0]).all()
    assert np.isfinite(values[30, :2]).all()
    again.close()


def test_a_failed_write_loses_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = document(tmp_path / "a.ganlab")
    train(kept, 10)
    kept.save()
    train(kept, 10)
    with monkeypatch.context() as broken:

        def full(*arguments: object) -> None:
            raise RunFileError(tmp_path / "a.ganlab", "the disk is full")

        broken.setattr(RunFile, "append_series", full)
        with pytest.raises(RunFileError, match="disk is full"):
            kept.save()
    train(kept, 10)
    kept.close()
    np.testing.assert_array_equal(rows(tmp_path / "a.ganlab"), np.arange(1, 31))


def test_an_unforeseen_failure_of_the_writing_thread_is_told_and_writing_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[str] = []
    kept = Document.new(with_changes(Experiment(), SMALL), tmp_path / "a.ganlab")
    monkeypatch.setattr("ganlab_desktop.engine.writing._INTERVAL", 0.0)
    kept.start_writing(lambda step: None, failures.append)
    with monkeypatch.context() as broken:

        def exhausted(*arguments: object) -> None:
            raise MemoryError

        broken.setattr(RunFile, "write_state", exhausted)
        train(kept, 5)
        kept.tick()
        kept._writer._settle()  # type: ignore[union-attr]
    assert "MemoryError" in failures[0]
    train(kept, 5)
    kept.close()
    assert len(rows(tmp_path / "a.ganlab")) == 10


def test_save_as_takes_the_whole_history_along(tmp_path: Path) -> None:
    memory = Document(Run(with_changes(Experiment(), SMALL)), None, untitled=True)
    train(memory, 300)
    memory.run.flush()
    memory.start_writing(lambda step: None, lambda text: None)
    memory.save_as(tmp_path / "new.ganlab")
    train(memory, 10)
    memory.close()
    np.testing.assert_array_equal(rows(tmp_path / "new.ganlab"), np.arange(1, 311))


def test_save_as_leaves_a_named_run_behind_and_removes_an_untitled_one(tmp_path: Path) -> None:
    for untitled in (False, True):
        path = tmp_path / f"old-{untitled}.ganlab"
        moved = document(path)
        moved.untitled = untitled
        train(moved, 5)
        moved.save_as(tmp_path / f"new-{untitled}.ganlab")
        train(moved, 5)
        moved.close()
        assert path.exists() is not untitled
        assert len(rows(tmp_path / f"new-{untitled}.ganlab")) == 10


def test_a_run_whose_states_are_all_damaged_is_played_again(tmp_path: Path) -> None:
    path = tmp_path / "a.ganlab"
    hurt = document(path)
    train(hurt, 40)
    hurt.close()
    before = hurt.run.game.state()
    spoil_states(path)
    opened = Document.open(path)
    assert opened.run.step == 40
    assert opened.run.game.state().equals(before)
    assert opened.notices == tuple(
        f"a.ganlab: {line}" for line in ("run 1's state of step 40 is damaged", "run 1 goes on from step 40")
    )
    opened.close()
    assert len(rows(path)) == 40


def spoil_states(path: Path, *, past_known_from: int = 0) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE states SET sha256 = zeroblob(32)")
    if past_known_from:
        connection.execute("DELETE FROM keyframes")
        connection.execute("UPDATE runs SET since = ?", (past_known_from,))
    connection.commit()
    connection.close()


def test_a_run_of_which_nothing_sound_is_left_is_refused_and_keeps_its_history(tmp_path: Path) -> None:
    path = tmp_path / "a.ganlab"
    hurt = document(path)
    train(hurt, 40)
    hurt.close()
    spoil_states(path, past_known_from=40)
    with pytest.raises(RunFileError, match="damaged: its state cannot be restored"):
        Document.open(path)
    assert len(rows(path)) == 40


def test_a_run_that_cannot_be_written_says_so_and_is_not_pretended_to_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.ganlab"
    first = document(path)
    train(first, 5)
    first.close()
    monkeypatch.setattr(connections, "can_write", lambda path: False)
    opened = Document.open(path)
    opened.start_writing(lambda step: None, lambda text: None)
    assert not opened.kept
    assert "reading only" in opened.notices[0]
    train(opened, 5)
    with pytest.raises(RunFileError, match="choose another name"):
        opened.save_as(path)
    monkeypatch.undo()
    opened.save_as(tmp_path / "b.ganlab")
    opened.close()
    assert len(rows(tmp_path / "b.ganlab")) == 10


def test_a_diverged_run_keeps_its_last_good_state_and_all_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.ganlab"
    wild = document(path)
    train(wild, 20)
    wild.save()
    wild.run.game.generator.vector.fill_(float("nan"))
    train(wild, 3)
    wild.close()
    assert wild.run.diverged
    again = Document.open(path)
    assert again.run.step == 20
    again.run.advance()
    again.run.flush()
    assert not again.run.diverged
    again.close()


def test_an_edit_is_in_the_file_when_it_returns(tmp_path: Path) -> None:
    edited = document(tmp_path / "a.ganlab")
    train(edited, 7)
    edited.edit({"objective.kind": "hinge"})
    with RunFile.open(tmp_path / "a.ganlab", readonly=True) as file:
        assert [(edit.step, edit.changes) for edit in file.edits()] == [(7, {"objective.kind": "hinge"})]
        state = file.latest_state()
        assert state is not None
        assert state.step == 7
    with pytest.raises(ExperimentError):
        edited.edit({"seed": 3})
    edited.close()


def test_a_file_cut_off_in_a_place_that_cannot_be_written_is_saved_elsewhere_without_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.ganlab"
    cut = document(path)
    train(cut, 20)
    cut.close()
    with RunFile.open(path) as file:  # rows that were written before their state
        columns, steps, values = file.series("step")
        file.append_series("step", columns, steps + 20, values)
    monkeypatch.setattr(connections, "can_write", lambda path: False)
    opened = Document.open(path)
    assert opened.run.step == 20
    monkeypatch.undo()
    opened.save_as(tmp_path / "b.ganlab")
    train(opened, 5)
    opened.close()
    with RunFile.open(tmp_path / "b.ganlab") as file:
        assert file.series("step").steps.tolist() == list(range(1, 26))


def test_what_is_in_no_file_is_not_left_for_another_run_of_the_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.ganlab"
    tree = document(path)
    train(tree, 5)
    tree.fork(tree.run, {})
    tree.close()
    monkeypatch.setattr(connections, "can_write", lambda path: False)
    opened = Document.open(path)
    opened.turn_to(1)
    opened.turn_to(2)
    opened.bookmark(5, "worth a look")
    with pytest.raises(ExperimentError, match="save it under another name first"):
        opened.turn_to(1)
    opened.bookmark(5, None)
    opened.turn_to(1)
    opened.run.advance()
    with pytest.raises(ExperimentError, match="save it under another name first"):
        opened.turn_to(2)
    opened.close()


def test_a_run_in_memory_replaces_a_file_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.set_num_threads(1)
    path = tmp_path / "a.ganlab"
    old = document(path)
    train(old, 5)
    old.close()
    before = path.read_bytes()
    run = Run(with_changes(Experiment(), {"schedule.batch_size": 16}))
    memory = Document(run, None, untitled=True)
    memory.start_writing(lambda step: None, lambda text: None)
    for _ in range(10):
        run.advance()
        run.timeline.keep(run.game)
    keyframes = len(run.timeline.keyframes)

    def full(file: RunFile, *state: object) -> None:
        raise RunFileError(file.path, "the disk is full")

    monkeypatch.setattr(RunFile, "write_state", full)  # the last thing that is written
    with pytest.raises(RunFileError, match="the disk is full"):
        memory.save_as(path)
    assert path.read_bytes() == before
    assert [left.name for left in tmp_path.iterdir()] == ["a.ganlab"]
    assert (memory.path, memory.kept) == (None, False)
    monkeypatch.undo()
    memory.save_as(path)
    memory.close()
    assert [left.name for left in tmp_path.iterdir()] == ["a.ganlab"]
    with RunFile.open(path) as file:
        assert len(file.keyframes()) == keyframes
        assert file.series("step").steps.tolist() == list(range(1, 11))


def test_a_disk_that_fills_right_after_saving_elsewhere_is_told_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved, told = document(tmp_path / "old.ganlab"), []
    moved._on_failed = told.append
    moved.untitled = True
    train(moved, 5)
    moved.save()
    whole = RunFile.write_state

    def full_there(file: RunFile, *state: object) -> None:
        if file.path.name == "new.ganlab":
            raise RunFileError(file.path, "the disk is full")
        whole(file, *state)  # type: ignore[arg-type]

    monkeypatch.setattr(RunFile, "write_state", full_there)
    moved.save_as(tmp_path / "new.ganlab")
    assert told == [f"{tmp_path / 'new.ganlab'}: the disk is full"]
    assert (tmp_path / "old.ganlab").exists()
    monkeypatch.undo()
    train(moved, 5)
    moved.close()
    assert len(rows(tmp_path / "new.ganlab")) == 10


def test_a_committed_moment_is_found_by_other_processes_and_no_save_of_the_users(tmp_path: Path) -> None:
    written = document(tmp_path / "a.ganlab")
    train(written, 7)
    saved = written.saved
    written.commit()
    train(written, 5)
    written.save()
    with RunFile.open(tmp_path / "a.ganlab", readonly=True) as file:
        assert 7 in [keyframe.step for keyframe in file.keyframes()]
        assert file.latest_state().step == 12
    assert written.saved == saved
    written.close()


def test_what_is_in_no_file_cannot_be_committed(tmp_path: Path) -> None:
    written = document(tmp_path / "a.ganlab")
    train(written, 3)
    written.close()
    (tmp_path / "a.ganlab").chmod(0o444)
    with RunFile.open(tmp_path / "a.ganlab", readonly=True) as file:
        read = Document(load_run(file), file)
        read.commit()  # all of it is in the file
        train(read, 1)
        with pytest.raises(ExperimentError, match="no file yet"):
            read.commit()
