"""How near generated images of pairs come to their targets, beside the images that are given."""

from typing import NamedTuple

import numpy as np

from ganlab_desktop.experiment.images import Shape
from ganlab_desktop.gan.data.distribution import Samples
from ganlab_desktop.measure.metrics.ssim import psnr, ssim


class Nearness(NamedTuple):
    """Means over pairs of the structural similarity, the peak signal-to-noise ratio in decibels and the mean absolute
    difference of pixels from -1 to 1: of generated images, and of the images that are given, as they are."""

    ssim: float
    psnr: float
    l1: float
    ssim_input: float
    psnr_input: float
    l1_input: float


def nearness(made: Samples, targets: Samples, inputs: Samples, shape: Shape, given: Shape) -> Nearness:
    """Of flat generated images and targets (N, C H W) of a shape, and inputs (N, D) of the shape `given`, whose grey
    stands for every channel."""
    channels, height, width = shape
    y = targets.reshape(-1, *shape)
    identity = np.broadcast_to(inputs.reshape(-1, *given), (len(inputs), channels, height, width))
    found = [_of(x, y) for x in (made.reshape(-1, *shape), identity)]
    return Nearness(*found[0], *found[1])


def _of(images: Samples, targets: Samples) -> tuple[float, float, float]:
    apart = float(np.abs(images - targets).mean())
    return float(ssim(images, targets).mean()), float(psnr(images, targets).mean()), apart
