"""Marked steps: kept with their notes, and found again at once and bit for bit, however old they are."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from engine_process import Engine
from test_server import arrived, is_paused, samples_of
from test_timeline import CPU, SMALL, run_of

from ganlab_desktop.engine.budget import Budget
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.timeline import Timeline
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.runfile import connections
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.wire import messages as wire


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    started = Engine(tmp_path / "data")
    yield started
    started.kill()


@contextmanager
def full_disk(document: Document) -> Iterator[None]:
    """Let SQLite believe that the disk holds no more than the file has."""
    assert document._file is not None
    connection = document._file._connection
    (count,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {count}").fetchall()
    yield
    connection.execute("PRAGMA max_page_count = 1000000").fetchall()


def test_the_keyframe_of_a_bookmark_is_never_thinned() -> None:
    run = run_of()
    size = run.timeline.keyframes[0].size
    run.timeline = timeline = Timeline(run.experiment, budget=Budget(12 * size, 0))
    states = {}
    for _ in range(600):
        run.advance()
        timeline.keep(run.game)
        if run.step in (101, 150, 350):
            timeline.bookmarks[run.step] = "here"
            states[run.step] = run.game.state()
    assert len(timeline.keyframes) == 12
    kept = {keyframe.step for keyframe in timeline.keyframes}
    assert {1, 101, 150, 350, 600} <= kept
    replica = Replica(timeline, CPU)
    for step, state in states.items():
        replica.aim(step)
        assert replica.arrived  # without a replay
        assert replica.game.state().equals(state)


def test_bookmarks_alone_may_outgrow_the_budget() -> None:
    run = run_of()
    run.timeline = timeline = Timeline(run.experiment, budget=Budget(3 * run.timeline.keyframes[0].size, 0))
    for _ in range(8):
        run.advance()
        timeline.bookmarks[run.step] = ""
        timeline.keep(run.game)
    assert [keyframe.step for keyframe in timeline.keyframes] == list(range(1, 9))


def test_bookmarks_are_committed_and_stay_over_saving_elsewhere_and_opening(tmp_path: Path) -> None:
    document = Document.new(with_changes(Experiment(), SMALL), tmp_path / "a.ganlab")
    document.start_writing(lambda step: None, lambda text: None)
    run = document.run
    for _ in range(30):
        run.advance()
        if run.step in (7, 20):
            run.timeline.keep(run.game)
            document.bookmark(run.step, f"note {run.step}")
            with RunFile.open(tmp_path / "a.ganlab", readonly=True) as file:
                assert file.bookmarks()[run.step] == f"note {run.step}"  # before it is acknowledged
                state = file.latest_state()
                assert state is not None
                assert state.step == run.step
    document.bookmark(20, "another")
    document.save_as(tmp_path / "b.ganlab")
    document.bookmark(7, None)
    document.close()
    with RunFile.open(tmp_path / "a.ganlab") as file:
        assert file.bookmarks() == {7: "note 7", 20: "another"}
        file.truncate(15)
        assert file.bookmarks() == {7: "note 7", 20: "another"}  # shown again once the run comes there
    again = Document.open(tmp_path / "b.ganlab")
    timeline = again.run.timeline
    assert timeline.bookmarks == {20: "another"}
    assert 20 in {keyframe.step for keyframe in timeline.keyframes}
    again.close()


def test_a_run_in_memory_takes_its_bookmarks_into_its_first_file(tmp_path: Path) -> None:
    run = run_of()
    document = Document(run, None)
    document.start_writing(lambda step: None, lambda text: None)
    run.advance()
    run.timeline.keep(run.game)
    document.bookmark(1, "first")
    document.save_as(tmp_path / "a.ganlab")
    document.close()
    with RunFile.open(tmp_path / "a.ganlab", readonly=True) as file:
        assert file.bookmarks() == {1: "first"}


def test_a_moment_of_the_past_is_marked_and_found_exactly_at_once(engine: Engine) -> None:
    engine.start()
    engine.ask(wire.Step, 900)
    engine.until(is_paused)
    engine.ask(wire.Seek, 333)
    scene = engine.ask(wire.Bookmark, None, "modes merge").scene
    assert scene is not None
    assert scene.step == 333
    assert scene.bookmarks == (wire.Bookmarked(333, "modes merge"),)
    then = samples_of(arrived(engine, 333))
    engine.ask(wire.Seek, 901)
    arrived(engine, 900)
    waits = []
    for _ in range(5):
        started = time.monotonic()
        engine.ask(wire.Seek, 333)
        frame = engine.frame(77, ("samples",))
        waits.append(time.monotonic() - started)
        assert (frame.step, samples_of(frame)) == (333, then)
        engine.ask(wire.Seek, 901)
        arrived(engine, 900)
    assert min(waits) < 0.1
    assert engine.ask(wire.Bookmark, 5, "never marked").error
    kept = engine.ask(wire.Bookmark).scene
    assert kept is not None
    assert [mark.step for mark in kept.bookmarks] == [333, 900]
    changed = engine.ask(wire.Bookmark, 333, "").scene
    gone = engine.ask(wire.Bookmark, 900, None).scene
    assert changed is not None
    assert gone is not None
    assert changed.bookmarks[0].note == ""
    assert gone.bookmarks == (wire.Bookmarked(333, ""),)
    with RunFile.open(Path(gone.path), readonly=True) as file:
        assert file.bookmarks() == {333: ""}


def test_marking_a_moment_within_an_iteration_marks_the_step_before(engine: Engine) -> None:
    engine.start()
    engine.ask(wire.Step, 5)
    engine.until(is_paused)
    engine.ask(wire.StepPhase, 3)
    scene = engine.ask(wire.Bookmark).scene
    assert scene is not None
    assert [mark.step for mark in scene.bookmarks] == [5]
    engine.ask(wire.Step, 30)
    engine.until(is_paused)
    engine.ask(wire.Seek, 5)
    assert arrived(engine, 5).head > 30


def test_a_mark_that_a_full_disk_kept_out_is_in_the_file_once_there_is_space(tmp_path: Path) -> None:
    document = Document.new(with_changes(Experiment(), SMALL), tmp_path / "a.ganlab")
    saved, note = threading.Event(), "seen on a full disk" * 300  # more than a page of the file holds
    document.start_writing(lambda step: saved.set(), lambda text: None)
    document.run.advance()
    document.save()
    with full_disk(document), pytest.raises(RunFileError, match="the disk is full"):
        document.bookmark(1, note)
    saved.clear()
    deadline = time.monotonic() + 20.0
    while not saved.is_set():  # by itself, at rest
        document.tick()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with RunFile.open(tmp_path / "a.ganlab", readonly=True) as file:
        assert file.bookmarks() == {1: note}
    document.close()


def test_marks_and_edits_of_a_document_open_for_reading_only_go_where_it_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = Document.new(with_changes(Experiment(), SMALL), tmp_path / "a.ganlab")
    document.start_writing(lambda step: None, lambda text: None)
    document.run.advance()
    document.bookmark(1, "old")
    document.close()
    monkeypatch.setattr(connections, "can_write", lambda path: False)
    looked_at = Document.open(tmp_path / "a.ganlab")
    looked_at.start_writing(lambda step: None, lambda text: None)
    looked_at.run.advance()
    looked_at.bookmark(2, "new")
    looked_at.bookmark(1, None)
    looked_at.edit({"optimizer.generator.lr": 0.01})
    monkeypatch.undo()
    looked_at.save_as(tmp_path / "b.ganlab")
    looked_at.close()
    with RunFile.open(tmp_path / "b.ganlab", readonly=True) as file:
        assert file.bookmarks() == {2: "new"}
        assert [edit.step for edit in file.edits()] == [2]


def test_a_fork_shares_the_marks_of_the_shared_past_and_no_others(tmp_path: Path) -> None:
    document = Document.new(with_changes(Experiment(), SMALL), tmp_path / "a.ganlab")
    document.start_writing(lambda step: None, lambda text: None)
    for step in range(1, 31):
        document.run.advance()
        if step in (10, 20, 30):
            document.bookmark(step, f"run 1 at {step}")
    past = Replica(document.run.timeline, CPU)
    past.aim(20)
    past.work(60.0)
    document.fork(past, {})
    while document.run.step < 30:
        document.run.advance()
    document.bookmark(30, "run 2 at 30")
    document.bookmark(10, "the same moment of both")
    document.bookmark(20, None)
    document.bookmark(30, None)
    document.turn_to(1)
    assert document.run.timeline.bookmarks == {10: "the same moment of both", 30: "run 1 at 30"}
    document.close()


def test_a_note_beyond_the_last_good_state_of_a_diverged_run_is_kept(tmp_path: Path) -> None:
    document = Document.new(with_changes(Experiment(), SMALL), tmp_path / "a.ganlab")
    document.start_writing(lambda step: None, lambda text: None)
    for _ in range(10):
        document.run.advance()
    document.save()
    document.run.game.generator.vector.fill_(float("nan"))
    document.run.advance()
    document.bookmark(11, "here it broke")
    document.edit({"optimizer.generator.lr": 0.01})
    document.close()
    again = Document.open(tmp_path / "a.ganlab")
    again.start_writing(lambda step: None, lambda text: None)
    assert again.run.step == 10
    assert again.run.timeline.bookmarks == {11: "here it broke"}
    assert again.notices == (
        "a.ganlab: run 1 goes on from step 10, without what was changed later: "
        "optimizer.generator.lr = 0.01 at step 11",
    )
    again.run.advance()
    again.close()
