"""Images in pairs: a target, and an input that is made of it.

A game from images to images gives the generator the inputs, which have the shape `input_image`, and the discriminator
inputs and targets.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.images import Paired, Shape, input_shape
from ganlab_desktop.gan.data.distribution import Samples
from ganlab_desktop.gan.data.images.image_set import ImageSet, split
from ganlab_desktop.gan.data.images.pictures import Pictures, read_pictures

_SHOWN = 1000  # pairs that are looked at, at most
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


class PairedImages(ImageSet):
    """Images, each a target with an input that is made of it; samples are targets, and what is told of them inputs."""

    def __init__(self, spec: Paired, seed: int) -> None:
        super().__init__(*split(spec, seed), type(spec.source).title)
        shape = input_shape(spec)
        assert shape is not None
        self.spec, self.input_image = spec, shape

    def inputs(self, targets: Samples) -> Samples:
        """What is given of targets (n, C H W): flat images (n, D) of the shape `input_image`, from -1 to 1."""
        assert self.image is not None
        return inputs_of(targets, self.image, self.spec.task, self.spec.coarseness)

    @cached_property
    def shown_pairs(self) -> tuple[Samples, Samples]:
        """Targets (N, C H W) and what is given of each (N, D), always the same: those that are looked at. Of held-out
        images, where there are some."""
        targets = self._others[:_SHOWN]
        return targets, self.inputs(targets)

    def told(self, rng: np.random.Generator, n: int) -> tuple[Samples, Samples]:
        targets = self.sample(rng, n)
        return targets, self.inputs(targets)

    def told_held_out(self, rng: np.random.Generator, n: int) -> tuple[Samples, Samples]:
        targets = self.held_out(rng, n)
        return targets, self.inputs(targets)

    def told_of_training(self, chosen: NDArray[np.intp] | slice) -> Samples:
        return self.inputs(self.points[chosen])


@read_pictures.register
def _paired(spec: Paired) -> Pictures:
    try:
        return read_pictures(spec.source)
    except ExperimentError as error:
        place = error.path.replace("data.", "data.source.", 1) if error.path.startswith("data.") else error.path
        raise ExperimentError(place, error.problem) from None


def inputs_of(targets: Samples, shape: Shape, task: str, coarseness: int) -> Samples:
    """What a task gives of targets (n, C H W) of a shape, flat."""
    maps = targets.reshape(-1, *shape)
    made = {"grey": greys, "edges": edges}[task](maps) if task != "low_resolution" else coarse(maps, coarseness)
    return np.ascontiguousarray(made.reshape(len(targets), -1), np.float32)


def greys(maps: Samples) -> Samples:
    """The luma (n, 1, H, W) of images (n, C, H, W)."""
    if maps.shape[1] == 1:
        return maps
    grey: Samples = np.tensordot(maps, _LUMA, (1, 0))[:, None]
    return grey


def coarse(maps: Samples, side: int) -> Samples:
    """Images (n, C, H, W) in which squares of this side hold their mean."""
    count, channels, height, width = maps.shape
    cells = maps.reshape(count, channels, height // side, side, width // side, side).mean((3, 5))
    coarser: Samples = cells.repeat(side, 2).repeat(side, 3)
    return coarser


def edges(maps: Samples) -> Samples:
    """How steep images (n, C, H, W) are, the largest over the channels, by Sobel's operator: (n, 1, H, W).

    -1 is flat; 1 is a step from -1 to 1, or steeper.
    """
    framed = np.pad(maps, ((0, 0), (0, 0), (1, 1), (1, 1)), "edge")
    smooth_down = framed[:, :, :-2] + 2 * framed[:, :, 1:-1] + framed[:, :, 2:]
    smooth_across = framed[:, :, :, :-2] + 2 * framed[:, :, :, 1:-1] + framed[:, :, :, 2:]
    across = smooth_down[:, :, :, 2:] - smooth_down[:, :, :, :-2]
    down = smooth_across[:, :, 2:] - smooth_across[:, :, :-2]
    steep = np.sqrt(across**2 + down**2).max(1, keepdims=True)  # 8 for a step from -1 to 1 along an axis
    edge: Samples = np.minimum(steep / 4, 2) - 1
    return edge
