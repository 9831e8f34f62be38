"""Where the generator wants each sample to go: the particle velocity of the objective in use."""

import torch

from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes.probe import Picture, View, to_numpy
from ganlab_desktop.measure.probes.samples import shown_latents

ARROWS = 150


class Gradients:
    """origin (N, dim) generated samples, direction (N, dim): minus the gradient of each sample's generator loss."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self._latents = shown_latents(game, ARROWS)

    def __call__(self, view: View) -> Picture:
        game = self._game
        with torch.no_grad(), game.observed():
            fake = game.generator.module(self._latents)
        fake.requires_grad_()
        loss = game.objective.generator_loss(game.score(fake))
        (gradient,) = torch.autograd.grad(loss, fake)
        # The loss is a batch mean, so each sample's own loss has N times the gradient.
        return Picture({"origin": to_numpy(fake), "direction": to_numpy(-len(fake) * gradient)})
