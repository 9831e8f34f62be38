"""The penalties. Importing them registers them with `build_penalty`."""

from ganlab_desktop.gan.penalties import gradient_penalty, r1, weight_clipping
from ganlab_desktop.gan.penalties.penalty import Penalty, build_penalty, gradient_norms, input_gradient

__all__ = [
    "Penalty",
    "build_penalty",
    "gradient_norms",
    "gradient_penalty",
    "input_gradient",
    "r1",
    "weight_clipping",
]
