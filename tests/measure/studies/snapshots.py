"""Snapshots of games whose answers are known: a Gaussian on the line that the generator has moved."""

import torch
from torch import nn

from ganlab_desktop.experiment.data import Mixture1D
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.networks import NormalLatent
from ganlab_desktop.experiment.objectives import ObjectiveSpec
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.measure.probes import View
from ganlab_desktop.measure.studies import Snapshot

DATA = build(Mixture1D(means=(2.0,), sigmas=(1.0,), weights=(1.0,)))
VIEW = View((-1.0, 3.0, 0.0, 1.0), 65)


def line(slope: float, offset: float) -> nn.Linear:
    """x -> slope x + offset."""
    layer = nn.Linear(1, 1)
    with torch.no_grad():
        layer.weight.fill_(slope)
        layer.bias.fill_(offset)
    return layer


def snapshot(objective: ObjectiveSpec, discriminator: nn.Module, generator: nn.Module | None = None) -> Snapshot:
    """Data N(2, 1) against a generator of N(0, 1), unless told otherwise."""
    plays = generator or line(1.0, 0.0)
    return Snapshot(
        step=7,
        experiment=Experiment(data=Mixture1D(), latent=NormalLatent(dim=1), objective=objective),
        data=DATA,
        objective=build_objective(objective),
        generator=plays,
        average=plays,
        discriminator=discriminator,
        view=VIEW,
    )
