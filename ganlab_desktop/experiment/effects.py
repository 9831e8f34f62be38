"""Settings that have no effect because of what another one says."""

from collections.abc import Callable
from typing import Any

from ganlab_desktop.experiment.spec import Spec

_ASKS: dict[str, Callable[[Any], bool]] = {  # by name, whether the spec that holds the setting makes use of it
    "fourier_scale": lambda spec: spec.fourier > 0,
    "minibatch_kernels": lambda spec: spec.minibatch == "discrimination",
    "minibatch_dim": lambda spec: spec.minibatch == "discrimination",
    "schedule_steps": lambda spec: spec.schedule != "constant",
    "alpha": lambda spec: not hasattr(spec, "divergence") or spec.divergence == "alpha",
    "pi": lambda spec: spec.divergence == "weighted_js",
    "noise_std": lambda spec: spec.variance == "fixed",
    "coarseness": lambda spec: spec.task == "low_resolution",
    "latent_jitter": lambda spec: spec.latent_weight > 0 or spec.generator_weight > 0,
}
_FADES: dict[str, Callable[[Any], bool]] = {  # what `steps` fades
    "InstanceNoise": lambda spec: spec.std > 0,
    "LabelSmoothing": lambda spec: spec.real < 1,
}


def has_effect(spec: Spec, name: str) -> bool:
    """Whether a setting of a spec changes anything as the others stand."""
    asked = _FADES.get(type(spec).__name__) if name == "steps" else _ASKS.get(name)
    return asked is None or asked(spec)
