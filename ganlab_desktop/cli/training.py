"""`ganlab train`: training without a window."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

from ganlab_desktop.cli.errors import BadInputError
from ganlab_desktop.cli.looking import experiment_of
from ganlab_desktop.experiment.changes import restart_reasons
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.files import kind_of_file
from ganlab_desktop.experiment.paths import parse_setting
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.runfile import RunFile

INTERRUPTED = 130


def train(
    name: str,
    out: Path | None,
    *,
    steps: int | None,
    device: str | None,
    settings: list[str],
    number: int | None,
    keyframes: float | None,
    as_json: bool,
) -> int:
    """Train a preset or experiment into a new run file, or continue a run; `keyframes` is in megabytes. The exit code.

    Raises ExperimentError and BadInputError before anything is written.
    """
    import torch

    from ganlab_desktop.engine.checkup import Checkup
    from ganlab_desktop.engine.selecting import Selecting

    changes = dict(parse_setting(setting) for setting in settings)
    document = _open(name, out, changes, device, number)
    run = document.run
    for notice in document.notices:
        print(f"ganlab: {notice}", file=sys.stderr)
    if keyframes is not None:
        run.timeline.budget = run.timeline.budget._replace(keyframes=int(1e6 * keyframes))
    torch.set_num_threads(run.threads)
    failures: list[str] = []
    document.start_writing(lambda step: None, failures.append)
    try:
        if changes and kind_of_file(Path(name)) == "run":
            document.edit(changes)
        checkup, selecting, verdict = Checkup(run), Selecting(run), ""
        last = run.step + steps if steps is not None else run.experiment.schedule.steps
        with _interruption() as interrupted, _progress(as_json, run.step, last) as report:
            while run.step < last and not (interrupted or failures or run.diverged or verdict):
                run.advance()
                if selecting.look_if_due():
                    verdict = _tell_selection(selecting)
                document.tick()
                report(run)
                _tell(checkup.look_if_due(), as_json)
            run.flush()
        _tell(checkup.check_divergence(), as_json)
        if run.diverged:
            failures.append(
                f"{document.path}: diverged, losses or weights are no longer finite since step {run.diverged_at}; "
                "the file keeps the last good state"
            )
    finally:
        document.close()
    if as_json:
        print(json.dumps({"step": run.step, "time": monotonic(), "path": str(document.path), "done": not failures}))
    if failures:
        print(f"ganlab: {failures[0]}", file=sys.stderr)
        return 1
    return INTERRUPTED if interrupted else 0


def _tell_selection(selecting: Any) -> str:
    """Say what a look has come to, where that is not a score; why training is given up, if it is."""
    verdict: str = selecting.verdict if selecting.given_up else ""
    if said := selecting.trouble or verdict:
        print(f"ganlab: {said}", file=sys.stderr)
    return verdict


def _tell(findings: list[Any], as_json: bool) -> None:
    """What goes wrong with the training: a JSON object among the progress, or a line on standard error."""
    for finding in findings:
        if as_json:
            text = finding.text.format(**finding.values)
            told = {"finding": finding.kind, "step": finding.step, "title": finding.title, "text": text}
            print(json.dumps(told), flush=True)
        else:
            print(finding, file=sys.stderr)


def _open(name: str, out: Path | None, changes: dict[str, Any], device: str | None, number: int | None) -> Any:
    """The document to train in. Everything is checked before a file is written."""
    from ganlab_desktop.engine.document import Document

    continued = kind_of_file(Path(name)) == "run"
    if number is not None and not continued:
        raise BadInputError(f"--run {number}: only a .ganlab document has runs to choose from")
    before = experiment_of(name, number)
    experiment = with_changes(before, changes)
    if continued:
        for path, reason in restart_reasons(before, experiment).items():
            raise ExperimentError(path, f"cannot change in a run, because {reason}")
    if out is not None and kind_of_file(out) != "run":
        raise BadInputError(f"{out}: must end in .ganlab")
    if out is None and not continued:
        raise BadInputError("train: --out RUN.ganlab is missing")
    if out is not None and out.exists():
        hint = "choose another name" if continued else f"continue it with ganlab train {out}, or choose another name"
        raise BadInputError(f"{out}: exists already; {hint}")
    try:
        if out is not None and not continued:
            return Document.new(experiment, out, device=device)
        if out is not None:
            with RunFile.open(Path(name), readonly=True) as file:
                file.save_as(out)
        document = Document.open(out or Path(name), device=device)
        if number is not None:
            document.turn_to(number)
    except RunFileError as error:
        raise BadInputError(str(error)) from None
    if not document.kept:
        document.close()
        raise BadInputError(f"{name}: cannot be written; add --out to go on in another file")
    return document


@contextmanager
def _interruption() -> Iterator[list[int]]:
    """A list that fills when the user presses Ctrl+C or the system asks to stop; the iteration at hand is finished."""
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        received.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _progress(as_json: bool, first: int, last: int) -> Iterator[Any]:
    """A function to call with the run after each iteration; it reports once a second as JSON, else as a bar."""
    if as_json:
        next_time = monotonic() + 1.0

        def report(run: Any) -> None:
            nonlocal next_time
            if monotonic() < next_time:
                return
            next_time += 1.0
            run.flush()
            names = run.history["step"].columns
            _, values = run.history["step"].after(len(run.history["step"]) - 1)
            row = {name: None if value != value else float(value) for name, value in zip(names, values[0], strict=True)}
            print(json.dumps({"step": run.step, "steps": last, "time": monotonic(), **row}), flush=True)

        yield report
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, refresh_per_second=4) as progress:
        task = progress.add_task("", total=last, completed=first, rate="")
        started, shown = monotonic(), monotonic()

        def draw(run: Any) -> None:
            nonlocal shown
            now = monotonic()
            if now - shown > 0.25 or run.step == last:
                shown = now
                rate = (run.step - first) / max(now - started, 1e-9)
                progress.update(task, completed=run.step, rate=f"{rate:,.0f} steps/s")

        yield draw
