"""The classification loss of AC-GAN (Odena et al. 2017, section 3)."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ganlab_desktop.experiment.conditioning import AuxiliaryClassifier
from ganlab_desktop.gan.networks.conditioning import Classifying
from ganlab_desktop.gan.penalties.penalty import GeneratorTurn, Penalty, Turn, build_penalty


@dataclass(frozen=True)
class _Classification(Penalty):
    """With L_C = E[-log P(y | x_real)] + E[-log P(y | x_fake)] both players minimise weight L_C. D is trained on both
    batches, as in the paper: a head trained on real samples alone would be asked about places that it has never seen.
    """

    weight: float

    @property
    def moves_generator(self) -> bool:
        return self.weight > 0.0

    def term(self, turn: Turn, rng: np.random.Generator) -> Tensor | None:
        """weight (CE on real + CE on fake), each the mean over its batch."""
        losses = [_loss(turn.discriminator, seen, turn.condition) for seen in (turn.real, turn.fake)]
        return self.weight * (losses[0] + losses[1])

    def generator_term(self, turn: GeneratorTurn, rng: np.random.Generator) -> Tensor:
        """weight CE on fake; the loss on real samples is none of G's."""
        return self.weight * _loss(turn.discriminator, turn.seen, turn.condition)


def _loss(discriminator: nn.Module, samples: Tensor, labels: Tensor | None) -> Tensor:
    assert labels is not None
    return cross_entropy(cast(Classifying, discriminator).guess(samples), labels)


@build_penalty.register
def _classification(spec: AuxiliaryClassifier) -> Penalty:
    return _Classification(spec.weight)
