"""What a scene says about what cannot be known of its run."""

import pytest

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.frames import scene_of
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes

OPTIMUM, DENSITY, BOUND = "no_optimum", "no_density", "no_bound"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, set()),
        ({"objective.kind": "wasserstein"}, set()),
        ({"objective.kind": "relativistic_average"}, {OPTIMUM}),
        ({"instance_noise.std": 0.1}, set()),
        ({"discriminator.packing": 2}, set()),
        ({"latent.dim": 1}, {OPTIMUM, DENSITY}),
        ({"discriminator.minibatch": "stddev"}, {OPTIMUM, BOUND}),
        ({"discriminator.norm": "layer"}, {BOUND}),
    ],
)
def test_a_scene_gives_a_reason_for_all_that_is_missing_and_for_nothing_else(changes, missing) -> None:
    scene = scene_of(Document(Run(with_changes(Experiment(), changes), "cpu"), None))
    assert {name for name in (OPTIMUM, DENSITY, BOUND) if getattr(scene, name)} == missing
