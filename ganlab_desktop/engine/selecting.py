"""The best step of a run by the metric that its experiment names."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ganlab_desktop.engine.run import Run
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.measure.selection import Metric, metric_of


class Best(NamedTuple):
    """The step with the lowest score so far, and after how many looks no better one has come."""

    step: int
    score: float
    since: int


class Selecting:
    """Looks at one run at the steps that its experiment asks for, and keeps the best one's state at hand.

    For the thread that trains, between iterations. The scores are a time series of the run, so that what was best is
    known again when its file is opened.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._metric: Metric | None = None
        self._of: tuple[str, Distribution] | None = None  # whose metric it is
        self._owed = -1  # a step whose look was left
        self.trouble = ""  # why nothing can be measured by the metric of now at the data of now
        self.pin()

    @property
    def best(self) -> Best | None:
        """Of the looks by the metric of now at the data of now; None before the first."""
        return best_of(self._run)

    @property
    def given_up(self) -> bool:
        """Whether the last looks, as many as the experiment has patience for, found nothing better."""
        patience = self._run.experiment.selection.patience
        return bool(patience) and (best := self.best) is not None and best.since >= patience

    @property
    def verdict(self) -> str:
        """Why it was given up, in a line."""
        selection, best = self._run.experiment.selection, self.best
        assert best is not None
        return f"no lower {selection.metric} in {best.since} looks: the best was {best.score:.4g} at step {best.step:,}"

    def look_if_due(self, wanted: Callable[[], bool] = lambda: True) -> bool:
        """Measure the run where its step is due; whether there is something new. Where a classifier has to be trained
        first and that is no longer `wanted`, the look is owed, and made at the next step."""
        run, selection = self._run, self._run.experiment.selection
        due = run.step and (run.step % selection.every == 0 or self._owed >= 0)
        if selection.metric == "none" or not due or run.history["selection"].last_step >= run.step:
            return False
        if self.trouble and self._is_of_now:
            return False
        try:
            metric = self._metric_of_now(wanted)
        except ValueError as error:
            self._owed, self.trouble = -1, f"no step can be selected by {selection.metric}: {error}"
            return True
        self._owed = run.step if metric is None else -1
        if metric is None:
            return False
        run.timeline.keep(run.game)
        score = metric.score(lambda count: run.sample(count, average=True))
        row = np.array([[score if math.isfinite(score) else math.nan]], np.float32)
        run.history["selection"].append(np.array([run.step], np.int64), row)
        self.pin()
        return True

    def pin(self) -> None:
        """Let the best step's state stay."""
        best = self.best
        self._run.timeline.best = None if best is None else best.step

    def _metric_of_now(self, wanted: Callable[[], bool]) -> Metric | None:
        run = self._run
        if self._metric is None or not self._is_of_now:
            self._metric, self.trouble = None, ""
            self._of = run.experiment.selection.metric, run.game.data
            self._metric = metric_of(*self._of, run.experiment.seed, wanted)
        return self._metric

    @property
    def _is_of_now(self) -> bool:
        """Whether what is known of the metric is of the metric and the data of now."""
        run = self._run
        return self._of is not None and self._of[0] == run.experiment.selection.metric and self._of[1] is run.game.data


def best_of(run: Run) -> Best | None:
    """The best step of a run by the metric of now, of the looks at the data of now; None where there is none yet."""
    steps, values = run.history["selection"].after(0)
    counted = steps > _since(run)
    steps, scores = steps[counted], values[counted, 0]
    if run.experiment.selection.metric == "none" or not np.isfinite(scores).any():
        return None
    place = int(np.nanargmin(scores))
    return Best(int(steps[place]), float(scores[place]), len(steps) - 1 - place)


def _since(run: Run) -> int:
    """The step up to which scores are of another metric or of other data; -1 where there are none."""
    since = run.standing.data_since or -1
    metric = run.timeline.first.selection.metric
    for edit in run.timeline.edits:
        if edit.experiment.selection.metric != metric:
            metric, since = edit.experiment.selection.metric, max(since, edit.step)
    return since
