"""Edits are taken back and made again by edits, which a replay meets like any other."""

from pathlib import Path
from typing import Any

import pytest
from test_timeline import CPU, SMALL, visited

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.frames import scene_of
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes

CHANGES: list[dict[str, Any]] = [
    {"optimizer.generator.lr": 0.01},
    {"objective.kind": "wasserstein", "penalties": [{"kind": "gradient_penalty"}, {"kind": "lecam"}]},
    {"optimizer.discriminator.kind": "rmsprop", "ema.half_life": 500.0},
    {"data.kind": "grid", "data.side": 4},
    {"penalties": []},
]


def started(path: Path) -> Document:
    document = Document.new(with_changes(Experiment(), SMALL), path)
    document.start_writing(lambda step: None, lambda text: None)
    return document


def test_all_edits_are_taken_back_and_made_again(tmp_path: Path) -> None:
    document = started(tmp_path / "a.ganlab")
    run = document.run
    experiments, states = [run.experiment], {}
    for changes in CHANGES:
        run.advance()
        document.edit(changes)
        experiments.append(run.experiment)
    for expected in reversed(experiments[:-1]):
        run.advance()
        document.undo()
        assert run.experiment == expected
    with pytest.raises(ExperimentError, match="no edit to take back"):
        document.undo()
    for expected in experiments[1:]:
        document.undo(again=True)
        assert run.experiment == expected
        states[run.step] = run.game.state()
        run.advance()
    states[run.step] = run.game.state()
    with pytest.raises(ExperimentError, match="no edit to make again"):
        document.undo(again=True)
    assert len(run.timeline.edits) == 3 * len(CHANGES)
    replica = Replica(run.timeline, CPU)
    for step in (*states, *reversed(states)):
        assert visited(replica, step).equals(states[step]), step
    document.close()


def test_a_new_edit_forgets_what_could_be_made_again(tmp_path: Path) -> None:
    document = started(tmp_path / "a.ganlab")
    document.edit({"optimizer.generator.lr": 0.01})
    document.run.advance()
    document.edit({"optimizer.generator.lr": 0.02})
    document.undo()
    assert "0.01 → 0.02" in scene_of(document).redo
    document.edit({"optimizer.discriminator.lr": 0.03})
    scene = scene_of(document)
    assert scene.redo == ""
    assert "0.03" in scene.undo
    document.close()


def test_the_edits_of_an_opened_run_can_be_taken_back(tmp_path: Path) -> None:
    document = started(tmp_path / "a.ganlab")
    document.edit({"optimizer.generator.lr": 0.01})
    document.run.advance()
    document.edit({"schedule.discriminator_steps": 3})
    document.close()
    again = Document.open(tmp_path / "a.ganlab")
    again.start_writing(lambda step: None, lambda text: None)
    again.undo()
    again.undo()
    assert again.run.experiment == with_changes(Experiment(), SMALL)
    again.close()


def test_a_sliders_many_edits_at_one_step_are_taken_back_at_once_with_their_weights(tmp_path: Path) -> None:
    document = Document.new(load_preset("line-equilibrium"), tmp_path / "a.ganlab")
    document.start_writing(lambda step: None, lambda text: None)
    game = document.run.game
    before = game.state()
    for place in (0.2, 0.5, 0.9):
        document.edit({"generator.mean": [place]})
    assert not game.state().equals(before)
    document.undo()
    assert game.state().tensors["generator.parameters"].equal(before.tensors["generator.parameters"])
    assert scene_of(document).undo == ""
    document.close()
