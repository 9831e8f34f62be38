"""The stock experiments in resources/presets, by name."""

from functools import cache
from pathlib import Path

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def presets_directory() -> Path:
    """Where the presets lie: inside the package where it is installed, beside it in a checkout."""
    installed = _PACKAGE / "resources" / "presets"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources" / "presets"


def preset_names() -> list[str]:
    """The names of all presets, sorted."""
    return sorted(path.stem for path in presets_directory().glob("*.toml"))


def load_preset(name: str) -> Experiment:
    """The preset of that name. Raises ExperimentError that lists the presets there are."""
    if name not in preset_names():
        raise ExperimentError("", f"unknown preset {name!r}; presets: {', '.join(preset_names())}")
    return files.load(presets_directory() / f"{name}.toml")
