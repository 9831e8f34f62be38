"""A run in the hands of a script: trained, taken back, looked at, kept in a file."""

import math
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.engine.checkup import Checkup, snapshot_of
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run as EngineRun
from ganlab_desktop.engine.sampling import Sampling
from ganlab_desktop.engine.selecting import Selecting
from ganlab_desktop.engine.visit import step_of
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data.contents import pinned
from ganlab_desktop.gan.plans import Player
from ganlab_desktop.gan.weights import read_weights
from ganlab_desktop.measure.health import Finding
from ganlab_desktop.measure.studies import STUDIES, suits
from ganlab_desktop.measure.studies.study import Study
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.tree import RunEntry
from ganlab_desktop.scripting.interruption import interruption
from ganlab_desktop.scripting.looks import Looks, Past, threads
from ganlab_desktop.scripting.pages import run_page
from ganlab_desktop.scripting.progress import Progress, Report, reporting


class Outcome(NamedTuple):
    """How a training ended: at a step, because all steps were `done`, somebody `interrupted` it, it `diverged`, no
    better step came (`selected`), or the file could not be written (`failed`); `why` says more in a line."""

    step: int
    ended: Literal["done", "interrupted", "diverged", "selected", "failed"]
    why: str = ""


class Run(Looks):
    """A run of an experiment, from step 0: in memory until it is saved to a file, which then follows it.

    `weights` names a safetensors file whose weights it begins with, in the place of those that its seed draws; `device`
    is auto, cpu, cuda, cuda:N or mps, that of the experiment if none is named. Raises ExperimentError where any of that
    cannot be used. `open_run` goes on with one that has a file.
    """

    def __init__(self, experiment: Experiment, *, device: str | None = None, weights: str | Path | None = None) -> None:
        given = None if weights is None else read_weights(Path(weights).expanduser())
        self._take(Document(EngineRun(pinned(experiment), device, given), None, untitled=True))

    @classmethod
    def _of(cls, document: Document) -> Self:
        run = cls.__new__(cls)
        run._take(document)
        return run

    def _take(self, document: Document) -> None:
        self._document = document
        self._failures: list[str] = []
        self._watched: EngineRun | None = None
        self._watching: tuple[Checkup, Selecting]  # of that run
        self._studies: dict[str, Study] = {}
        document.start_writing(lambda step: None, self._failures.append)

    @property
    def _run(self) -> EngineRun:
        return self._document.run

    @property
    def _shown(self) -> Sampling:
        return self._run

    @property
    def _threads(self) -> int:
        return self._run.threads

    @property
    def number(self) -> int:
        return self._document.number

    @property
    def path(self) -> Path | None:
        """The file that follows it; None while it is in memory only."""
        return self._document.path

    @property
    def kept(self) -> bool:
        """Whether there is a file that follows it."""
        return self._document.kept

    @property
    def notices(self) -> tuple[str, ...]:
        """Lines about the file: what of it was damaged, whether its past is exact on this machine."""
        return self._document.notices

    # --- training -----------------------------------------------------------------------------------------------------

    def train(self, steps: int | None = None, *, only: Player | None = None, progress: bool | Report = True) -> Outcome:
        """Train so many iterations, or up to `schedule.steps` of the experiment; with `only`, one player moves alone.
        Ctrl+C ends it after the iteration at hand, with all that was trained.

        `progress` is True for a bar, False for silence, or a function that is given a Progress a few times a second.
        """
        run, verdict = self._run, ""
        if self._watched is not run:
            self._watched, self._watching = run, (Checkup(run), Selecting(run))
        checkup, selecting = self._watching
        last = run.step + steps if steps is not None else run.experiment.schedule.steps
        with threads(run.threads), interruption() as interrupted, reporting(progress, run.step, last) as reporter:

            def tell(findings: list[Finding], notice: str = "") -> None:
                reporter.tell(Progress(run.step, last, self._newest(), tuple(findings), notice))

            while run.step < last and not (interrupted or self._failures or run.diverged or verdict):
                run.advance(only)
                if selecting.look_if_due():
                    verdict = selecting.verdict if selecting.given_up else ""
                    if said := selecting.trouble or verdict:
                        tell([], said)
                self._document.tick()
                found = checkup.look_if_due()
                if found or reporter.due:
                    tell(found)
            run.flush()
            tell(checkup.check_divergence())
            with suppress(RunFileError):  # it is told, and tried again
                self._document.save()
        return self._outcome(verdict, interrupted=bool(interrupted))

    def _newest(self) -> dict[str, float]:
        """The scalars of the newest iteration by name."""
        self._run.flush()
        history = self._run.history["step"]
        _, values = history.after(max(len(history) - 1, 0))
        row = values[0].tolist() if len(values) else [math.nan] * len(history.columns)
        return dict(zip(history.columns, row, strict=True))

    def _outcome(self, verdict: str, *, interrupted: bool) -> Outcome:
        run = self._run
        if self._failures:
            return Outcome(run.step, "failed", self._failures.pop(0))
        if run.diverged:
            kept = "; the file keeps the last good state" if self._document.kept else ""
            why = f"diverged, losses or weights are no longer finite since step {run.diverged_at}{kept}"
            return Outcome(run.step, "diverged", why)
        if interrupted:
            return Outcome(run.step, "interrupted")
        return Outcome(run.step, "selected", verdict) if verdict else Outcome(run.step, "done")

    def edit(self, changes: Mapping[str, Any]) -> None:
        """Change settings by their paths, such as {"optimizer.generator.lr": 1e-4}, from the next iteration on. Raises
        ExperimentError where a value is not allowed or needs a new start; then nothing has changed."""
        self._document.edit(dict(changes))

    def measure(self, series: str) -> dict[str, float]:
        """Look at the run as it is with one of the measures of the window's panels, and keep the row in its `curves`.
        Raises ExperimentError for a series that is none of them, or does not fit the run."""
        run = self._run
        kind = STUDIES.get(series)
        if kind is None or not kind.COLUMNS or not suits(kind, run.game):
            raise ExperimentError("", f"no measure {series!r} of this run")
        with threads(run.threads):
            snapshot = snapshot_of(run)
            snapshot = snapshot if kind.WHOLE else snapshot.of_shown_class()
            if series not in self._studies or self._studies[series].data is not snapshot.data:
                self._studies[series] = kind(snapshot.data, snapshot.experiment.seed)
            _, row = self._studies[series].look(snapshot)
        run.history[series].append(np.array([run.step]), np.array([row], np.float32))
        return dict(zip(kind.COLUMNS, row, strict=True))

    def limit_keyframes(self, megabytes: float) -> None:
        """Keep so much of its past, in states from which the rest is played again."""
        timeline = self._run.timeline
        timeline.budget = timeline.budget._replace(keyframes=int(1e6 * megabytes))

    # --- the past -----------------------------------------------------------------------------------------------------

    def at(self, step: int | str) -> Past:
        """The run as it was after a step, or after the "best" one by `selection.metric`, played again from the nearest
        state that was kept. The run itself stays where it is. Raises ExperimentError for a step that is not known."""
        return Past(self._played_to(step), self.number, self._run.threads)

    def _played_to(self, step: int | str) -> Replica:
        run = self._run
        name = str(self.path) if self.path is not None else "this run"
        number = step_of(run, str(step), name)
        run.timeline.keep(run.game)
        first = run.timeline.keyframes[0].step
        if not first <= number <= run.step:
            raise ExperimentError("", f"step {number}: {name} knows steps {first} to {run.step} of this run")
        replica = Replica(run.timeline, run.game.device)
        with threads(run.threads):
            replica.aim(number)
            replica.work(math.inf)
        return replica

    def curves(self, series: str = "step") -> dict[str, NDArray[Any]]:
        """A time series as columns (n,): `step`, int64, and each measured number, float32, NaN where there was none.
        pandas.DataFrame(run.curves()) makes a table of it. `step` has the losses and scores of each iteration; `series`
        tells which others there are. Raises ExperimentError for one that is not there."""
        self._run.flush()
        if series not in self._run.history:
            raise ExperimentError("", f"no series {series!r}; there are {', '.join(self._run.history)}")
        history = self._run.history[series]
        steps, values = history.after(0)
        return {"step": steps, **dict(zip(history.columns, np.ascontiguousarray(values.T), strict=True))}

    @property
    def series(self) -> tuple[str, ...]:
        """The time series that have rows."""
        self._run.flush()
        return tuple(name for name, history in self._run.history.items() if len(history))

    @property
    def runs(self) -> list[RunEntry]:
        """All runs of the document, as its file tells: forks, and others of the same experiment."""
        return self._document.runs()

    def fork(self, step: int | str, changes: Mapping[str, Any]) -> int:
        """Go on from a step in a new run of the document, with some settings changed; the old one stays. The new run's
        number. Raises ExperimentError where the run has no file, or a value is not allowed."""
        self._document.fork(self._played_to(step), changes)
        return self.number

    def turn_to(self, number: int) -> None:
        """Go on with another run of the document. Raises ExperimentError where there is none of this number."""
        if number != self.number:
            self._document.turn_to(number)

    # --- its file -----------------------------------------------------------------------------------------------------

    def save(self, path: str | Path | None = None) -> Path:
        """Write all to its file, or to another one, which is replaced and follows the run from now on. Its path. Raises
        RunFileError where it cannot be written, and ExperimentError where there is no file yet and none is named."""
        if path is not None:
            self._document.save_as(Path(path).expanduser())
        elif self.path is None:
            raise ExperimentError("", "this run has no file yet: name one, run.save('my.ganlab')")
        elif not self.kept:
            raise RunFileError(self.path, "is open for reading only; name another file to keep what was trained")
        else:
            self._document.save()
        assert self.path is not None
        return self.path

    def close(self) -> None:
        """Write what is left and let go of the file. Raises RunFileError."""
        self._document.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        where = f", {self.path}" if self.path is not None else ""
        return f"<{self.experiment.title or 'a run'}: step {self.step:,}{where}>"

    def _repr_html_(self) -> str:
        return run_page(self.experiment, self.step, self.path, self.curves())


def open_run(path: str | Path, *, run: int | None = None, device: str | None = None, readonly: bool = False) -> Run:
    """The run in a .ganlab file, at its newest state; the one shown last where no number is named. With `readonly` the
    file stays as it is, and may be trained in elsewhere meanwhile. Raises RunFileError, ExperimentError."""
    return Run._of(Document.open(Path(path).expanduser(), device=device, number=run, readonly=readonly))
