"""The best step of a run by a metric: found, kept, known again, and the end of patience."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ganlab_desktop.engine.budget import Budget
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.selecting import Selecting
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.measure.metrics.transport_distance import transport_distances
from ganlab_desktop.measure.selection import metric_of

SMALL = {
    "schedule.batch_size": 32,
    "generator.hidden": [16],
    "discriminator.hidden": [16],
    "optimizer.generator.lr": 0.01,
    "optimizer.discriminator.lr": 0.01,
    "selection.metric": "w1",
    "selection.every": 10,
}


def trained(run: Run, selecting: Selecting, steps: int) -> None:
    for _ in range(steps):
        run.advance()
        selecting.look_if_due()


def small(**changes: object) -> Experiment:
    torch.set_num_threads(1)
    return with_changes(Experiment(), SMALL | changes)


def test_the_lowest_score_is_the_best_and_its_state_scores_so_again() -> None:
    run = Run(small())
    run.timeline.budget = Budget(8 * run.timeline.keyframes[0].size, 0)
    selecting = Selecting(run)
    assert selecting.best is None
    trained(run, selecting, 200)
    steps, scores = run.history["selection"].after(0)
    np.testing.assert_array_equal(steps, np.arange(10, 201, 10))
    best = selecting.best
    assert best is not None
    assert best.step == steps[scores[:, 0].argmin()]
    assert best.since == (200 - best.step) // 10
    assert best.step in [keyframe.step for keyframe in run.timeline.keyframes]
    run.go_back(best.step)
    metric = metric_of("w1", run.game.data, run.experiment.seed)
    assert metric is not None
    assert metric.score(lambda count: run.sample(count, average=True)) == pytest.approx(best.score, rel=1e-6)
    real = run.game.data.held_out(np.random.default_rng(1), 1000)
    other = transport_distances(real, run.sample(1000, average=True)).w1
    assert best.score == pytest.approx(other, rel=0.35)  # other true samples


def test_patience_ends_after_so_many_looks_without_a_better_one(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(small(**{"selection.patience": 3, "selection.every": 1}))
    selecting = Selecting(run)
    falling = iter([5.0, 4.0, 4.5, 3.0, 3.5, float("inf"), 3.0])
    monkeypatch.setattr("ganlab_desktop.measure.selection.Metric.score", lambda metric, sample: next(falling))
    for given_up in (False, False, False, False, False, False, True):
        trained(run, selecting, 1)
        assert selecting.given_up is given_up
    assert selecting.best == (4, 3.0, 3)


def test_another_metric_begins_anew() -> None:
    run = Run(small())
    selecting = Selecting(run)
    trained(run, selecting, 40)
    run.edit({"selection.metric": "jsd"})
    assert selecting.best is None
    trained(run, selecting, 10)
    assert selecting.best is not None
    assert selecting.best.step == 50


def test_the_best_is_known_again_when_its_file_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.ganlab"
    first = Document.new(small(), path)
    first.start_writing(lambda step: None, lambda text: None)
    selecting = Selecting(first.run)
    trained(first.run, selecting, 100)
    best = selecting.best
    first.close()
    again = Document.open(path)
    assert Selecting(again.run).best == best
    assert again.run.timeline.best == best.step
    again.run.go_back(best.step)
    assert again.run.step == best.step
    again.close()


def test_what_cannot_be_measured_is_said_once() -> None:
    digits = {"data.kind": "digits", "generator.kind": "dcgan", "discriminator.kind": "dcgan"}
    everything = {"data.n_train": 1797, "selection.metric": "fid", "generator.maps": 4, "discriminator.maps": 4}
    run = Run(with_changes(Experiment(), digits | everything | {"selection.every": 1, "schedule.batch_size": 8}))
    selecting = Selecting(run)
    run.advance()
    assert selecting.look_if_due()
    assert "no images are held out" in selecting.trouble
    run.advance()
    assert not selecting.look_if_due()
    run.edit({"data.n_train": 0})
    run.advance()
    assert selecting.look_if_due()
    assert not selecting.trouble
    assert selecting.best is not None


@pytest.mark.parametrize(("data", "metric"), [("ring", "fid"), ("digits", "w1"), ("digits", "jsd"), ("points", "jsd")])
def test_a_metric_of_other_data_is_refused(data: str, metric: str) -> None:
    with pytest.raises(ExperimentError, match=r"selection\.metric"):
        with_changes(
            Experiment(),
            {"data.kind": data, "selection.metric": metric}
            | ({"generator.kind": "dcgan", "discriminator.kind": "dcgan"} if data == "digits" else {}),
        )
