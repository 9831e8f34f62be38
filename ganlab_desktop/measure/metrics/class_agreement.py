"""Whether a conditional generator makes what it is asked for."""

import numpy as np

from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Labels, Samples


def class_agreement(data: Distribution, samples: Samples | FloatArray, asked: Labels) -> float:
    """The share of samples (N, d), N >= 1, whose most likely class is the one asked for (N,).

    Of well separated modes that is the nearest one. Samples that are not finite agree with nothing. Raises
    NotImplementedError for data without classes.
    """
    finite = np.isfinite(samples).all(1)
    found = data.classify(samples[finite].astype(np.float64))
    return float((found == asked[finite]).sum() / len(samples))
