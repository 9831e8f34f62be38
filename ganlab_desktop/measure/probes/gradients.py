"""Where the generator wants each sample to go: the particle velocity of the objective in use."""

import torch

from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes.probe import Picture, View, to_numpy
from ganlab_desktop.measure.probes.samples import ShownReal, shown_latents

ARROWS = 150


class Gradients:
    """origin (N, dim) generated samples, direction (N, dim): minus the gradient of each sample's generator loss.

    Where samples are not judged alone, they are those of a whole batch, and only the first are shown. Where the loss
    compares with real samples, these are the run's shown ones.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        self._latents = shown_latents(game, ARROWS)
        self._real = ShownReal(game, ARROWS)

    def __call__(self, view: View) -> Picture:
        game = self._game
        count = ARROWS if game.judges_alone else game.experiment.schedule.batch_size
        if len(self._latents) != count:
            self._latents = shown_latents(game, count)
        with torch.no_grad(), game.observed():
            fake = game.generator.module(self._latents)
        fake.requires_grad_()
        v = game.score(fake)
        v_real = game.score(self._real()) if game.objective.needs_real else torch.empty(0)
        (gradient,) = torch.autograd.grad(game.objective.generator_loss(v_real, v), fake)
        # The loss is the mean over len(v) outputs, so each sample's own loss has that many times the gradient.
        return Picture({"origin": to_numpy(fake[:ARROWS]), "direction": to_numpy(-len(v) * gradient[:ARROWS])})
