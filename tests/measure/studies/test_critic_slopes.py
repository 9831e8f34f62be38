"""The critic field of images, against critics whose slope is known."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from ganlab_desktop.engine.checkup import snapshot_of
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.penalties import gradient_norms, input_gradient
from ganlab_desktop.measure.probes.critic_field import BINS, slope_histograms
from ganlab_desktop.measure.studies.critic_slopes import CriticSlopes
from ganlab_desktop.measure.studies.study import Snapshot

SMALL = {
    "data.kind": "digits",
    "generator": {"kind": "dcgan", "maps": 4},
    "discriminator": {"kind": "dcgan", "maps": 4},
    "schedule.batch_size": 16,
}


def shot(changes: dict[str, object] | None = None) -> Snapshot:
    run = Run(with_changes(Experiment(), SMALL | (changes or {})))
    for _ in range(5):
        run.advance()
    return snapshot_of(run)


def looked(snapshot: Snapshot) -> tuple[dict[str, np.ndarray], dict[str, float], dict[str, float]]:
    picture, row = CriticSlopes(snapshot.data, 0).look(snapshot)
    return picture.arrays, picture.numbers, dict(zip(CriticSlopes.COLUMNS, row, strict=True))


def test_of_a_linear_critic_every_slope_is_its_norm_and_so_is_the_bound() -> None:
    critic = nn.Linear(64, 1)
    with torch.no_grad():
        critic.weight.fill_(0.25)  # the norm of 64 quarters is 2
    arrays, numbers, row = looked(replace(shot(), discriminator=critic))
    assert tuple(row.values()) == pytest.approx((2.0,) * 5)
    assert (numbers["mean"], numbers["max"], numbers["upper"]) == pytest.approx((2.0,) * 3)
    width = np.diff(arrays["edges"])
    for name in ("real", "fake", "between"):
        assert (arrays[name] * width).sum() == pytest.approx(1.0, abs=1e-5)
        assert arrays["edges"][arrays[name].argmax()] <= 2.0 <= arrays["edges"][arrays[name].argmax() + 1]


def test_each_kind_of_image_has_its_own_slopes() -> None:
    """v = sum x^2 / 2 has the gradient x: real images are longer than those of a generator of grey."""

    class Bowl(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 0.5 * x.square().sum(1, keepdim=True)

    class Grey(nn.Module):
        def forward(self, z: torch.Tensor) -> torch.Tensor:
            return torch.full((len(z), 64), 0.125)

    snapshot = replace(shot(), discriminator=Bowl(), generator=Grey(), average=Grey())
    _, _, row = looked(snapshot)
    assert row["fake"] == pytest.approx(1.0)
    images, _ = CriticSlopes(snapshot.data, 0)._fresh
    assert row["real"] == pytest.approx(float(np.linalg.norm(images, axis=1).mean()), rel=1e-5)
    assert row["fake"] < row["between"] < row["real"]
    assert math.isnan(row["upper"])


@pytest.mark.parametrize("kind", ["none", "concatenation", "embedding", "projection", "auxiliary_classifier"])
def test_the_bracket_holds_in_conditional_games_of_images(kind: str) -> None:
    snapshot = shot({"conditioning.kind": kind})
    _, _, row = looked(snapshot)
    assert 0.0 < max(row["real"], row["fake"], row["between"]) <= row["lower"] <= row["upper"] < math.inf
    told = torch.arange(200) % 10
    points = 2.0 * torch.randn(200, 64, generator=torch.Generator().manual_seed(3))
    steepest = gradient_norms(input_gradient(lambda x: snapshot.judge(x, told), points)).max()
    assert float(steepest) <= row["upper"]


def test_a_critic_of_classes_is_looked_at_under_those_of_the_images() -> None:
    snapshot = shot({"conditioning.kind": "projection"})
    study = CriticSlopes(snapshot.data, 0)
    images, told = study._fresh
    assert told is not None
    assert len(set(told.tolist())) == 10
    expected = gradient_norms(input_gradient(lambda x: snapshot.judge(x, told), torch.from_numpy(images))).mean()
    assert looked(snapshot)[2]["real"] == pytest.approx(float(expected), rel=1e-5)


def test_a_layer_without_a_bound_leaves_the_upper_end_open() -> None:
    _, numbers, row = looked(shot({"discriminator": {"kind": "dcgan", "maps": 4, "norm": "layer"}}))
    assert row["lower"] == numbers["max"] > 0
    assert math.isnan(row["upper"])


def test_points_are_left_to_the_critic_field_in_the_plane() -> None:
    for changes, fits in (({}, False), (SMALL, True)):
        game = Run(with_changes(Experiment(), changes)).game
        assert CriticSlopes.fits(game.experiment, game.data, game.objective) == fits


def test_bins_keep_the_line_at_one_in_sight_even_where_no_slope_is_finite() -> None:
    nothing = slope_histograms(np.full((3, 4), np.nan, np.float32))
    assert (nothing["edges"][0], nothing["edges"][-1]) == (0.0, 1.25)
    assert (nothing["real"] == np.zeros(BINS)).all()
