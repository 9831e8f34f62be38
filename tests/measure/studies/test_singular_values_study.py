"""How linear generators stretch the latent space."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from snapshots import line, snapshot
from torch import nn

from ganlab_desktop.experiment.data import Ring
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.networks import NormalLatent
from ganlab_desktop.experiment.objectives import NonSaturating
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.measure.studies.singular_values import SingularValues

RING = build(Ring())


def look(weight: list[list[float]]):
    """At G(z) = W z."""
    matrix = torch.tensor(weight)
    generator = nn.Linear(matrix.shape[1], matrix.shape[0])
    with torch.no_grad():
        generator.weight.copy_(matrix)
    shot = snapshot(NonSaturating(), line(1.0, 0.0), generator)
    experiment = Experiment(latent=NormalLatent(dim=matrix.shape[1]))
    return SingularValues(RING, 0).look(dataclasses.replace(shot, data=RING, experiment=experiment))


def peaks(picture) -> list[float]:
    """Where each singular value's histogram stands, as log10."""
    edges = picture.arrays["edges"]
    middles = (edges[1:] + edges[:-1]) / 2
    return [float(middles[np.argmax(density)]) for density in picture.arrays["density"]]


def test_a_stretching_map_shows_both_its_factors() -> None:
    picture, (smallest, condition, dimensions) = look([[0.0, 3.0], [-0.03, 0.0]])
    assert (smallest, condition) == pytest.approx((0.03, 100.0), rel=1e-4)
    assert dimensions == pytest.approx((9 + 9e-4) ** 2 / (81 + 8.1e-7), rel=1e-4)
    assert peaks(picture) == pytest.approx([math.log10(3.0), math.log10(0.03)], abs=0.06)
    assert picture.numbers["condition"] == condition


def test_a_rotation_keeps_all_dimensions() -> None:
    _, (smallest, condition, dimensions) = look([[0.6, -0.8], [0.8, 0.6]])
    assert (smallest, condition, dimensions) == pytest.approx((1.0, 1.0, 2.0), abs=1e-4)


def test_a_generator_that_collapsed_onto_a_line_has_lost_a_dimension() -> None:
    picture, (smallest, condition, dimensions) = look([[1.0, 1.0], [2.0, 2.0]])
    assert smallest < 1e-6
    assert condition > 1e6
    assert dimensions == pytest.approx(1.0)
    assert peaks(picture)[1] < -6


def test_a_generator_that_puts_all_in_one_point_has_none_left() -> None:
    picture, (smallest, condition, dimensions) = look([[0.0, 0.0], [0.0, 0.0]])
    assert (smallest, condition) == (0.0, math.inf)
    assert dimensions == 0.0
    assert peaks(picture)[0] == pytest.approx(-8.0, abs=0.05)


def test_a_latent_on_the_line_has_one_singular_value() -> None:
    picture, (smallest, condition, dimensions) = look([[3.0], [4.0]])
    assert (smallest, condition, dimensions) == pytest.approx((5.0, 1.0, 1.0))
    assert len(picture.arrays["density"]) == 1


def test_a_generator_that_is_no_longer_finite_leaves_nothing() -> None:
    picture, row = look([[math.nan, 0.0], [0.0, 1.0]])
    assert not picture.arrays
    assert np.isnan(row).all()
