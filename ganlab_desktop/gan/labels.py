"""Classes that a generator is asked for, drawn with the shares that they have in the data."""

import numpy as np

from ganlab_desktop.gan.data.distribution import FloatArray, Labels


def draw_labels(weights: FloatArray, rng: np.random.Generator, count: int) -> Labels:
    """Classes (count,), 0 .. K - 1, each as likely as its weight (K,); the weights sum to 1."""
    return np.cumsum(weights)[:-1].searchsorted(rng.random(count), side="right")
