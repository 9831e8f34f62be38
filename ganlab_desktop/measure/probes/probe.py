"""What a probe is: a look at the game that leaves no trace in it."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.experiment.exploration import Exploration
from ganlab_desktop.gan.game import Game

Box = tuple[float, float, float, float]  # left, right, bottom, top


@dataclass(frozen=True)
class View:
    """The part of the data space that is looked at, the number of points along each side, in a conditional game the
    class whose discriminator is looked at, and of images the place on the wall of the one that is, -1 for none, and
    what is looked at between them."""

    box: Box
    resolution: int
    label: int = 0
    chosen: int = -1
    exploration: Exploration = field(default_factory=Exploration)


@dataclass(frozen=True)
class Picture:
    """What a probe saw: named arrays and numbers."""

    arrays: dict[str, NDArray[np.generic]]
    numbers: dict[str, float] = field(default_factory=dict)


class Probe(Protocol):
    """A probe belongs to one game; it is called on the thread that trains, between iterations."""

    def __call__(self, view: View) -> Picture: ...


class Grid:
    """A regular grid of points over a view, made once per view."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._view: View | None = None
        self.points = torch.empty(0)
        self.shape: tuple[int, ...] = ()

    def cover(self, view: View) -> bool:
        """Place `points` (N, dim) over a view from edge to edge, bottom row first; whether they moved."""
        if view == self._view:
            return False
        self._view = view
        points, self.shape = grid_points(view, self._game.data.dim)
        self.points = torch.from_numpy(points.astype(np.float32)).to(self._game.device)
        return True


def grid_points(view: View, dim: int) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    """Points (N, dim) over a view from edge to edge, bottom row first, and the shape (R, R) or (1, R) of the grid."""
    left, right, bottom, top = view.box
    x = np.linspace(left, right, view.resolution)
    if dim == 1:
        return x[:, None], (1, view.resolution)
    columns, rows = np.meshgrid(x, np.linspace(bottom, top, view.resolution))
    return np.column_stack((columns.ravel(), rows.ravel())), columns.shape


def shown_class(game: Game, view: View) -> Tensor | None:
    """The class (1,) that is looked at; None where the game is not conditional."""
    return torch.tensor([view.label], device=game.device) if game.experiment.conditional else None


def box_numbers(view: View) -> dict[str, float]:
    """A view's box as the numbers of a picture."""
    return dict(zip(("left", "right", "bottom", "top"), view.box, strict=True))


def to_numpy(tensor: Tensor) -> NDArray[np.float32]:
    """The tensor's values on the host, float32."""
    values: NDArray[np.float32] = tensor.detach().float().cpu().numpy()
    return values
