"""What the user prefers, kept in the settings, and how it reaches the experiments and the engine."""

import os

from PySide6.QtCore import QSettings

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.wire.environment import DEFAULT_MEGABYTES, IN_MEMORY, KEYFRAMES, MOST_THREADS, THREADS

AUTOMATIC = 0  # threads: as many as suit the networks
MEGABYTES = (1, 1_000_000)  # that a run's past may be given here
_DEVICE = "preferences/device"
_BOUNDS = {KEYFRAMES: MEGABYTES, IN_MEMORY: MEGABYTES, THREADS: (AUTOMATIC, MOST_THREADS)}
_DEFAULTS = {name: int(amount) for name, amount in DEFAULT_MEGABYTES.items()} | {THREADS: AUTOMATIC}


class Preferences:
    """Reads and writes the settings. An engine takes its part from its environment when it starts; a variable that is
    set there already has the last word."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def device(self) -> str:
        """Where new experiments are to train."""
        return str(self._settings.value(_DEVICE, Experiment().device))

    @device.setter
    def device(self, name: str) -> None:
        self._settings.setValue(_DEVICE, name)

    def applied_to(self, experiment: Experiment) -> Experiment:
        """A new experiment on the preferred device; as it is where the stored name is none."""
        try:
            return with_changes(experiment, {"device": self.device})
        except ExperimentError:
            return experiment

    def __getitem__(self, name: str) -> int:
        """What an engine is to find in a variable of its environment; the default where nothing sound is stored."""
        low, high = _BOUNDS[name]
        text = str(self._settings.value(f"preferences/{name}", ""))
        return int(text) if text.isdecimal() and low <= int(text) <= high else _DEFAULTS[name]

    def __setitem__(self, name: str, amount: int) -> None:
        self._settings.setValue(f"preferences/{name}", amount)

    @staticmethod
    def fixed(name: str) -> str:
        """The value that the environment gives a variable, which no preference changes; empty where it gives none."""
        return os.environ.get(name, "")

    def environment(self) -> dict[str, str]:
        """The variables to start an engine with."""
        wanted = {name: self[name] for name in _BOUNDS if self[name] != _DEFAULTS[name]}
        return {name: str(amount) for name, amount in wanted.items() if not self.fixed(name)}
