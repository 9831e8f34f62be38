"""What a run begins with, and the file that keeps it: weights that its seed draws, or others that were given."""

from pathlib import Path
from typing import Any

from ganlab_desktop.engine.imported import embed
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.state import GameState
from ganlab_desktop.runfile.rows import State
from ganlab_desktop.runfile.runfile import RunFile


def created(path: Path, run: Run, *, replace: bool = False) -> RunFile:
    """A new file for a run."""
    timeline = run.timeline
    first = State(*run.saved(_given(run), timeline.standing(0, 0))) if run.origin else None
    file = RunFile.create(path, timeline.first, facts_of(run), first, replace=replace)
    try:
        embed(file, timeline.first)
        if first is not None:
            timeline.keyframes[0].row = file.keyframes()[0].row
    except BaseException:
        file.close()
        raise
    return file


def facts_of(run: Run) -> dict[str, Any]:
    """What a run's replays depend on, as its file keeps it."""
    return run.machine() | ({"weights": dict(run.origin)} if run.origin else {})


def begun_like(run: Run, experiment: Experiment) -> State | None:
    """The state at step 0 of another experiment with the same networks, which begins with the weights that this run was
    given; None where it was given none. Raises ExperimentError, RunFileError."""
    if not run.origin:
        return None
    other = Run(experiment, run.device)
    state = other.game.state().with_networks_of(_given(run))
    return State(*other.saved(state, other.standing))


def _given(run: Run) -> GameState:
    """The state at step 0, whose keyframe no budget takes."""
    keyframe = run.timeline.at(0, 0)
    if keyframe is None:
        raise ExperimentError("", "the weights that this run began with are damaged")
    return run.timeline.state(keyframe)
