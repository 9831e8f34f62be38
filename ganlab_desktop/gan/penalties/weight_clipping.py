"""Weight clipping (Arjovsky et al. 2017, algorithm 1)."""

from dataclasses import dataclass

from torch import Tensor

from ganlab_desktop.experiment.penalties import WeightClipping
from ganlab_desktop.gan.penalties.penalty import Penalty, build_penalty


@dataclass(frozen=True)
class _WeightClipping(Penalty):
    limit: float

    def constrain(self, parameters: Tensor) -> None:
        """Clamp every parameter to [-limit, limit]."""
        parameters.clamp_(-self.limit, self.limit)


@build_penalty.register
def _build(spec: WeightClipping) -> Penalty:
    return _WeightClipping(spec.limit)
