"""`ganlab train`: training without a window."""

import json
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from ganlab_desktop.cli.errors import BadInputError
from ganlab_desktop.cli.looking import experiment_of
from ganlab_desktop.experiment.changes import restart_reasons
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.files import kind_of_file
from ganlab_desktop.experiment.paths import parse_setting
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.runfile import RunFile

if TYPE_CHECKING:
    from ganlab_desktop.scripting.progress import Progress, Report
    from ganlab_desktop.scripting.run import Run

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
    weights: Path | None,
    as_json: bool,
) -> int:
    """Train a preset or experiment into a new run file, or continue a run; `keyframes` is in megabytes, `weights` a
    safetensors file to begin with. The exit code.

    Raises ExperimentError and BadInputError before anything is written.
    """
    changes = dict(parse_setting(setting) for setting in settings)
    run = _open(name, out, changes, device, number, weights)
    for notice in run.notices:
        print(f"ganlab: {notice}", file=sys.stderr)
    try:
        if keyframes is not None:
            run.limit_keyframes(keyframes)
        if changes and kind_of_file(Path(name)) == "run":
            run.edit(changes)
        outcome = run.train(steps, progress=_json_lines() if as_json else True)
    finally:
        run.close()
    failure = outcome.why if outcome.ended in ("diverged", "failed") else ""
    if as_json:
        done = {"step": outcome.step, "time": monotonic(), "path": str(run.path), "done": not failure}
        print(json.dumps(done))
    if failure:
        print(f"ganlab: {f'{run.path}: ' if outcome.ended == 'diverged' else ''}{failure}", file=sys.stderr)
        return 1
    return INTERRUPTED if outcome.ended == "interrupted" else 0


def _open(
    name: str, out: Path | None, changes: dict[str, Any], device: str | None, number: int | None, weights: Path | None
) -> "Run":
    """The run to train. Everything is checked before a file is written."""
    from ganlab_desktop.scripting.run import Run, open_run

    continued = kind_of_file(Path(name)) == "run"
    if number is not None and not continued:
        raise BadInputError(f"--run {number}: only a .ganlab document has runs to choose from")
    if weights is not None and continued:
        raise BadInputError("--weights: a run goes on with the weights that it has; begin another from its experiment")
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
            run = Run(experiment, device=device, weights=weights)
            run.save(out)
            return run
        if out is not None:
            with RunFile.open(Path(name), readonly=True) as file:
                file.save_as(out)
        run = open_run(out or Path(name), run=number, device=device)
    except RunFileError as error:
        raise BadInputError(str(error)) from None
    if not run.kept:
        run.close()
        raise BadInputError(f"{name}: cannot be written; add --out to go on in another file")
    return run


def _json_lines() -> "Report":
    """A report as JSON objects on standard output: one a second, and what goes wrong at once."""
    next_time = monotonic() + 1.0

    def report(progress: "Progress") -> None:
        nonlocal next_time
        for finding in progress.findings:
            text = finding.text.format(**finding.values)
            told = {"finding": finding.kind, "step": finding.step, "title": finding.title, "text": text}
            print(json.dumps(told), flush=True)
        if progress.notice:
            print(f"ganlab: {progress.notice}", file=sys.stderr)
        if monotonic() >= next_time:
            next_time += 1.0
            row = {name: value if value == value else None for name, value in progress.scalars.items()}
            told = {"step": progress.step, "steps": progress.last, "time": monotonic(), **row}
            print(json.dumps(told), flush=True)

    return report
