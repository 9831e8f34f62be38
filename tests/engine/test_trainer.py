"""The training thread keeps to what its document has come to, whatever fails on the way there."""

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.trainer import Trainer
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
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
            self.trainer.grant(Grant(len(self.said) + 1))
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
