"""Differentiable augmentation: DiffAugment (Zhao et al. 2020) and its adaptive probability (ADA, Karras et al. 2020).

One turn of a player has one table of changes, a row for each place in a batch, which its real and its generated images
share and its penalties use. So a penalty is a function of the images as they were before.
"""

from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganlab_desktop.experiment.augmentation import Adaptive, AugmentationSpec, DiffAugment, NoAugmentation
from ganlab_desktop.gan.networks.conditioning import in_turn

_BRIGHTNESS = 0.5  # largest change; these are the values of the paper's appendix
_TRANSLATION = 1 / 8  # of the side
_CUTOUT = 1 / 2

Shape = tuple[int, int, int]  # channels, height, width


@dataclass(frozen=True)
class Changes:
    """What is done to the images of a batch: N rows, which are repeated in turn where a batch is longer.

    `colour` (N, 3) is what is added, and by what distances from the mean of an image's channels and of the whole image
    are multiplied; `rows` (N, H, H) and `columns` (N, W, W) are matrices that shift; `kept` (N, 1, H, W) is 0 in the
    hole. None of what is not done.
    """

    shape: Shape
    colour: Tensor | None
    rows: Tensor | None
    columns: Tensor | None
    kept: Tensor | None

    def __call__(self, images: Tensor) -> Tensor:
        """Flat images (B, C H W), changed."""
        x = images.reshape(-1, *self.shape)
        if self.colour is not None:
            added, saturation, contrast = in_turn(self.colour, len(x))[..., None, None, None].unbind(1)
            x = x + added
            x = _stretched(x, saturation, 1)
            x = _stretched(x, contrast, (1, 2, 3))
        if self.rows is not None and self.columns is not None:
            x = in_turn(self.rows, len(x))[:, None] @ x @ in_turn(self.columns, len(x))[:, None].mT
        if self.kept is not None:
            x = x * in_turn(self.kept, len(x))
        return x.flatten(1)


class Augmented(nn.Module):
    """A discriminator that sees changed images, as a function of the images as they were."""

    def __init__(self, network: Any, changes: Changes) -> None:
        super().__init__()
        self.network, self.changes = network, changes

    def forward(self, images: Tensor) -> Tensor:
        v: Tensor = self.network(self.changes(images))
        return v

    def guess(self, images: Tensor) -> Tensor:
        """The classes' logits, of one that guesses them."""
        logits: Tensor = self.network.guess(self.changes(images))
        return logits


class Augmentation:
    """What changes the images that a discriminator sees; this one nothing."""

    acts = False  # whether it draws changes

    @property
    def state(self) -> dict[str, Tensor]:
        """All that is remembered between updates, by name; changed in place."""
        return {}

    @property
    def probability(self) -> Tensor | None:
        """That of each way of changing an image, where it adapts."""
        return self.state.get("p")

    def draw(self, rng: np.random.Generator, count: int, device: torch.device) -> Changes:
        """Changes for a batch of so many images on the device, where it acts."""
        raise NotImplementedError

    def heed(self, v_real: Tensor, updates: int) -> None:
        """Take notice of the discriminator's outputs (B, 1) on real images in its update after so many."""


class _DiffAugment(Augmentation):
    acts = True

    def __init__(self, spec: DiffAugment | Adaptive, shape: Shape) -> None:
        self.spec, self.shape = spec, shape

    def draw(self, rng: np.random.Generator, count: int, device: torch.device) -> Changes:
        return _drawn(self.spec, self.shape, rng, count, device, None)


