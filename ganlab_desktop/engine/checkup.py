"""A run judged by the quantities of its health, as it trains or from its history."""

import copy
from collections.abc import Sequence
from time import monotonic

import numpy as np
from torch import nn

from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.sampling import Sampling
from ganlab_desktop.measure.health import Finding, Watch, divergence
from ganlab_desktop.measure.probes import View
from ganlab_desktop.measure.studies.health import Health
from ganlab_desktop.measure.studies.study import Row, Snapshot


class Checkup:
    """All findings of one run so far, first those of its history.

    `take` judges what was measured elsewhere; `look` measures here and now. For the thread that trains.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._watch = Watch()
        self._study: Health | None = None
        self._rest_until = 0.0
        self.findings: list[Finding] = []
        for step, row in zip(*run.history["health"].after(0), strict=True):
            self._judge(int(step), row.tolist())

    def take(self, step: int, row: Row) -> list[Finding]:
        """The findings that are new with what the study saw at a step."""
        return self._judge(step, np.array(row, np.float32).tolist())  # as the history keeps it

    def look(self) -> list[Finding]:
        """Look at the run as it is, on this thread, and keep what is seen in its history. The findings that are new."""
        run = self._run
        if self._study is None or self._study.data is not run.game.data:
            self._study = Health(run.game.data, run.experiment.seed)
        _, row = self._study.look(snapshot_of(run))
        run.history["health"].append(np.array([run.step], np.int64), np.array([row], np.float32))
        return self.take(run.step, row)

    def look_if_due(self) -> list[Finding]:
        """The same where the study has rested long enough, else nothing."""
        started = monotonic()
        if started < self._rest_until:
            return []
        found = self.look()
        self._rest_until = monotonic() + max(Health.REST, (monotonic() - started) / Health.SHARE)
        return found

    def check_divergence(self) -> list[Finding]:
        """The finding that the run has diverged, once."""
        if not self._run.diverged or any(finding.kind == "divergence" for finding in self.findings):
            return []
        return self._found([divergence(self._run.diverged_at)])

    def _judge(self, step: int, row: Sequence[float]) -> list[Finding]:
        return self._found(self._watch.see(step, row, self._since(step)))

    def _since(self, step: int) -> int:
        """The step from which on the game of a step was played: with its objective, on its data."""
        timeline, since = self._run.timeline, 0
        before = timeline.first
        for edit in timeline.edits[: timeline.edits_until(step)]:
            now = edit.experiment
            if (now.objective, now.data) != (before.objective, before.data):
                since = edit.step
            before = now
        return since

    def _found(self, findings: list[Finding]) -> list[Finding]:
        self.findings += findings
        for finding in findings:
            self._run.events[finding.step, finding.kind] = finding.text.format(**finding.values)
        return findings


def snapshot_of(run: Sampling, view: View | None = None) -> Snapshot:
    """The game of a run as studies look at it, here and now; without a view all of the data is, by one point."""
    game = run.game

    def replica(module: nn.Module) -> nn.Module:
        return copy.deepcopy(module).cpu().eval()

    return Snapshot(
        step=game.step,
        experiment=game.experiment,
        data=game.data,
        objective=game.objective_now(),
        generator=replica(game.generator.module),
        average=replica((game.average.network if game.averages else game.generator).module),
        discriminator=replica(game.discriminator.module),
        view=view or View(game.data.box, 1),
        reference=None if game.reference is None else game.reference.cpu(),
    ).told()
