"""The penalties. Importing them registers them with `build_penalty`."""

from ganlab_desktop.gan.penalties import (
    consistency,
    dragan,
    gradient_penalty,
    lecam,
    orthogonal,
    weight_clipping,
    zero_centred,
)
from ganlab_desktop.gan.penalties.penalty import Penalty, Turn, build_penalty, gradient_norms, input_gradient

__all__ = [
    "Penalty",
    "Turn",
    "build_penalty",
    "consistency",
    "dragan",
    "gradient_norms",
    "gradient_penalty",
    "input_gradient",
    "lecam",
    "orthogonal",
    "weight_clipping",
    "zero_centred",
]
