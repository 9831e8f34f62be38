"""Consistency (Zhao et al. 2021): balanced over real and generated samples (bCR) and over latents (zCR)."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ganlab_desktop.experiment.penalties import Consistency
from ganlab_desktop.gan.noise import jittered
from ganlab_desktop.gan.penalties.penalty import GeneratorTurn, Penalty, Turn, build_penalty
from ganlab_desktop.gan.streams import Stream


@dataclass(frozen=True)
class _Consistency(Penalty):
    spec: Consistency

    stream = Stream.AUGMENTATION

    @property
    def moves_generator(self) -> bool:
        return self.spec.generator_weight > 0.0

    def term(self, turn: Turn, rng: np.random.Generator) -> Tensor:
        """lambda E (D(x) - D(Tx))^2 on real and on fake, and lambda_d E (D(G(z)) - D(G(z + e)))^2 (sections 2.1, 2.2).

        G(z + e) is seen under the instance noise that G(z) was seen under, if any.
        """
        spec, discriminator, generator = self.spec, turn.discriminator, turn.generator
        total: Tensor = turn.v_real.new_zeros(())
        if spec.weight:
            for points, v in ((turn.real, turn.v_real), (turn.fake, turn.v_fake)):
                total = total + spec.weight * (v - discriminator(jittered(points, spec.jitter, rng))).square().mean()
        if spec.latent_weight:
            with torch.no_grad():
                move = generator(jittered(turn.latent, spec.latent_jitter, rng)) - generator(turn.latent)
            total = total + spec.latent_weight * (turn.v_fake - discriminator(turn.fake + move)).square().mean()
        return total

    def generator_term(self, turn: GeneratorTurn, rng: np.random.Generator) -> Tensor:
        """-lambda_g E |G(z) - G(z + e)|^2, which keeps neighbouring latents' samples apart."""
        moves = (turn.fake - turn.generator(jittered(turn.latent, self.spec.latent_jitter, rng))).flatten(1)
        term: Tensor = -self.spec.generator_weight * moves.square().sum(1).mean()
        return term


@build_penalty.register
def _consistency(spec: Consistency) -> Penalty:
    return _Consistency(spec)
