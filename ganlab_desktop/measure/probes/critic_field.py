"""The discriminator's gradient with respect to its input: what a Lipschitz constraint speaks about."""

from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.penalties import gradient_norms, input_gradient
from ganlab_desktop.gan.penalties.gradient_penalty import interpolate
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes.probe import Grid, Picture, View, box_numbers, to_numpy
from ganlab_desktop.measure.probes.samples import ShownReal, shown_latents

SIDE = 41  # points along each side of the norm map, edges included
ARROW_EVERY = 4  # of them, so that the arrows stand at the centres of 10 x 10 cells
POINTS = 256  # of each kind in the histograms
BINS = 40
_LEAST = 1.25  # up to where the bins go at least, so that the line at 1 is always in sight


class CriticField:
    """norm (S, S) |grad D| and quiver (Q, Q, 2) grad D over the view, bottom row first; edges (B + 1,) and the
    densities (B,) of the norm at real, fake and interpolated ("between") points. Numbers: the box, the mean norm
    over these points and the largest anywhere. In a conditional game the field is that of the class shown, and each
    point has its own class."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._grid = Grid(game)
        self._latents = shown_latents(game, POINTS)
        self._streams = Streams(game.experiment.seed)
        self._real = ShownReal(game, POINTS)

    def __call__(self, view: View) -> Picture:
        game, grid = self._game, self._grid
        grid.cover(View(view.box, SIDE))
        real, labels, told = self._real(), self._real.labels, None
        if labels is not None:
            told = torch.cat((labels.new_full((len(grid.points),), view.label), labels, labels, labels))
        with game.observed():
            with torch.no_grad():
                fake = game.generate(self._latents, labels)
            between = interpolate(real, fake, self._streams.at(0, Stream.CRITIC_FIELD))
            points = torch.cat((grid.points, real, fake, between))
            gradients = input_gradient(partial(game.judge, condition=told), points)
        norms = to_numpy(gradient_norms(gradients))
        cells = len(grid.points)
        histograms = slope_histograms(norms[cells:].reshape(3, POINTS))
        arrays: dict[str, NDArray[np.generic]] = {"norm": norms[:cells].reshape(grid.shape), **histograms}
        if game.data.dim == 2:
            field = to_numpy(gradients[:cells]).reshape(*grid.shape, 2)
            start = ARROW_EVERY // 2
            arrays["quiver"] = np.ascontiguousarray(field[start::ARROW_EVERY, start::ARROW_EVERY])
        numbers = {"mean": float(norms[cells:].mean()), "max": float(norms.max())}
        return Picture(arrays, box_numbers(view) | numbers)


def slope_histograms(norms: NDArray[np.float32], least: float = _LEAST) -> dict[str, NDArray[np.generic]]:
    """The densities (B,) of norms (3, N) at real, fake and interpolated points over common bins from 0 to `least` or
    more, and the bins' edges (B + 1,)."""
    finite = norms[np.isfinite(norms)]
    top = max(least, float(np.quantile(finite, 0.995)) * 1.05) if finite.size else max(least, 1.0)
    edges = np.linspace(0.0, top, BINS + 1)
    width = edges[1] - edges[0]
    histograms: dict[str, NDArray[np.generic]] = {"edges": edges.astype(np.float32)}
    for name, values in zip(("real", "fake", "between"), norms, strict=True):
        counts, _ = np.histogram(values, edges)
        histograms[name] = (counts / (len(values) * width)).astype(np.float32)
    return histograms
