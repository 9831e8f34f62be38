"""GAN Lab Desktop: a laboratory in which people see GANs learn.

For scripts and notebooks, without the window:

    from ganlab_desktop import Run, load_preset

    run = Run(load_preset("ring-ns"))
    run.train(2000)
    samples = run.sample(1000)

Nothing is loaded until it is used: PyTorch comes with the first run.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ganlab_desktop.experiment.experiment import Experiment
    from ganlab_desktop.experiment.presets import load_preset, preset_names
    from ganlab_desktop.experiment.validate import with_changes
    from ganlab_desktop.scripting.experiments import load_experiment
    from ganlab_desktop.scripting.loading import load_generator
    from ganlab_desktop.scripting.run import Run, open_run

__version__ = "0.1.0"

__all__ = [
    "Experiment",
    "Run",
    "load_experiment",
    "load_generator",
    "load_preset",
    "open_run",
    "preset_names",
    "with_changes",
]

_PLACES = {
    "Experiment": "experiment.experiment",
    "Run": "scripting.run",
    "load_experiment": "scripting.experiments",
    "load_generator": "scripting.loading",
    "load_preset": "experiment.presets",
    "open_run": "scripting.run",
    "preset_names": "experiment.presets",
    "with_changes": "experiment.validate",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
