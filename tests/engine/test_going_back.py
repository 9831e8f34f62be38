"""Reverting goes back to where the user opened or saved a document, bit for bit; what came since stays."""

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.trainer import Trainer
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.runfile import connections
from ganlab_desktop.wire.messages import Answer, Content, Moment, Reply, Scene

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}
RATE = {"optimizer.generator.lr": 0.01}
OTHER_RATE = {"optimizer.generator.lr": 0.0003}


@pytest.fixture
def document(tmp_path: Path) -> Iterator[Document]:
    torch.set_num_threads(1)
    path = tmp_path / "mine.ganlab"
    made = Document.new(with_changes(Experiment(), SMALL), path)
    made.start_writing(lambda step: None, lambda text: None)
    yield made
    if made.kept:
        made.close()


def train(document: Document, until: int) -> None:
    while document.run.step < until:
        document.run.advance()


def test_it_goes_back_to_the_step_and_the_settings_that_were_saved(document: Document) -> None:
    assert document.path is not None
    train(document, 10)
    document.edit(RATE)
    document.save_as(document.path)
    kept = document.run.game.state()
    document.edit(OTHER_RATE)  # at the same step
    train(document, 20)
    document.save()  # as it does by itself
    document.revert()
    assert document.run.game.state().equals(kept)
    assert document.run.experiment.optimizer.generator.lr == 0.01
    assert document.saved == document.moment == Moment(2, 10, 1)
    assert [(run.id, run.step, run.deleted) for run in document.runs()] == [(1, 20, 0), (2, 10, 0)]
    document.turn_to(1)
    assert (document.run.step, document.run.experiment.optimizer.generator.lr) == (20, 0.0003)


def test_a_run_that_was_left_as_it_was_saved_is_turned_to_and_taken_back(document: Document) -> None:
    assert document.path is not None
    train(document, 10)
    document.save_as(document.path)
    document.fork(document.run, RATE)
    train(document, 15)
    document.describe(1, deleted=True)
    document.revert()
    assert document.saved == document.moment == Moment(1, 10, 0)
    assert [(run.id, run.deleted) for run in document.runs()] == [(1, 0), (2, 0)]


def test_opening_counts_as_saved_and_saving_under_a_name_too(document: Document, tmp_path: Path) -> None:
    train(document, 10)
    document.save_as(tmp_path / "other.ganlab")
    assert document.saved == Moment(1, 10, 0)
    document.close()
    again = Document.open(tmp_path / "other.ganlab")
    again.start_writing(lambda step: None, lambda text: None)
    assert again.saved == Moment(1, 10, 0)
    train(again, 12)
    again.revert()
    assert (again.run.step, len(again.runs())) == (10, 2)
    again.close()


def test_a_run_without_a_name_has_nothing_to_go_back_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path))
    document = Document.new_untitled(with_changes(Experiment(), SMALL))
    document.start_writing(lambda step: None, lambda text: None)
    assert document.saved is None
    with pytest.raises(ExperimentError, match="never been saved"):
        document.revert()
    document.close()


def test_a_document_open_for_reading_only_is_read_anew(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(document, 10)
    document.close()
    monkeypatch.setattr(connections, "can_write", lambda path: False)
    answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    trainer = Trainer(answers.put)

    def answered(job: Callable[[], Content]) -> Scene:
        trainer.post(1, job)
        while not isinstance(answer := answers.get(timeout=30.0), Reply):
            pass
        assert answer.scene is not None, answer.error
        return answer.scene

    try:
        scene = answered(lambda: trainer.show(Document.open(tmp_path / "mine.ganlab")))
        assert (scene.kept, scene.saved) == (False, Moment(1, 10, 0))
        assert answered(lambda: trainer.step_phase(len(scene.phases)) or trainer.scene()).head == 11
        assert answered(trainer.revert).head == 10
    finally:
        trainer.stop()
