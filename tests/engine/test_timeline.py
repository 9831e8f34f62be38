"""Every moment of a run's past can be visited again, and is then what it was, bit for bit."""

import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from ganlab_desktop.engine.budget import Budget
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.timeline import Timeline
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.state import GameState

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}
CPU = torch.device("cpu")

EVENTFUL: dict[int, dict[str, Any]] = {  # edits by step, among them such as build new state and move the data
    5: {"optimizer.generator.lr": 0.01},
    11: {"objective.kind": "wasserstein", "penalties": [{"kind": "gradient_penalty"}, {"kind": "lecam"}]},
    17: {"optimizer.discriminator.kind": "rmsprop", "ema.half_life": 500.0},
    23: {"data.modes": 5},
}


def run_of(changes: dict[str, Any] | None = None) -> Run:
    torch.set_num_threads(1)
    return Run(with_changes(Experiment(), {**SMALL, **(changes or {})}))


def live(run: Run, last: int, every: int = 4) -> dict[int, GameState]:
    """Train to a step with the edits above, lone moves and keyframes at every so many steps; the state at each step."""
    states = {0: run.game.state()}
    while run.step < last:
        if run.step in EVENTFUL:
            run.edit(EVENTFUL[run.step])
            states[run.step] = run.game.state()
        run.advance("discriminator" if 7 <= run.step < 10 else "generator" if run.step == 13 else None)
        states[run.step] = run.game.state()
        if run.step % every == 0:
            run.timeline.keep(run.game)
    return states


def visited(replica: Replica, step: int, phase: int = 0) -> GameState:
    replica.aim(step, phase)
    while not replica.work(1.0):
        pass
    return replica.game.state()


def test_each_step_is_what_it_was_forwards_and_backwards() -> None:
    run = run_of()
    states = live(run, 30)
    run.timeline.keyframes[:] = [keyframe for keyframe in run.timeline.keyframes if keyframe.step % 8 == 0]
    replica = Replica(run.timeline, CPU)
    for step in (*range(31), *reversed(range(31)), 29, 3, 18):
        assert visited(replica, step).equals(states[step]), step
    assert replica.exact


def test_phase_by_phase_reaches_the_same_states() -> None:
    run = run_of()
    states = live(run, 12)
    replica = Replica(run.timeline, CPU)
    for phase in range(len(replica.game.phases)):
        visited(replica, 4, phase)
        assert (replica.game.step, replica.game.position) == (4, phase)
    visited(replica, 4, 2)
    assert visited(replica, 5).equals(states[5])
    visited(replica, 5, 3)
    assert visited(replica, 5, 1).equals(states[5])  # the boundary that the phase belongs to
    assert replica.game.position == 1


def test_an_edit_that_leaves_fewer_phases_is_met_on_the_way_to_a_late_one() -> None:
    run = run_of({"schedule.discriminator_steps": 3})
    for _ in range(4):
        run.advance()
    run.edit({"schedule.discriminator_steps": 1})
    run.advance()
    replica = Replica(run.timeline, CPU)
    replica.aim(4, len(replica.game.phases) - 1)
    assert replica.work(10.0)
    assert (replica.game.step, replica.phase) == (4, len(replica.game.phases) - 1)


def test_a_saved_run_has_its_past_when_opened_again(tmp_path: Path) -> None:
    document = Document.new(with_changes(Experiment(), SMALL), tmp_path / "a.ganlab")
    document.start_writing(lambda step: None, lambda text: None)
    states = {}
    for step in range(30):
        if step in EVENTFUL:
            document.edit(EVENTFUL[step])
        document.run.advance("generator" if 7 <= step < 10 else None)
        states[step + 1] = document.run.game.state()
        if step % 6 == 0:
            document.run.timeline.keep(document.run.game)
            document.save()
    document.close()
    again = Document.open(tmp_path / "a.ganlab")
    again.start_writing(lambda step: None, lambda text: None)
    timeline = again.run.timeline
    assert [keyframe.step for keyframe in timeline.keyframes[:3]] == [0, 1, 7]
    assert timeline.keyframes[-2].state is None  # it lies in the file
    replica = Replica(timeline, CPU)
    for step in (30, 8, 12, 25, 1):
        assert visited(replica, step).equals(states[step]), step
    assert again.run.game.state().equals(states[30])
    again.run.advance()
    again.close()


def test_a_run_of_the_first_version_trains_on_and_has_a_past_from_there(tmp_path: Path) -> None:
    file = tmp_path / "old.ganlab"
    shutil.copy(Path(__file__).parents[1] / "runfile" / "data" / "version-1.ganlab", file)
    document = Document.open(file)
    document.start_writing(lambda step: None, lambda text: None)
    run = document.run
    assert (run.step, run.experiment.optimizer.generator.lr) == (30, 0.01)
    began = run.game.state()
    run.advance()
    replica = Replica(run.timeline, CPU)
    with pytest.raises(LookupError, match="step 29"):
        replica.aim(29)
    assert visited(replica, 30).equals(began)
    assert visited(replica, 31).equals(run.game.state())
    document.close()


def test_a_replay_that_misses_a_keyframe_says_so() -> None:
    run = run_of()
    live(run, 20)
    kept = run.timeline.at(8, 1)
    assert kept is not None
    assert kept.state is not None
    kept.state.tensors["generator.parameters"][0] += 1e-3
    replica = Replica(run.timeline, CPU)
    visited(replica, 7)
    assert replica.exact
    visited(replica, 8)
    visited(replica, 6)
    visited(replica, 9)
    assert not replica.exact


def test_the_past_grows_coarser_with_its_age_within_the_budget() -> None:
    run = run_of()
    size = run.timeline.keyframes[0].size
    run.timeline = timeline = Timeline(run.experiment, budget=Budget(60 * size, 0))
    for _ in range(3000):
        run.advance()
        timeline.keep(run.game)
    steps = [keyframe.step for keyframe in timeline.keyframes]
    assert len(steps) == 60
    gaps = [later - earlier for earlier, later in pairwise(steps)]
    assert steps[0] == 1
    assert steps[-1] == 3000
    assert max(gaps[-10:]) < max(gaps[:10])
    assert not timeline.dropped  # there is no file to be told, and their states would pile up


def test_keyframes_lie_as_close_as_a_replay_may_take() -> None:
    run = run_of()
    for _ in range(400):
        run.advance()
    played = run.timeline.keyframes
    assert 2 <= len(played) < 100
    with pytest.raises(LookupError):
        run.timeline.nearest(-1)
