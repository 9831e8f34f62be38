"""Imported points between a run and its file, which keeps them beside the experiments that name them."""

from functools import cache

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data import contents
from ganlab_desktop.gan.data.point_files import read
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.runfile import RunFile


def embed(file: RunFile, *experiments: Experiment) -> None:
    """Have a file keep the points that experiments train on. Raises RunFileError."""
    names = {getattr(experiment.data, "content", "") for experiment in experiments} - {""}
    for name in names.difference(file.point_names() if names else ()):
        points = contents.find(name)
        if points is not None:
            file.put_points(name, points)


def recall(file: RunFile) -> None:
    """Have the points of a file found where data are built. What is damaged is named in the file's `damage`; the data
    are then read from where they came from, if that holds them still."""
    for name in file.point_names():
        if contents.find(name) is None:
            try:
                if contents.keep(file.points(name)) != name:
                    file.damage.append("imported points whose checksum does not hold")
            except RunFileError as error:
                file.damage.append(error.problem)


def adopt(file: RunFile) -> None:
    """Take in what the experiments of a file from before read from elsewhere, where that is still there."""

    @cache
    def content_of(path: str) -> str:
        return contents.keep(read(path))

    def named(experiment: Experiment) -> Experiment:
        try:
            experiment = contents.with_content(experiment, content_of(getattr(experiment.data, "path", "")))
        except ExperimentError:  # it opens as before, or says itself what is wrong
            return experiment
        embed(file, experiment)
        return experiment

    file.name_data(named)
