"""The hinge loss (Lim and Ye 2017; Zhang et al. 2019): D is content beyond a margin of 1."""

from torch import Tensor
from torch.nn.functional import relu

from ganlab_desktop.experiment.objectives import Hinge
from ganlab_desktop.gan.objectives.objective import Objective, build_objective


def discriminator_loss(v_real: Tensor, v_fake: Tensor) -> Tensor:
    """E max(0, 1 - v_real) + E max(0, 1 + v_fake)."""
    return relu(1.0 - v_real).mean() + relu(1.0 + v_fake).mean()


def generator_loss(v_fake: Tensor) -> Tensor:
    """-E v_fake."""
    return -v_fake.mean()


@build_objective.register
def _hinge(spec: Hinge) -> Objective:
    return Objective(discriminator_loss, generator_loss, "score", 0.0)
