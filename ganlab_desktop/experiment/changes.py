"""Which changes of an experiment a run takes while it trains, and which need a new start."""

from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.experiment import Experiment

_RESTART_SECTIONS = {
    "seed": "the seed fixes the first weights",
    "device": "the networks live on the device",
    "latent": "the latent fixes the generator's input",
    "generator": "the network's weights would not fit",
    "discriminator": "the network's weights would not fit",
    "conditioning": "the networks' weights would not fit",
}

_LIVE = (
    "generator.mean",  # of the affine generator: these two set its weights
    "generator.std",
    "generator.mixing",  # of the style-based one
    "generator.truncation",
)


def restart_reasons(old: Experiment, new: Experiment) -> dict[str, str]:
    """The changed paths that a run cannot take over while it trains, each with the reason. Empty: all apply live."""
    reasons = {}
    for path in paths.differences(old, new):
        if reason := needs_restart(path):
            reasons[path] = reason
    if old.autoencodes != new.autoencodes:
        reasons["objective.kind"] = "an encoder has other outputs than a discriminator"
    return reasons


def needs_restart(path: str) -> str:
    """Why a change of this path needs a new start; empty where it applies live."""
    keys = paths.split(path)
    return "" if paths.join(keys[:2]) in _LIVE else _RESTART_SECTIONS.get(str(keys[0]), "")
