"""Fixed sets on which other implementations of the metrics were run.

The constants in the tests beside this file were computed from these sets by torch-fidelity 0.4.0 (torch 2.14.1),
prdc 0.2 (scikit-learn 1.9.1) and scikit-image 0.26.0; test_torch_fidelity.py runs the first of them again.
"""

import numpy as np


def features() -> tuple[np.ndarray, np.ndarray]:
    """Real ones (300, 16), which are correlated, and fake ones (240, 16), which are narrower and moved."""
    rng = np.random.default_rng(7)
    mix = rng.standard_normal((16, 16)) / np.sqrt(16)
    return rng.standard_normal((300, 16)) @ mix, 0.8 * rng.standard_normal((240, 16)) + 0.3


def logits() -> np.ndarray:
    """(305, 10), which ten splits do not divide."""
    return 2 * np.random.default_rng(7).standard_normal((305, 10))


def images() -> tuple[np.ndarray, np.ndarray]:
    """Two pairs of noise (2, 3, 20, 16) in [-1, 1], the second of each the first under more noise."""
    rng = np.random.default_rng(7)
    first = rng.uniform(-1, 1, (2, 3, 20, 16))
    return first, np.clip(first + 0.3 * rng.standard_normal(first.shape), -1, 1)
