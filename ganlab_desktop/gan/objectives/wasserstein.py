"""The Wasserstein objective (Arjovsky et al. 2017, eq. 3): -L_D estimates W1 where the critic is 1-Lipschitz."""

import torch

from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.gan.objectives.objective import Objective, build_objective, separable


@build_objective.register
def _wasserstein(spec: Wasserstein) -> Objective:
    """L_D = E v_fake - E v_real, L_G = -E v_fake."""
    reason = "the best critic is a Kantorovich potential, which the densities at a point do not tell"
    return separable(torch.neg, torch.positive, torch.neg, None, floating=True, reason=reason)
