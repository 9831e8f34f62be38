"""A run's two losses as functions of the players' parameters, on batches that stay the same."""

from collections.abc import Callable
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.penalties import R1, R2, GradientPenalty, OneSidedGradientPenalty
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.penalties import Turn, build_penalty
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.studies.study import Snapshot
from ganlab_desktop.measure.theory.game_jacobian import Losses, evaluated_at

BATCH = 256  # samples of either kind
_FUNCTIONS_OF_D = (GradientPenalty, OneSidedGradientPenalty, R1, R2)  # penalties that a functional D can carry


def losses_on(snapshot: Snapshot, real: Tensor, latent: Tensor) -> Losses:
    """L_G and L_D with the penalties that are functions of D, on real points (B, dim) and latents (B, z).

    Not for a packing discriminator, whose losses are of groups.
    """
    streams = Streams(snapshot.experiment.seed)
    penalties = [build_penalty(spec) for spec in snapshot.experiment.penalties if isinstance(spec, _FUNCTIONS_OF_D)]

    def losses(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
        generator, discriminator = evaluated_at(snapshot.generator, theta), evaluated_at(snapshot.discriminator, psi)
        fake = generator(latent)
        v_real, v_fake = discriminator(real), discriminator(fake)
        of_generator = snapshot.objective.generator_loss(v_real, v_fake)
        of_discriminator = snapshot.objective.discriminator_loss(v_real, v_fake)
        turn = Turn(_module(discriminator), _module(generator), real, fake, latent, v_real, v_fake)
        for penalty in penalties:
            term = penalty.term(turn, streams.at(0, Stream.PENALTY, 1 << 20))
            of_discriminator = of_discriminator if term is None else of_discriminator + term
        return of_generator, of_discriminator

    return losses


def own_losses(snapshot: Snapshot) -> Losses | None:
    """The same on one batch that is always the same; None for a packing discriminator."""
    if snapshot.experiment.discriminator.packing > 1:
        return None
    return losses_on(snapshot, *batch(snapshot, BATCH, real=5, latent=1))


def batch(snapshot: Snapshot, count: int, real: int, latent: int, *, held_out: bool = False) -> tuple[Tensor, Tensor]:
    """Real points (count, dim) and latents (count, z) of streams with these indices."""
    streams, draw = Streams(snapshot.experiment.seed), snapshot.data.held_out if held_out else snapshot.data.sample
    points = draw(streams.at(0, Stream.MEASURED_REAL, real), count)
    drawn = draw_latent(snapshot.experiment.latent, streams.at(0, Stream.MEASURED_LATENT, latent), count)
    return torch.from_numpy(points), torch.from_numpy(np.ascontiguousarray(drawn))


def parameters(network: nn.Module) -> Tensor:
    """A network's parameters as one vector (P,)."""
    return torch.cat([parameter.detach().reshape(-1) for parameter in network.parameters()])


def _module(function: Callable[[Tensor], Tensor]) -> nn.Module:
    return cast(nn.Module, function)  # a penalty only calls it
