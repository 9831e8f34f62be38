"""One Gaussian trained on two modes ends where theory says: forward KL covers both, reverse KL takes one."""

import pytest
import torch

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes

pytestmark = pytest.mark.benchmark


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    ("name", "steps", "mean", "variance"),
    [("one-gaussian-kl", 8000, 0.0, 9.25), ("one-gaussian-reverse-kl", 5000, 3.0, 0.25)],
)
def test_training_finds_the_best_gaussian(name: str, steps: int, mean: float, variance: float, seed: int) -> None:
    run = Run(with_changes(load_preset(name), {"seed": seed}))
    torch.set_num_threads(run.threads)
    for _ in range(steps):
        run.advance()
    network = run.game.generator.module
    assert network.bias.item() == pytest.approx(mean, abs=0.2)
    assert network.weight.item() ** 2 == pytest.approx(variance, rel=0.12)
