"""Where the generator wants each sample to go: the particle velocity of the objective in use."""

import numpy as np
import torch

from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes.probe import Picture, View, to_numpy
from ganlab_desktop.measure.probes.samples import SHOWN, ShownReal, shown_latents

ARROWS = 150


class Gradients:
    """origin (N, dim) generated samples, direction (N, dim): minus the gradient of each sample's generator loss.

    Where samples are not judged alone, they are those of a whole batch, and only the first are shown. Where the loss
    compares with real samples, these are the run's shown ones. In a conditional game those of the class shown.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        self._take(ARROWS)
        self._asked = ShownReal(game, SHOWN)

    def _take(self, count: int) -> None:
        self._latents = shown_latents(self._game, count)
        self._real = ShownReal(self._game, count)

    def __call__(self, view: View) -> Picture:
        game = self._game
        few = SHOWN if game.experiment.conditional else ARROWS
        count = few if game.judges_alone else game.experiment.schedule.batch_size
        if len(self._latents) != count:
            self._take(count)
        labels = self._asked.labels
        with torch.no_grad(), game.observed():
            fake = game.generate(self._latents, labels)
        fake.requires_grad_()
        v = game.score(fake, labels)
        v_real = game.score(self._real(), self._real.labels) if game.objective.needs_real else torch.empty(0)
        (gradient,) = torch.autograd.grad(game.objective.generator_loss(v_real, v), fake)
        # The loss is the mean over len(v) outputs, so each sample's own loss has that many times the gradient.
        origin, direction = to_numpy(fake), to_numpy(-len(v) * gradient)
        if labels is not None:
            mine = np.resize(labels.eq(view.label).cpu().numpy(), count)
            origin, direction = origin[mine], direction[mine]
        return Picture({"origin": origin[:ARROWS], "direction": direction[:ARROWS]})
