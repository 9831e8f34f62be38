"""The training thread keeps to what its document has come to, whatever fails on the way there."""

import queue
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from torch import Tensor

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.jobs import Turn
from ganlab_desktop.engine.trainer import Trainer
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.plans import Player
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.wire.messages import Answer, BesideScene, Content, Frame, Grant, Log, Message, Paused, Reply, Scene

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}


class Watched:
    """A trainer, and all that it says."""

    def __init__(self) -> None:
        self.answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self.trainer = Trainer(self.answers.put)
        self.said: list[Message] = []

    def until(self, wanted: Callable[[Message], bool]) -> Message:
        while True:
            answer = self.answers.get(timeout=30.0)
            self.said.append(answer)
            if wanted(answer):
                return answer

    def ask(self, job: Callable[[], Content]) -> Reply:
        self.trainer.post(1, job)
        reply = self.until(lambda message: isinstance(message, Reply))
        assert isinstance(reply, Reply)
        return reply

    def frame(self, wanted: Callable[[Frame], bool]) -> Frame:
        while True:
            self.trainer.onlookers.grant(Grant(len(self.said) + 1))
            frame = self.until(lambda message: isinstance(message, Frame))
            assert isinstance(frame, Frame)
            if wanted(frame):
                return frame


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """It shows a run of 20 steps in tree.ganlab."""
    made = Watched()
    document = Document.new(with_changes(Experiment(), SMALL), tmp_path / "tree.ganlab")
    made.ask(lambda: made.trainer.show(document))
    train(made, 20)
    yield made
    made.trainer.stop()


def train(watched: Watched, count: int) -> None:
    watched.ask(lambda: watched.trainer.step(count, None))
    watched.until(lambda message: isinstance(message, Paused))


def disk_full(file: RunFile, *rest: object, **others: object) -> None:
    raise RunFileError(file.path, "the disk is full")


