"""LeCam regularisation (Tseng et al. 2021): the discriminator's outputs against averages of its earlier ones."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import relu

from ganlab_desktop.experiment.penalties import LeCam
from ganlab_desktop.gan.penalties.penalty import Penalty, Turn, build_penalty


def official(v_real: Tensor, v_fake: Tensor, mean_real: Tensor, mean_fake: Tensor) -> Tensor:
    """E relu(v_real - mean_fake)^2 + E relu(mean_real - v_fake)^2, as in the authors' code."""
    return relu(v_real - mean_fake).square().mean() + relu(mean_real - v_fake).square().mean()


def paper(v_real: Tensor, v_fake: Tensor, mean_real: Tensor, mean_fake: Tensor) -> Tensor:
    """E (v_real - mean_fake)^2 + E (v_fake - mean_real)^2 (eq. 5)."""
    return (v_real - mean_fake).square().mean() + (mean_real - v_fake).square().mean()


class _LeCam(Penalty):
    """The averages take in the batch at hand before they are used, and are freed of their start at 0, as in the
    authors' code: a mean is its `real` or `fake` over `weight`, the sum of the shares that it holds."""

    def __init__(self, spec: LeCam) -> None:
        self._weight, self._decay = spec.weight, spec.decay
        self._form = official if spec.form == "official" else paper
        self._averages = {name: torch.zeros(()) for name in ("real", "fake", "weight")}

    @property
    def state(self) -> dict[str, Tensor]:
        return self._averages

    def term(self, turn: Turn, rng: np.random.Generator) -> Tensor:
        """lambda times the distance of the outputs from the other side's average."""
        real, fake, weight = self._averages.values()
        with torch.no_grad():
            for average, now in ((real, turn.v_real.mean()), (fake, turn.v_fake.mean()), (weight, torch.ones(()))):
                average.lerp_(now.to(average), 1.0 - self._decay)
        return self._weight * self._form(turn.v_real, turn.v_fake, real / weight, fake / weight)


@build_penalty.register
def _lecam(spec: LeCam) -> Penalty:
    return _LeCam(spec)