class _Adaptive(_DiffAugment):
    """`p` is the probability of each way, `r` the part of E sign D(real) that is gathered so far (eq. 1, and what
    follows it)."""

    def __init__(self, spec: Adaptive, shape: Shape) -> None:
        super().__init__(spec, shape)
        self._target, self._interval, self._images = spec.target, spec.interval, spec.images
        self._remembered = {name: torch.zeros(()) for name in ("p", "r")}

    @property
    def state(self) -> dict[str, Tensor]:
        return self._remembered

    def draw(self, rng: np.random.Generator, count: int, device: torch.device) -> Changes:
        return _drawn(self.spec, self.shape, rng, count, device, self._remembered["p"])

    def heed(self, v_real: Tensor, updates: int) -> None:
        p, r = self._remembered["p"], self._remembered["r"]
        r += v_real.sign().mean() / self._interval
        if (updates + 1) % self._interval == 0:
            step = len(v_real) * self._interval / self._images
            p += step * (r - self._target).sign()
            p.clamp_(0.0, 1.0)
            r.zero_()


@singledispatch
def build_augmentation(spec: AugmentationSpec, shape: tuple[int, ...]) -> Augmentation:
    """The augmentation that a spec describes, of images of a shape."""
    raise TypeError(f"no augmentation for {type(spec).__name__}")


@build_augmentation.register
def _none(spec: NoAugmentation, shape: tuple[int, ...]) -> Augmentation:
    return Augmentation()


@build_augmentation.register
def _diffaugment(spec: DiffAugment, shape: tuple[int, ...]) -> Augmentation:
    channels, height, width = shape
    return _DiffAugment(spec, (channels, height, width))


@build_augmentation.register
def _adaptive(spec: Adaptive, shape: tuple[int, ...]) -> Augmentation:
    channels, height, width = shape
    return _Adaptive(spec, (channels, height, width))


def _drawn(
    spec: DiffAugment | Adaptive,
    shape: Shape,
    rng: np.random.Generator,
    count: int,
    device: torch.device,
    p: Tensor | None,
) -> Changes:
    """Changes with the probability p of each way for each image; all of them where that is None."""
    _, height, width = shape
    sides = np.array((height, width))

    def happens() -> Tensor:
        """Whether a way is taken (N,)."""
        chance = torch.from_numpy(rng.random(count, np.float32)).to(device)
        return torch.ones_like(chance, dtype=torch.bool) if p is None else chance < p

    colour = rows = columns = kept = None
    if spec.colour:
        low, high = (-_BRIGHTNESS, 0.0, 0.5), (_BRIGHTNESS, 2.0, 1.5)
        drawn = torch.from_numpy(rng.uniform(low, high, (count, 3)).astype(np.float32)).to(device)
        colour = torch.where(happens()[:, None], drawn, torch.tensor((0.0, 1.0, 1.0), device=device))
    if spec.translation:
        most = (_TRANSLATION * sides + 0.5).astype(np.int64)
        shifts = torch.from_numpy(rng.integers(-most, most + 1, (count, 2))).to(device) * happens()[:, None]
        rows, columns = (_shift(side, shift) for side, shift in zip((height, width), shifts.unbind(1), strict=True))
    if spec.cutout:
        size = (_CUTOUT * sides + 0.5).astype(np.int64)
        centres = rng.integers(0, sides + 1 - size % 2, (count, 2))
        inside = [
            _within(side, centre, length)
            for side, centre, length in zip((height, width), centres.T, size.tolist(), strict=True)
        ]
        hole = torch.from_numpy(inside[0][:, :, None] & inside[1][:, None, :]).to(device)
        kept = 1.0 - (hole & happens()[:, None, None])[:, None].to(torch.float32)
    return Changes(shape, colour, rows, columns, kept)


def _shift(side: int, shift: Tensor) -> Tensor:
    """Matrices (N, side, side) that move a column by shifts (N,), with zeros behind it."""
    places = torch.arange(side, device=shift.device)
    return (places[:, None] - places == shift[:, None, None]).to(torch.float32)


def _within(side: int, centres: NDArray[np.int64], length: int) -> NDArray[np.bool_]:
    """Which places (N, side) lie within a length about centres (N,)."""
    first = (centres - length // 2)[:, None]
    places = np.arange(side)
    inside: NDArray[np.bool_] = (places >= first) & (places < first + length)
    return inside


def _stretched(x: Tensor, factor: Tensor, axes: int | tuple[int, ...]) -> Tensor:
    return x + (factor - 1.0) * (x - x.mean(axes, keepdim=True))
