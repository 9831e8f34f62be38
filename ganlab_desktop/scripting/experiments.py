"""Experiments by the names of their files."""

from pathlib import Path

from ganlab_desktop.experiment import files, presets
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.runfile.runfile import RunFile


def load_experiment(name: str | Path, run: int | None = None) -> Experiment:
    """The experiment of a preset, a .toml file, or a run of a .ganlab document: the one shown last where no number is
    named. Raises ExperimentError, RunFileError."""
    path = Path(name).expanduser()
    if files.kind_of_file(path) == "experiment":
        return files.load(path)
    if files.kind_of_file(path) == "run":
        with RunFile.open(path, readonly=True) as file:
            file.choose(run)
            return file.experiment()
    return presets.load_preset(str(name))
