"""What an experiment is called in the window."""

from contextlib import suppress
from functools import cache
from typing import Any

from PySide6.QtCore import QCoreApplication

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.presets import load_preset, preset_names


def own_title(experiment: Experiment) -> str:
    """The title that the user gave it. A preset's title holds while its game is played; then there is none."""
    stock = _stock().get(experiment.title)
    return experiment.title if stock is None or _game(stock) == _game(experiment) else ""


def caption(experiment: Experiment) -> str:
    """Its own title; where it has none, its data and objective."""
    if title := own_title(experiment):
        return title
    parts = (type(experiment.data).title, type(experiment.objective).title)
    return ", ".join(QCoreApplication.translate("experiment", part) for part in parts)


def _game(experiment: Experiment) -> tuple[Any, ...]:
    """What the titles of presets speak of."""
    return experiment.data, experiment.objective, [type(penalty) for penalty in experiment.penalties]


@cache
def _stock() -> dict[str, Experiment]:
    """The presets by title."""
    found: dict[str, Experiment] = {}
    for name in preset_names():
        with suppress(ExperimentError):  # a file that somebody spoilt; the command line tells how
            experiment = load_preset(name)
            found[experiment.title] = experiment
    return found
