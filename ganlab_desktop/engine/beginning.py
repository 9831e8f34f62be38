"""What a run begins with, and the file that keeps it: weights that its seed draws, or others that were given."""

from pathlib import Path
from typing import Any

from ganlab_desktop.engine.imported import embed
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.state import GameState
from ganlab_desktop.gan.weights import NETWORKS, Weights, modules_of, named_tensors
from ganlab_desktop.runfile.rows import State
from ganlab_desktop.runfile.runfile import RunFile


def created(path: Path, run: Run, *, replace: bool = False) -> RunFile:
    """A new file for a run."""
    timeline = run.timeline
    first = beginning_of(run)
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


def begun_like(run: Run, experiment: Experiment) -> Run:
    """A fresh run of another experiment, which begins with the weights that this one was given; its seed draws those of
    the networks that it was given none for. Raises ExperimentError where they do not fit, RunFileError."""
    if not run.origin:
        return Run(experiment, run.device)
    first = Run(run.timeline.first, run.device)
    first.game.restore(_beginning(run))
    modules = modules_of(first.game)
    owners = run.origin.get("networks", " ".join(NETWORKS)).split()
    return Run(experiment, run.device, Weights({owner: named_tensors(modules[owner]) for owner in owners}, run.origin))


def beginning_of(run: Run) -> State | None:
    """What a run's file keeps of step 0: nothing where the seed draws it. Raises ExperimentError, RunFileError."""
    return State(*run.saved(_beginning(run), run.timeline.standing(0, 0))) if run.origin else None


def _beginning(run: Run) -> GameState:
    """The state at step 0, whose keyframe no budget takes."""
    keyframe = run.timeline.at(0, 0)
    if keyframe is None:
        raise ExperimentError("", "the weights that this run began with are damaged")
    return run.timeline.state(keyframe)
