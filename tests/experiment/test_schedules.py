"""What changes with the step: at its start, midway, at its end and beyond."""

import math

import pytest

from ganlab_desktop.experiment.experiment import InstanceNoise, LabelSmoothing
from ganlab_desktop.experiment.optimizers import SGD, Adam, OptimizerSpec, RMSProp
from ganlab_desktop.experiment.schedules import learning_rate_factor, noise_std, real_label


@pytest.mark.parametrize(
    ("spec", "factors"),  # after 0, 25, 50, 100 and 1000 of 100 training steps
    [
        (Adam(), (1.0, 1.0, 1.0, 1.0, 1.0)),
        (RMSProp(schedule="linear"), (1.0, 0.75, 0.5, 0.0, 0.0)),
        (SGD(schedule="linear", schedule_steps=200), (1.0, 0.875, 0.75, 0.5, 0.0)),
        (Adam(schedule="cosine"), (1.0, 0.5 + math.sqrt(0.125), 0.5, 0.0, 0.0)),
        (Adam(schedule="cosine", schedule_steps=50), (1.0, 0.5, 0.0, 0.0, 0.0)),
    ],
    ids=repr,
)
def test_learning_rates_fall_over_the_training_or_the_stated_steps(
    spec: OptimizerSpec, factors: tuple[float, ...]
) -> None:
    found = [learning_rate_factor(spec, step, 100) for step in (0, 25, 50, 100, 1000)]
    assert found == pytest.approx(factors, abs=1e-12)


@pytest.mark.parametrize(
    ("steps", "shares"), [(0, (1.0, 1.0, 1.0, 1.0, 1.0)), (100, (1.0, 0.75, 0.5, 0.0, 0.0))], ids=["kept", "fading"]
)
def test_noise_and_smoothing_fade_in_a_line_or_stay(steps: int, shares: tuple[float, ...]) -> None:
    for step, share in zip((0, 25, 50, 100, 1000), shares, strict=True):
        assert noise_std(InstanceNoise(std=0.4, steps=steps), step) == pytest.approx(0.4 * share)
        assert real_label(LabelSmoothing(real=0.8, steps=steps), step) == pytest.approx(1.0 - 0.2 * share)


def test_off_is_exactly_off() -> None:
    assert noise_std(InstanceNoise(), 3) == 0.0
    assert real_label(LabelSmoothing(), 3) == 1.0
