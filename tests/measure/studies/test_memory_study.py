"""The cross-time matrix against direct evaluation of the networks of each step."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from snapshots import DATA, line, snapshot

from ganlab_desktop.experiment.objectives import LeastSquares, NonSaturating, Wasserstein
from ganlab_desktop.measure.studies import memory
from ganlab_desktop.measure.studies.memory import MOST, POINTS, Memory


def moving(objective, steps):
    """Snapshots in which D grows steeper and G moves; both are changed in place, as the meter's replicas are."""
    discriminator, generator = line(0.0, 0.0), line(1.0, 0.0)
    for step in steps:
        with torch.no_grad():
            discriminator.weight.fill_(0.01 * step)
            generator.bias.fill_(0.1 * step)
        yield replace(snapshot(objective, discriminator, generator), step=step)


@pytest.mark.parametrize("objective", [NonSaturating(), LeastSquares(), Wasserstein()])
def test_entries_are_what_each_discriminator_says_of_each_generators_samples(objective) -> None:
    study, kept = Memory(DATA, 0), []
    for shot in moving(objective, range(0, 50, 10)):
        kept.append((copy.deepcopy(shot.discriminator), shot.generate(POINTS)))
        picture, row = study.look(shot)
    assert row == ()
    assert picture.arrays["steps"].tolist() == list(range(0, 50, 10))
    expected = np.empty((5, 5))
    for t, (discriminator, _) in enumerate(kept):
        for s, (_, samples) in enumerate(kept):
            with torch.no_grad():
                v = discriminator(torch.from_numpy(samples)).double()
                real = discriminator(study._real).double().mean()
            if isinstance(objective, NonSaturating):
                v = torch.sigmoid(v)
            elif isinstance(objective, Wasserstein):  # only differences count
                v = v - real
            expected[t, s] = float(v.mean())
    np.testing.assert_allclose(picture.arrays["matrix"], expected, atol=1e-5)
    assert np.ptp(expected) > 0.1


def test_states_stay_few_and_evenly_spaced_however_long_the_run() -> None:
    study = Memory(DATA, 0)
    for shot in moving(NonSaturating(), range(0, 4000, 7)):
        picture, _ = study.look(shot)
        assert len(study._states) <= MOST
        assert picture.arrays["matrix"].shape == (len(study._states),) * 2
    steps = picture.arrays["steps"]
    assert steps[0] == 0
    assert len(steps) > MOST // 2
    gaps = np.diff(steps)
    assert gaps.max() <= 1.1 * gaps.min()
    assert steps[-1] + gaps.max() >= 3990


def test_large_networks_are_remembered_in_fewer_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_BYTES", 8 * 6)  # six discriminators of two numbers
    study = Memory(DATA, 0)
    for shot in moving(NonSaturating(), range(100)):
        study.look(shot)
    assert 3 <= len(study._states) <= 6


def test_another_objective_begins_anew() -> None:
    study = Memory(DATA, 0)
    for shot in moving(NonSaturating(), range(5)):
        study.look(shot)
    for shot in moving(Wasserstein(), [5]):
        picture, _ = study.look(shot)
    assert picture.arrays["steps"].tolist() == [5]
