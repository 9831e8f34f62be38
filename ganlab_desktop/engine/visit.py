"""A document that is looked at, while others may train in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from ganlab_desktop.engine.document import load_run
from ganlab_desktop.engine.notices import MISSED, inexact
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.selecting import best_of
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.runfile.runfile import RunFile


class Visit:
    """One run of an open file; it stands at its newest state until it is told to `go` elsewhere."""

    def __init__(self, file: RunFile, run: Run) -> None:
        self.file, self.run = file, run
        self.first, self.last = run.timeline.keyframes[0].step, run.step
        self.measured: dict[str, list[int]] = {}  # at which steps rows of time series were taken for what is shown
        self.made_on = dict(run.made_on)  # the machine that reached its newest state
        self._inexact = inexact(file, run)
        self._past: Replica | None = None  # goes from step to step faster than a new one

    @property
    def exact(self) -> bool:
        """Whether all that was seen so far is known to be as it was, bit for bit."""
        return self._past is None or (self._past.exact and not self._inexact)

    @property
    def inexact(self) -> tuple[str, ...]:
        """Lines on why what is trained anew here may not be as it was, bit for bit."""
        met = self._past is None or self._past.exact
        return self._inexact if met else (*self._inexact, MISSED)

    @property
    def notices(self) -> tuple[str, ...]:
        """Lines on the file as far as it was read: what of it was damaged, and whether its past is exact here."""
        lost = self.run.timeline.take_lost()
        self.file.damage.extend([lost] if lost else [])
        return tuple(f"{self.file.path.name}: {line}" for line in (*self.file.damage, *self.inexact))

    def go(self, step: int) -> None:
        """Stand where the run stood after a step. Raises ExperimentError where nothing is known of it."""
        if not self.first <= step <= self.last:
            known = f"{self.file.path} knows steps {self.first} to {self.last} of this run"
            raise ExperimentError("", f"step {step}: {known}")
        self._past = self._past or Replica(self.run.timeline, self.run.game.device)
        self.run.go_back(step, self._past)

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """A block that may go to other steps, after which it stands where it stood."""
        here = self.run.step
        try:
            yield
        finally:
            self.go(here)

    def step_of(self, at: str) -> int:
        """The step that a word names: a number, or the best one. Raises ExperimentError."""
        return step_of(self.run, at, str(self.file.path))


def step_of(run: Run, at: str, name: str) -> int:
    """The step of a run that a word names: a number, or the best one. Raises ExperimentError, which names the run."""
    if at.isascii() and at.isdecimal():
        return int(at)
    if at != "best":
        raise ExperimentError("", f"step {at}: must be a number or best")
    best = best_of(run)
    if best is None:
        raise ExperimentError("", f"step best: {name} has compared no steps; set selection.metric before training")
    return best.step


@contextmanager
def visit(path: Path, number: int | None = None, at: str | None = None) -> Iterator[Visit]:
    """A run of a file, the one shown last where none is named, as it was after a step; its newest state where none is.

    The file is read only. Raises ExperimentError where there is no such run or step, and RunFileError.
    """
    with RunFile.open(path, readonly=True) as file:
        file.choose(number)
        run = load_run(file)
        torch.set_num_threads(run.threads)
        visited = Visit(file, run)
        if at is not None:
            visited.go(visited.step_of(at))
        yield visited
