"""A document holds a tree of runs: each goes on bit for bit, and shares with its parent what lies before the fork."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.engine import comparison
from ganlab_desktop.engine.budget import Budget
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.runfile import RunFile

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}
RATE = {"optimizer.generator.lr": 0.01}
OTHER_RATE = {"optimizer.generator.lr": 0.0003}


@pytest.fixture
def document(tmp_path: Path) -> Iterator[Document]:
    torch.set_num_threads(1)
    made = Document.new(with_changes(Experiment(), SMALL), tmp_path / "tree.ganlab")
    made.start_writing(lambda step: None, lambda text: None)
    yield made
    if made.kept:
        made.close()


def train(document: Document, until: int, every: int = 4) -> None:
    while document.run.step < until:
        document.run.advance()
        if document.run.step % every == 0:
            document.run.timeline.keep(document.run.game)


def past(document: Document, step: int) -> Replica:
    replica = Replica(document.run.timeline, torch.device("cpu"))
    replica.aim(step)
    while not replica.work(1.0):
        pass
    return replica


def same(one: Run, other: Run) -> bool:
    return one.game.state().equals(other.game.state())


def alone(*parts: tuple[int, dict[str, Any]]) -> Run:
    """A run without any fork: trained to each step, then changed."""
    run = Run(with_changes(Experiment(), SMALL))
    for until, changes in parts:
        while run.step < until:
            run.advance()
        if changes:
            run.edit(changes)
    return run


def test_a_fork_of_the_past_is_the_run_that_had_been_changed_there(document: Document) -> None:
    train(document, 10)
    document.run.edit(RATE)
    document.save()
    train(document, 30)
    document.fork(past(document, 18), OTHER_RATE)
    assert (document.number, document.run.step, document.run.experiment.optimizer.generator.lr) == (2, 18, 0.0003)
    train(document, 40)
    assert same(document.run, alone((10, RATE), (18, OTHER_RATE), (40, {})))


def test_its_parent_goes_on_as_if_it_had_never_been_left(document: Document) -> None:
    train(document, 30)
    document.fork(past(document, 18), RATE)
    train(document, 25)
    document.turn_to(1)
    assert document.run.step == 30
    train(document, 40)
    assert same(document.run, alone((40, {})))
    document.turn_to(2)
    assert document.run.step == 25
    train(document, 40)
    assert same(document.run, alone((18, RATE), (40, {})))


def test_a_fork_has_the_past_and_the_curves_of_its_parent_up_to_where_it_left(document: Document) -> None:
    train(document, 30)
    document.fork(past(document, 18), RATE)
    train(document, 25)
    document.turn_to(2)
    steps, _ = document.run.history["step"].after(0)
    np.testing.assert_array_equal(steps, np.arange(1, 26))
    assert all(past(document, step).game.state().equals(alone((step, {})).game.state()) for step in (0, 7, 18))
    assert past(document, 22).game.state().equals(alone((18, RATE), (22, {})).game.state())


def test_forks_of_forks_inherit_along_the_whole_way(document: Document) -> None:
    train(document, 20)
    document.fork(past(document, 10), RATE)
    train(document, 30)
    document.fork(past(document, 20), OTHER_RATE)
    train(document, 40)
    document.turn_to(3)
    assert [(edit.step, dict(edit.changes)) for edit in document.run.timeline.edits] == [(10, RATE), (20, OTHER_RATE)]
    assert same(document.run, alone((10, RATE), (20, OTHER_RATE), (40, {})))


def test_a_fork_at_a_step_that_its_run_had_inherited_leaves_the_run_that_was_there(document: Document) -> None:
    train(document, 20)
    document.fork(past(document, 15), RATE)
    train(document, 25)
    document.fork(past(document, 6), OTHER_RATE)
    assert document.runs()[2].parent == 1
    train(document, 30)
    assert same(document.run, alone((6, OTHER_RATE), (30, {})))


def test_an_edit_of_the_parent_at_the_forks_own_step_stays_with_the_parent(document: Document) -> None:
    train(document, 12)
    document.fork(document.run, OTHER_RATE)
    document.turn_to(1)
    document.edit(RATE)
    train(document, 20)
    document.turn_to(2)
    train(document, 20)
    assert same(document.run, alone((12, OTHER_RATE), (20, {})))


def test_lone_moves_before_a_fork_are_played_again(document: Document) -> None:
    train(document, 5)
    for _ in range(4):
        document.run.advance("discriminator")
    train(document, 14)
    document.fork(past(document, 7), {})
    train(document, 12)
    document.turn_to(2)
    expected = alone((5, {}))
    for _ in range(2):
        expected.advance("discriminator")
    assert past(document, 7).game.state().equals(expected.game.state())


def test_the_tree_is_in_the_file_and_opens_with_the_run_that_was_shown_last(document: Document) -> None:
    train(document, 20)
    document.fork(past(document, 10), RATE)
    train(document, 15)
    path = document.path
    assert path is not None
    document.close()
    again = Document.open(path)
    again.start_writing(lambda step: None, lambda text: None)
    assert (again.number, again.run.step) == (2, 15)
    assert [(run.id, run.parent, run.forked_at, run.step) for run in again.runs()] == [(1, None, 0, 20), (2, 1, 10, 15)]
    train(again, 30)
    assert same(again.run, alone((10, RATE), (30, {})))
    again.close()


def test_another_seed_begins_at_the_beginning(document: Document) -> None:
    train(document, 10)
    document.edit(RATE)
    document.duplicate(7)
    assert (document.number, document.run.step, document.run.experiment.seed) == (2, 0, 7)
    assert document.run.experiment.optimizer.generator.lr == 0.01
    train(document, 10)
    expected = Run(with_changes(Experiment(), {**SMALL, **RATE, "seed": 7}))
    for _ in range(10):
        expected.advance()
    assert same(document.run, expected)


def test_runs_are_named_deleted_and_taken_back(document: Document) -> None:
    train(document, 10)
    document.fork(document.run, {})
    document.describe(2, title="A guess", note="higher rate", colour="orange")
    document.describe(2, deleted=True)
    assert document.number == 1  # the run at hand gave way to its parent
    fork = document.runs()[1]
    assert (fork.title, fork.note, fork.colour, fork.deleted) == ("A guess", "higher rate", "orange", 1)
    with pytest.raises(ExperimentError, match="only run"):
        document.describe(1, deleted=True)
    document.describe(2, deleted=False)
    document.turn_to(2)
    assert document.run.step == 10


def test_deleted_runs_leave_the_file_when_it_closes_unless_others_come_from_them(
    document: Document, tmp_path: Path
) -> None:
    path, points = tmp_path / "tree.ganlab", tmp_path / "points.csv"
    np.savetxt(points, np.zeros((5000, 2)), delimiter=",")
    train(document, 20)
    document.fork(document.run, RATE)  # 2, whose own fork stays
    train(document, 40)
    document.fork(document.run, OTHER_RATE)  # 3
    train(document, 60)
    document.fork(document.run, {"data.kind": "points", "data.path": str(points)})  # 4
    train(document, 400, every=2)
    document.duplicate(7)  # 5
    train(document, 400, every=2)
    document.turn_to(3)
    before, curve = document.run.game.state(), document.run.history["step"].after(0)[1]
    for number in (2, 4, 5):
        document.describe(number, deleted=True)
    document.describe(5, deleted=False)
    document.describe(5, deleted=True)
    document.save()
    document.save_as(tmp_path / "copy.ganlab")
    assert [entry.id for entry in document.runs()] == [1, 2, 3, 4, 5]  # until it is closed they can be taken back
    document.close()
    whole, left = path.stat().st_size, (tmp_path / "copy.ganlab").stat().st_size
    assert left < whole / 2
    opened = Document.open(tmp_path / "copy.ganlab")
    assert [(entry.id, entry.deleted) for entry in opened.runs()] == [(1, 0), (2, 2), (3, 0)]
    assert opened.run.game.state().equals(before)
    np.testing.assert_array_equal(opened.run.history["step"].after(0)[1], curve)
    replica = Replica(opened.run.timeline, torch.device("cpu"))
    replica.aim(30)
    replica.work(60.0)
    assert replica.exact
    opened.close()
    with RunFile.open(path) as file:
        assert len(file.point_names()) == 1
    with RunFile.open(tmp_path / "copy.ganlab") as file:
        assert file.point_names() == []
        assert file.is_sound()
    for kept in (True, False):  # the file that was left: who opens it can take them back, once
        reopened = Document.open(path)
        reopened.start_writing(lambda step: None, lambda text: None)
        assert [bool(entry.deleted) for entry in reopened.runs()] == [False, True, False, True, True]
        assert any("can be taken back" in notice for notice in reopened.notices) is kept
        reopened.close()
        assert (path.stat().st_size >= whole / 2) is kept


def test_what_cannot_be_forked_leaves_all_as_it_is(document: Document) -> None:
    train(document, 10)
    for changes in ({"optimizer.generator.lr": -1.0}, {"generator.hidden": [9]}):
        with pytest.raises(ExperimentError):
            document.fork(document.run, changes)
    with pytest.raises(ExperimentError, match="no run 9"):
        document.turn_to(9)
    assert (len(document.runs()), document.number) == (1, 1)
    train(document, 20)
    assert same(document.run, alone((20, {})))


def test_thinning_a_fork_leaves_its_parent_the_keyframes(document: Document) -> None:
    train(document, 40)
    document.save()
    document.fork(past(document, 30), {})
    timeline = document.run.timeline
    kept = len(timeline.keyframes)
    timeline.budget = Budget(0, 0)
    train(document, 50)
    document.save()
    assert len(timeline.keyframes) < kept
    document.turn_to(1)
    assert len(document.run.timeline.keyframes) >= kept


def test_runs_stand_beside_each_other_at_a_step(document: Document) -> None:
    train(document, 20)
    document.fork(past(document, 10), RATE)
    train(document, 15)
    document.run.flush()
    table = {row.run: row for row in document.compared(12).runs}
    assert (table[1].step, table[2].step) == (12, 12)
    assert table[1].differs == {"optimizer.generator.lr": "0.001"}  # against the run at hand
    assert table[2].differs == {}
    for number in (1, 2):
        document.turn_to(number)
        steps, values = document.run.history["step"].after(0)
        losses = dict(zip(document.run.history["step"].columns, values[steps == 12][0], strict=True))
        assert table[number].measures["generator_loss"] == losses["generator_loss"]
    assert {row.run: row.step for row in document.compared(1000).runs} == {1: 20, 2: 15}
    assert document.compared(5).runs[1].measures == document.compared(5).runs[0].measures  # inherited
    document.describe(2, deleted=True)
    assert [row.run for row in document.compared(12).runs] == [1]


def test_curves_of_a_fork_begin_at_the_root(document: Document) -> None:
    train(document, 20)
    document.fork(past(document, 10), RATE)
    train(document, 15)
    document.turn_to(1)
    curves = {chunk.series: chunk for chunk in document.curves(2).chunks}
    np.testing.assert_array_equal(curves["step"].steps.numpy(), np.arange(1, 16))


def test_long_curves_are_averaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "MOST_ROWS", 4)
    steps, values = comparison.thinned(np.arange(1, 12), np.arange(22, dtype=np.float32).reshape(11, 2))
    np.testing.assert_array_equal(steps, [3, 6, 9])
    np.testing.assert_array_equal(values, [[2, 3], [8, 9], [14, 15]])


@pytest.mark.parametrize("parents", [{2: 2}, {1: 2}, {2: 99}])
def test_a_tree_without_a_root_is_damage_not_a_hang(document: Document, parents: dict[int, int]) -> None:
    train(document, 5)
    document.fork(document.run, {})
    path = document.path
    assert path is not None
    document.close()
    connection = sqlite3.connect(path)
    for run, parent in parents.items():
        connection.execute("UPDATE runs SET parent = ? WHERE id = ?", (parent, run))
    connection.commit()
    connection.close()
    with pytest.raises(RunFileError, match="damaged"):
        RunFile.open(path)
