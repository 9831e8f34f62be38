"""The reconstruction loss of pix2pix (Isola et al. 2017, eq. 3)."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ganlab_desktop.experiment.penalties import Reconstruction
from ganlab_desktop.gan.penalties.penalty import GeneratorTurn, Penalty, build_penalty


@dataclass(frozen=True)
class _Reconstruction(Penalty):
    weight: float
    squared: bool
    adversarial: float

    moves_generator = True

    def generator_term(self, turn: GeneratorTurn, rng: np.random.Generator) -> Tensor:
        """lambda E |y - G(x, z)|, or its square, over all pixels and images, as in the authors' code."""
        assert turn.real is not None
        apart = turn.fake - turn.real
        return self.weight * (apart.square() if self.squared else apart.abs()).mean()


@build_penalty.register
def _reconstruction(spec: Reconstruction) -> Penalty:
    return _Reconstruction(spec.weight, spec.distance == "l2", spec.adversarial)
