"""Perceptual path length (Karras et al. 2019): how far features move for a small step between two latents."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.data.distribution import FloatArray

EPSILON = 1e-4  # of the way from one latent to the other, as in the paper
_OUTER = 1  # percent of the path lengths left out at either end in the paper's code

Array = NDArray[np.floating]
Interpolation = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


def lerp(a: FloatArray, b: FloatArray, t: FloatArray) -> FloatArray:
    """Straight lines between latents (N, d), at shares t (N, 1) of the way."""
    return a + t * (b - a)


def slerp(a: FloatArray, b: FloatArray, t: FloatArray) -> FloatArray:
    """Arcs between latents (N, d) (Shoemake 1985), which keep the length of equally long ends; straight lines where
    the two point the same or opposite ways, or one is 0."""
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    cosine = np.divide(np.einsum("nd,nd->n", a, b), lengths, out=np.ones(len(a)), where=lengths > 0)
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))[:, None]
    arc = np.sin(angle)
    curved = arc > 1e-7
    safe = np.where(curved, arc, 1.0)
    along = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / safe
    return np.where(curved, along, lerp(a, b, t))


# what latents of a kind are interpolated by: arcs keep to the shell on which normal latents lie, while a uniform cube
# and the mapped latents w have no such shell
INTERPOLATIONS: dict[str, Interpolation] = {"normal": slerp, "uniform": lerp, "w": lerp}


class PathLength(NamedTuple):
    """`mean` over all pairs, the paper's definition; `trimmed`: without those outside the 1st and 99th percentile, as
    StyleGAN's code and torch-fidelity report it. In squared feature units."""

    mean: float
    trimmed: float


def perceptual_path_length(
    generate: Callable[[FloatArray], Array],
    features: Callable[[Array], Array],
    first: Array,
    second: Array,
    rng: np.random.Generator,
    kind: str = "normal",
    epsilon: float = EPSILON,
) -> PathLength:
    """E |f(G(p(t))) - f(G(p(t + epsilon)))|^2 / epsilon^2 along paths p from latents `first` to `second`, both (N, d).

    One t ~ U(0, 1) per pair. `generate` takes latents of the kind "normal", "uniform" or "w" to images, `features`
    those to (N, F). Rounding of about 1e-7 in features from float32 is a thousandth of the change over epsilon, so a
    much smaller epsilon would measure rounding.
    """
    a, b = first.astype(np.float64), second.astype(np.float64)
    path, t = INTERPOLATIONS[kind], rng.random((len(a), 1))
    here, there = (features(generate(path(a, b, at))).astype(np.float64) for at in (t, t + epsilon))
    lengths = ((there - here) ** 2).sum(1) / epsilon**2
    low, high = np.percentile(lengths, _OUTER, method="lower"), np.percentile(lengths, 100 - _OUTER, method="higher")
    kept = lengths[(lengths >= low) & (lengths <= high)]
    return PathLength(float(lengths.mean()), float(kept.mean()))
