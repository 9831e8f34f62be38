"""The run's own game as two scalars of both players' parameters, on one fixed batch."""

from collections.abc import Callable
from typing import cast

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


def own_losses(snapshot: Snapshot) -> Losses | None:
    """The losses of a snapshot's game with the penalties that are functions of D, statistics of norms as they stand;
    None for a packing discriminator, whose losses are of groups."""
    experiment, streams = snapshot.experiment, Streams(snapshot.experiment.seed)
    if experiment.discriminator.packing > 1:
        return None
    real = torch.from_numpy(snapshot.data.sample(streams.at(0, Stream.MEASURED_REAL, 5), BATCH))
    latent = torch.from_numpy(draw_latent(experiment.latent, streams.at(0, Stream.MEASURED_LATENT, 1), BATCH))
    penalties = [build_penalty(spec) for spec in experiment.penalties if isinstance(spec, _FUNCTIONS_OF_D)]

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


def own_parameters(snapshot: Snapshot) -> tuple[Tensor, Tensor]:
    """Copies of the parameters of generator (P,) and discriminator (Q,), flat."""
    theta, psi = (
        torch.cat([parameter.detach().reshape(-1) for parameter in network.parameters()])
        for network in (snapshot.generator, snapshot.discriminator)
    )
    return theta, psi


def _module(function: Callable[[Tensor], Tensor]) -> nn.Module:
    return cast(nn.Module, function)  # a penalty only calls it
