"""The objectives. Importing the families registers them with `build_objective`."""

from ganlab_desktop.gan.objectives import f_gan, hinge, least_squares, log_loss, relativistic, variational, wasserstein
from ganlab_desktop.gan.objectives.objective import Objective, build_objective

__all__ = [
    "Objective",
    "build_objective",
    "f_gan",
    "hinge",
    "least_squares",
    "log_loss",
    "relativistic",
    "variational",
    "wasserstein",
]
