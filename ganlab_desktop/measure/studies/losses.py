"""A run's two losses as functions of the players' parameters, on batches that stay the same."""

from collections.abc import Callable
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.augmentation import NoAugmentation
from ganlab_desktop.experiment.conditioning import AuxiliaryClassifier
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.penalties import LeCam, Orthogonal, PathLength, WeightClipping
from ganlab_desktop.experiment.schedules import noise_std
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.batch_norm import batches_apart
from ganlab_desktop.gan.noise import jittered
from ganlab_desktop.gan.penalties import GeneratorTurn, Turn, build_penalty
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.studies.study import Snapshot
from ganlab_desktop.measure.theory.game_jacobian import Losses, evaluated_at

BATCH = 256  # samples of either kind
_DRAWS = 1 << 20  # index of the penalties' draws, beside those of training
# Of the outputs at hand: memories, the weights, a constraint.
_NO_FUNCTIONS = (LeCam, PathLength, Orthogonal, WeightClipping)


def left_out(experiment: Experiment) -> tuple[str, ...]:
    """What the game that is trained has and `losses_on` has not, in words."""
    words = [penalty.title for penalty in experiment.penalties if isinstance(penalty, _NO_FUNCTIONS)]
    if isinstance(experiment.conditioning, AuxiliaryClassifier):
        words.append("the classification loss")
    if not isinstance(experiment.augmentation, NoAugmentation):
        words.append("the augmentation")
    if experiment.schedule.unrolled_steps:
        words.append("the unrolled steps")
    return tuple(words)


def losses_on(snapshot: Snapshot, real: Tensor, latent: Tensor) -> Losses:
    """L_G and L_D on real points (B, dim) and latents (B, z), with the penalties that are functions of what the
    networks say, all but `left_out`. Instance noise and the penalties' draws stay the same.

    Not for a packing discriminator, whose losses are of groups.
    """
    experiment, streams = snapshot.experiment, Streams(snapshot.experiment.seed)
    penalties = [build_penalty(spec) for spec in experiment.penalties if not isinstance(spec, _NO_FUNCTIONS)]
    noise = noise_std(experiment.instance_noise, snapshot.step)

    def noisy(samples: Tensor, index: int) -> Tensor:
        return jittered(samples, noise, streams.at(0, Stream.INSTANCE_NOISE, _DRAWS + index)) if noise else samples

    def losses(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
        generator = _module(evaluated_at(snapshot.generator, theta))
        discriminator = _module(evaluated_at(snapshot.discriminator, psi))
        with batches_apart(snapshot.generator, snapshot.discriminator):
            fake = generator(latent)
            seen_real, seen_fake = noisy(real, 0), noisy(fake, 1)
            v_real, v_fake = discriminator(seen_real), discriminator(seen_fake)
            of_generator = snapshot.objective.generator_loss(v_real, v_fake)
            of_discriminator = snapshot.objective.discriminator_loss(v_real, v_fake)
            turn = Turn(discriminator, generator, seen_real, seen_fake, latent, v_real, v_fake)
            generators_turn = GeneratorTurn(discriminator, generator, latent, fake, seen_fake)
            for index, penalty in enumerate(penalties):
                term = penalty.term(turn, streams.at(0, penalty.stream, _DRAWS + 2 * index))
                of_discriminator = of_discriminator if term is None else of_discriminator + term
                if penalty.moves_generator:
                    rng = streams.at(0, penalty.stream, _DRAWS + 2 * index + 1)
                    of_generator = of_generator + penalty.generator_term(generators_turn, rng)
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
