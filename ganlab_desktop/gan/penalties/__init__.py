"""The penalties. Importing them registers them with `build_penalty`."""

from ganlab_desktop.gan.penalties import (
    classification,
    consistency,
    dragan,
    gradient_penalty,
    lecam,
    orthogonal,
    path_length,
    reconstruction,
    weight_clipping,
    zero_centred,
)
from ganlab_desktop.gan.penalties.penalty import (
    GeneratorTurn,
    Penalty,
    Turn,
    build_penalties,
    build_penalty,
    gradient_norms,
    input_gradient,
)

__all__ = [
    "GeneratorTurn",
    "Penalty",
    "Turn",
    "build_penalties",
    "build_penalty",
    "classification",
    "consistency",
    "dragan",
    "gradient_norms",
    "gradient_penalty",
    "input_gradient",
    "lecam",
    "orthogonal",
    "path_length",
    "reconstruction",
    "weight_clipping",
    "zero_centred",
]
