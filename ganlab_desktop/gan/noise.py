"""Gaussian noise on points: of instances, of augmentations, of neighbours."""

import numpy as np
import torch
from torch import Tensor


def jittered(points: Tensor, std: float, rng: np.random.Generator) -> Tensor:
    """Points with a draw from N(0, std^2) added to every entry, shaped like `points` (B, ...)."""
    return points + std * torch.from_numpy(rng.standard_normal(points.shape, dtype=np.float32)).to(points)