def test_a_fork_whose_change_could_not_be_saved_is_shown_all_the_same(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = watched.trainer
    watched.ask(lambda: trainer.seek(10, 0))
    watched.frame(lambda frame: frame.step == 10)
    monkeypatch.setattr(RunFile, "add_edit", disk_full)
    watched.said.clear()
    assert "the disk is full" in watched.ask(lambda: trainer.edit({"optimizer.generator.lr": 0.01})).error
    scene = next(message for message in watched.said if isinstance(message, Scene))
    assert (scene.branch, scene.step, scene.head) == (2, 10, 10)
    assert "lr = 0.01" in scene.experiment
    monkeypatch.undo()
    train(watched, 5)
    frame = watched.frame(lambda frame: frame.step == 15)
    assert (frame.run, frame.branch) == (scene.run, 2)


def test_a_run_that_gave_way_but_could_not_be_deleted_is_left_all_the_same(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = watched.trainer
    watched.ask(lambda: trainer.fork({}))
    monkeypatch.setattr(RunFile, "describe", disk_full)
    watched.said.clear()
    assert "the disk is full" in watched.ask(lambda: trainer.describe(2, deleted=True)).error
    scene = next(message for message in watched.said if isinstance(message, Scene))
    assert (scene.branch, [run.deleted for run in scene.runs]) == (1, [False, False])
    assert watched.frame(lambda frame: True).run == scene.run


def test_a_second_canvas_goes_along_to_another_file(watched: Watched, tmp_path: Path) -> None:
    trainer = watched.trainer
    watched.ask(lambda: trainer.fork({}))
    train(watched, 20)
    watched.ask(lambda: trainer.show_beside(1, None))
    watched.frame(lambda frame: frame.beside is not None and frame.beside.step == 20)
    assert watched.ask(lambda: trainer.save_as(tmp_path / "named.ganlab")).error == ""
    watched.said.clear()
    watched.ask(lambda: trainer.seek(7, 0))
    watched.frame(lambda frame: frame.beside is not None and frame.beside.step == 7)
    assert not [
        said for said in watched.said if isinstance(said, Log | BesideScene) and getattr(said, "scene", 0) is None
    ]
    assert not [said for said in watched.said if isinstance(said, Log) and said.level == "error"]


def test_a_document_that_could_not_be_written_does_not_stop_the_next_one(watched: Watched, tmp_path: Path) -> None:
    trainer = watched.trainer
    old = trainer.document()
    following = Document.new(with_changes(Experiment(), SMALL), tmp_path / "next.ganlab")
    watched.ask(lambda: trainer.show(following))
    watched.said.clear()
    watched.ask(lambda: trainer.play())
    old._on_failed("old.ganlab: the disk is full")
    watched.frame(lambda frame: frame.step > 50)
    assert not [said for said in watched.said if isinstance(said, Paused)]


@pytest.fixture
def on_its_way(watched: Watched) -> Iterator[Watched]:
    """It is on a long way to step 9 of the past, along which frames tell how far it has come."""
    run = watched.trainer.document().run
    iterate = Game.iterate

    def slowly(game: Game, only: Player | None = None) -> Tensor:
        time.sleep(0.1)
        return iterate(game, only)

    def seek() -> None:
        run.timeline.keyframes[1:-1] = []
        watched.trainer.seek(9, 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Game, "iterate", slowly)
        watched.ask(seek)
        yield watched


def test_what_acts_on_a_moment_waits_until_it_is_there_and_what_comes_later_waits_too(on_its_way: Watched) -> None:
    trainer = on_its_way.trainer
    done: list[str] = []

    def later() -> None:
        done.append("later")

    def fork() -> Scene:
        done.append("fork")
        return trainer.fork({"optimizer.generator.lr": 0.01})

    trainer.post(2, fork, Turn.ARRIVED)
    trainer.post(3, later)
    seen = on_its_way.frame(lambda frame: 0 < frame.step < 9)
    assert seen.aim == (9, 0)
    assert not done
    reply = on_its_way.until(lambda message: isinstance(message, Reply) and message.id == 2)
    assert isinstance(reply, Reply)
    assert reply.scene is not None
    assert (reply.scene.branch, reply.scene.step) == (2, 9)
    on_its_way.until(lambda message: isinstance(message, Reply) and message.id == 3)
    assert done == ["fork", "later"]


def test_seeks_that_wait_behind_supersede_each_other_and_the_last_one_arrives(on_its_way: Watched) -> None:
    trainer = on_its_way.trainer
    trainer.post(2, lambda: trainer.bookmark(None, "here"), Turn.ARRIVED)
    for number, step in ((3, 18), (4, 3)):
        trainer.post(number, partial(trainer.seek, step, 0))
    on_its_way.until(lambda message: isinstance(message, Reply) and message.id == 4)
    assert set(trainer.document().run.timeline.bookmarks) == {9}
    assert on_its_way.frame(lambda frame: frame.aim is None).step == 3
    assert not [said for said in on_its_way.said if isinstance(said, Frame) and said.aim is None and said.step == 18]


def test_what_waits_is_done_as_soon_as_the_moment_is_there(on_its_way: Watched) -> None:
    trainer = on_its_way.trainer
    took = time.monotonic()
    trainer.post(2, lambda: trainer.bookmark(None, "here"), Turn.ARRIVED)
    on_its_way.until(lambda message: isinstance(message, Reply) and message.id == 2)
    assert time.monotonic() - took < 1.3  # nine steps of a tenth of a second, without a nap at the end


def test_who_leaves_does_not_wait_for_the_moment(on_its_way: Watched) -> None:
    trainer = on_its_way.trainer
    trainer.post(2, lambda: trainer.bookmark(None, "here"), Turn.ARRIVED)
    on_its_way.frame(lambda frame: 0 < frame.step < 9)
    trainer.stop()
    reply = on_its_way.until(lambda message: isinstance(message, Reply) and message.id == 2)
    assert isinstance(reply, Reply)
    assert reply.error == "the way to that step was cut short"


def test_where_a_replay_fails_the_present_is_shown_and_what_waits_is_told(
    on_its_way: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = on_its_way.trainer
    trainer.post(2, lambda: trainer.bookmark(None, "here"), Turn.ARRIVED)
    on_its_way.frame(lambda frame: 0 < frame.step < 9)

    def failing(game: Game, only: Player | None = None) -> Tensor:
        raise MemoryError

    monkeypatch.setattr(Game, "iterate", failing)
    reply = on_its_way.until(lambda message: isinstance(message, Reply) and message.id == 2)
    assert isinstance(reply, Reply)
    assert reply.error == "the way to that step was cut short"
    paused = on_its_way.until(lambda message: isinstance(message, Paused))
    assert isinstance(paused, Paused)
    assert "MemoryError" in paused.text
    assert on_its_way.frame(lambda frame: frame.aim is None).step == 20
    assert sum(isinstance(said, Paused) for said in on_its_way.said) == 2  # the other one after the training


def test_where_the_way_is_cut_short_nothing_acts_on_another_moment(on_its_way: Watched) -> None:
    trainer = on_its_way.trainer
    trainer.post(2, lambda: trainer.bookmark(None, "here"), Turn.ARRIVED)
    on_its_way.frame(lambda frame: 0 < frame.step < 9)
    trainer.post(3, trainer.pause, Turn.NEXT)
    reply = on_its_way.until(lambda message: isinstance(message, Reply) and message.id == 2)
    assert isinstance(reply, Reply)
    assert reply.error == "the way to that step was cut short"
    assert not trainer.document().run.timeline.bookmarks
    rested = on_its_way.frame(lambda frame: frame.aim is None)
    assert 0 < rested.step < 9


def test_a_step_that_is_asked_for_on_the_way_to_a_moment_goes_beyond_it(watched: Watched) -> None:
    trainer = watched.trainer
    run = trainer.document().run

    def seek_and_step() -> None:
        run.timeline.keyframes[1:-1] = []  # so that it takes a while
        trainer.seek(9, 0)
        trainer.step(1, None)

    watched.ask(seek_and_step)
    watched.until(lambda message: isinstance(message, Paused))
    assert watched.frame(lambda frame: not frame.playing).step == 10
