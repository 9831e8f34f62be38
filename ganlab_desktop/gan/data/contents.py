"""Points by what they are: a run's data are found here again, whatever has become of the file that they came from."""

import hashlib
from typing import Any

import numpy as np
from msgspec.structs import replace

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data.distribution import FloatArray
from ganlab_desktop.gan.data.point_files import read

_known: dict[str, FloatArray] = {}  # a name never means other points, so none is ever replaced


def name_of(points: FloatArray) -> str:
    """The SHA-256 of points (N, d), in hexadecimal."""
    digest = hashlib.sha256(f"{points.shape[1]}\n".encode())
    digest.update(np.ascontiguousarray(points, "<f8").data)
    return digest.hexdigest()


def keep(points: FloatArray) -> str:
    """Remember points (N, d). Their name."""
    name = name_of(points)
    _known.setdefault(name, points)
    return name


def find(name: str) -> FloatArray | None:
    """The points (N, d) of a name, None where they are not known here."""
    return _known.get(name)


def points_of(spec: Any) -> FloatArray:
    """The points (N, d) that a spec with `path` and `content` means; where it names no content, what the file holds.

    Raises ExperimentError where the file cannot be used, or is needed and holds other points.
    """
    known = find(spec.content)
    if known is not None:
        return known
    points = read(spec.path)
    if spec.content and name_of(points) != spec.content:
        problem = f"{spec.path} does not hold the points that data.content names"
        raise ExperimentError("data.path", f"{problem}; choose the file again to train on those that it holds now")
    return points


def pinned(experiment: Experiment) -> Experiment:
    """The experiment with what its data's file holds, which is remembered. Raises ExperimentError."""
    if getattr(experiment.data, "content", None) is None:
        return experiment
    return with_content(experiment, keep(points_of(experiment.data)))


def with_content(experiment: Experiment, name: str) -> Experiment:
    """The experiment on points of this name."""
    return replace(experiment, data=replace(experiment.data, content=name))


def changed(experiment: Experiment) -> str:
    """A line where the data's file now holds other points than those of the experiment; empty where it does not."""
    spec: Any = experiment.data
    if not getattr(spec, "content", ""):
        return ""
    try:
        same = name_of(read(spec.path)) == spec.content
    except ExperimentError:  # the file is gone, say because the run came from elsewhere
        return ""
    return "" if same else f"{spec.path} has changed since; the run goes on with the points that it was given"
