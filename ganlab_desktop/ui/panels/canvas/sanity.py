"""Whether what the players make can be drawn at all."""

from collections.abc import Mapping
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.wire.messages import Picture, Scene

_FAR = 2.0  # of the scene's box around it


class Lost(Enum):
    """What cannot be drawn."""

    NOTHING = auto()
    SAMPLES = auto()
    OUTPUT = auto()
    BOTH = auto()
    AWAY = auto()  # the samples are numbers, but far from the data


def lost(scene: Scene, pictures: Mapping[str, Picture]) -> Lost:
    """What cannot be drawn of the newest pictures."""
    values, fake = (
        pictures[name].arrays[key].numpy() if name in pictures and key in pictures[name].arrays else None
        for name, key in (("surface", "values"), ("samples", "fake"))
    )
    output = values is not None and not np.isfinite(values).any()
    samples = fake is not None and not np.isfinite(fake).all()
    if output or samples:
        return Lost.BOTH if output and samples else Lost.OUTPUT if output else Lost.SAMPLES
    return Lost.AWAY if fake is not None and _away(fake, scene) else Lost.NOTHING


def _away(samples: NDArray[np.generic], scene: Scene) -> bool:
    """Whether all samples (N, dim) lie far outside of the scene's box."""
    left, right, bottom, top = scene.box
    inside = np.ones(len(samples), bool)
    for values, low, high in zip(samples.T[:2], (left, bottom), (right, top), strict=False):
        inside &= (values > low - _FAR * (high - low)) & (values < high + _FAR * (high - low))
    return bool(len(samples)) and not inside.any()
