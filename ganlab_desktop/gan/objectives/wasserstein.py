"""The Wasserstein objective (Arjovsky et al. 2017, eq. 3): -L_D estimates W1 where the critic is 1-Lipschitz."""

from torch import Tensor

from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.gan.objectives.hinge import generator_loss
from ganlab_desktop.gan.objectives.objective import Objective, build_objective


def discriminator_loss(v_real: Tensor, v_fake: Tensor) -> Tensor:
    """E v_fake - E v_real."""
    return v_fake.mean() - v_real.mean()


@build_objective.register
def _wasserstein(spec: Wasserstein) -> Objective:
    return Objective(discriminator_loss, generator_loss, "score", None)
