"""A fork stands on its own where its parent is damaged, and says what was lost."""

import queue
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import torch

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.previews import Previews
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.state import GameState
from ganlab_desktop.wire.messages import Look, Preview

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}
STEPS = (10, 25, 30, 38, 45, 60)  # of the fork's past: those after 30 its own
States = dict[int, GameState]


def train(document: Document, until: int) -> None:
    while document.run.step < until:
        document.run.advance()
        if document.run.step % 10 == 0:
            document.run.timeline.keep(document.run.game)


def at(document: Document, step: int) -> GameState:
    replica = Replica(document.run.timeline, torch.device("cpu"))
    replica.aim(step)
    replica.work(60.0)
    assert replica.exact
    return replica.game.state()


@pytest.fixture
def tree(tmp_path: Path) -> tuple[Path, States, np.ndarray]:
    """Run 1 of 50 steps, edited at 20 and saved at 20 and 50; run 2 leaves it at 30. The fork's states and rows."""
    torch.set_num_threads(1)
    path = tmp_path / "tree.ganlab"
    document = Document.new(with_changes(Experiment(), SMALL), path)
    document.start_writing(lambda step: None, lambda text: None)
    train(document, 20)
    document.edit({"optimizer.generator.lr": 0.01})
    train(document, 50)
    replica = Replica(document.run.timeline, torch.device("cpu"))
    replica.aim(30)
    replica.work(60.0)
    document.fork(replica, {"optimizer.generator.lr": 0.003})
    train(document, 60)
    states = {step: at(document, step) for step in STEPS}
    document.run.flush()
    rows = document.run.history["step"].after(0)[1]
    document.close()
    return path, states, rows


def spoil(path: Path, *conditions: str) -> None:
    """Change a byte of the tensors of states and keyframes."""
    connection = sqlite3.connect(path)
    for condition in conditions:
        table, where = condition.split(" ", 1)
        changed = connection.execute(f"UPDATE {table} SET tensors = substr(tensors, 2) WHERE {where}").rowcount
        assert changed > 0
    connection.commit()
    connection.close()


def opened(path: Path, run: int) -> Document:
    document = Document.open(path)
    document.start_writing(lambda step: None, lambda text: None)
    if document.number != run:
        document.turn_to(run)
    return document


def test_a_parent_without_states_cuts_nothing_that_its_fork_inherits(
    tree: tuple[Path, States, np.ndarray],
) -> None:
    path, states, rows = tree
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM keyframes WHERE run = 1 AND step > 20")
    connection.execute("DELETE FROM states WHERE run = 1")
    connection.commit()
    connection.close()
    parent = opened(path, 1)
    assert parent.run.step == 30
    assert parent.run.game.state().equals(states[30])
    train(parent, 40)
    parent.turn_to(2)
    assert all(at(parent, step).equals(state) for step, state in states.items())
    np.testing.assert_array_equal(parent.run.history["step"].after(0)[1], rows)
    parent.close()


def test_a_parent_is_played_again_and_says_which_states_are_lost(
    tree: tuple[Path, States, np.ndarray],
) -> None:
    path, _, _ = tree
    spoil(path, "states run = 1")
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = '1' WHERE key = 'run'")
    connection.commit()
    connection.close()
    document = Document.open(path)
    assert (document.number, document.run.step) == (1, 50)
    told = " ".join(document.notices)
    assert "run 1's state of step 50 is damaged" in told
    assert "run 1 goes on from step 50" in told
    document.close()


def test_a_fork_opens_and_replays_beside_damaged_keyframes_and_states_of_its_parent(
    tree: tuple[Path, States, np.ndarray],
) -> None:
    path, states, rows = tree
    spoil(path, "states run = 1", "keyframes run = 1 AND step IN (20, 30)")
    fork = opened(path, 2)
    assert all(at(fork, step).equals(state) for step, state in states.items())
    assert fork.run.timeline.take_lost().startswith("damaged: keyframes of step 20")
    assert fork.run.timeline.take_lost() == ""
    np.testing.assert_array_equal(fork.run.history["step"].after(0)[1], rows)
    fork.close()


def test_a_preview_at_a_damaged_keyframe_comes_from_the_one_beside_it(tree: tuple[Path, States, np.ndarray]) -> None:
    path, _, _ = tree
    spoil(path, "keyframes run = 1 AND step = 20")
    fork, got = opened(path, 2), queue.SimpleQueue[Preview]()
    previews = Previews(fork.run.id, 2, fork.run.timeline, got.put)
    previews.ask(Look(20))
    assert got.get(timeout=20.0).shown in (10, 30)
    previews.close()
    fork.close()


def test_a_fork_whose_states_are_damaged_is_played_again_from_its_own_keyframes(
    tree: tuple[Path, States, np.ndarray],
) -> None:
    path, states, _ = tree
    spoil(path, "states run = 2", "keyframes run = 1 AND step = 20")
    fork = Document.open(path)
    assert (fork.number, fork.run.step) == (2, 60)
    assert fork.run.game.state().equals(states[60])
    told = " ".join(fork.notices)
    assert "run 2's state of step 60 is damaged" in told
    assert "run 2 goes on from step 60" in told
    fork.close()


def test_a_fork_said_to_lie_beyond_all_reach_is_not_waited_for(tree: tuple[Path, States, np.ndarray]) -> None:
    path, _, _ = tree
    connection = sqlite3.connect(path)
    connection.execute("UPDATE runs SET forked_at = 4000000000 WHERE id = 2")
    connection.commit()
    connection.close()
    parent = opened(path, 1)
    assert parent.run.step == 50
    parent.close()


@pytest.mark.parametrize("column", ["changes", "experiment"])
@pytest.mark.parametrize("junk", ["CAST(x'fffe' AS TEXT)", "'{'"])
def test_a_damaged_edit_of_its_parent_takes_nothing_from_a_fork(
    tree: tuple[Path, States, np.ndarray], column: str, junk: str
) -> None:
    path, states, rows = tree
    connection = sqlite3.connect(path)
    connection.execute(f"UPDATE edits SET {column} = {junk} WHERE run = 1")
    connection.commit()
    connection.close()
    fork = opened(path, 2)
    assert fork.notices == ("tree.ganlab: run 1's edit at step 20 is damaged",)
    assert [edit.step for edit in fork.run.timeline.edits] == [20, 30]
    assert all(at(fork, step).equals(state) for step, state in states.items())
    np.testing.assert_array_equal(fork.run.history["step"].after(0)[1], rows)
    train(fork, 70)
    fork.turn_to(1)
    assert fork.run.step == 50
    fork.close()


def test_what_a_damaged_edit_led_to_is_sound_where_no_state_tells_of_it(tree: tuple[Path, States, np.ndarray]) -> None:
    path, states, _ = tree
    connection = sqlite3.connect(path)
    connection.execute("UPDATE edits SET experiment = CAST(x'fffe' AS TEXT) WHERE run = 1")
    connection.execute("DELETE FROM states WHERE run = 1")
    connection.commit()
    connection.close()
    fork = opened(path, 2)
    assert fork.notices == ("tree.ganlab: run 1's edit at step 20 is damaged",)
    for step in (10, 30, 38, 45, 60):  # all but what follows the edit up to the next keyframe
        assert at(fork, step).equals(states[step])
    fork.close()
