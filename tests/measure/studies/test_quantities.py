"""The quantities of health against what small players are known to do."""

import math
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.data import DataSpec, Ellipse, Gaussians, Mixture1D, Points, Ring, Spiral
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.objectives import Hinge, LeastSquares, Minimax, NonSaturating, ObjectiveSpec, Wasserstein
from ganlab_desktop.experiment.penalties import R1, GradientPenalty, PenaltySpec, WeightClipping
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.measure.health import Quantities
from ganlab_desktop.measure.probes import View
from ganlab_desktop.measure.studies.health import Health, _ranked
from ganlab_desktop.measure.studies.study import Snapshot


class Placed(nn.Module):
    """A generator that puts out these points (N, d), whatever it is fed."""

    def __init__(self, points: np.ndarray) -> None:
        super().__init__()
        self._points = torch.from_numpy(points.astype(np.float32))

    def forward(self, latents: Tensor) -> Tensor:
        return self._points[torch.arange(len(latents)) % len(self._points)]


def plane(*weights: float, bias: float = 0.0) -> nn.Linear:
    """D(x) = w x + bias."""
    layer = nn.Linear(len(weights), 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([weights]))
        layer.bias.fill_(bias)
    return layer


def measured(
    spec: DataSpec,
    points: np.ndarray,
    discriminator: nn.Module | None = None,
    objective: ObjectiveSpec | None = None,
    penalties: tuple[PenaltySpec, ...] = (),
) -> Quantities:
    experiment = Experiment(data=spec, objective=objective or NonSaturating(), penalties=penalties)
    data = build(spec)
    generator = Placed(np.atleast_2d(points))
    if discriminator is None:
        discriminator = plane(*[0.0] * data.dim)
    snapshot = Snapshot(
        1,
        experiment,
        data,
        build_objective(experiment.objective),
        generator,
        generator,
        discriminator,
        View(data.box, 1),
    )
    picture, row = Health(data, 0).look(snapshot)
    assert row == pytest.approx(tuple(picture.numbers.values()), nan_ok=True)
    return Quantities(*row)


PAIR = Mixture1D(means=(-2.0, 2.0), sigmas=(0.1, 0.1))
AT_ZERO = np.zeros((1, 1))


def test_a_plane_through_the_middle_is_right_about_one_of_two_modes() -> None:
    q = measured(PAIR, np.array([[-3.0], [-1.0], [-0.5], [4.0]]), plane(1.0))
    assert q.real_accuracy == pytest.approx(0.5, abs=0.06)
    assert q.fake_accuracy == 0.75
    assert q.fake_output == pytest.approx(np.mean(1 / (1 + np.exp([3.0, 1.0, 0.5, -4.0]))))
    assert math.isnan(q.training_accuracy)
    assert math.isnan(q.ranked)


@pytest.mark.parametrize(
    ("objective", "border"), [(NonSaturating(), 0.0), (Hinge(), 0.0), (LeastSquares(), 0.5), (LeastSquares(a=-1), 0.0)]
)
def test_the_border_between_real_and_generated_is_where_the_best_discriminator_cannot_tell(
    objective: ObjectiveSpec, border: float
) -> None:
    for v, accuracy in ((border - 0.01, 1.0), (border + 0.01, 0.0)):
        assert measured(PAIR, AT_ZERO, plane(0.0, bias=v), objective).fake_accuracy == accuracy


def test_a_critic_has_no_accuracy() -> None:
    q = measured(PAIR, AT_ZERO, plane(1.0), Wasserstein())
    assert math.isnan(q.real_accuracy)
    assert math.isnan(q.fake_accuracy)


@pytest.mark.parametrize("v", [-25.0, -5.0, 0.0, 3.0])
def test_the_generators_gradient_has_the_losss_own_factor(v: float) -> None:
    """|dl/dv| is sigma(v) for the saturating loss, sigma(-v) for the other, 1 for a critic's."""
    critic = plane(3.0, 4.0, bias=v)
    factors = {Minimax(): 1 / (1 + math.exp(-v)), NonSaturating(): 1 / (1 + math.exp(v)), Wasserstein(): 1.0}
    for objective, factor in factors.items():
        q = measured(Ellipse(), np.zeros((1, 2)), critic, objective)
        assert q.output_gradient == pytest.approx(5.0)
        assert q.generator_gradient == pytest.approx(5.0 * factor, rel=1e-4)


def test_true_samples_reach_every_mode_and_lie_next_to_the_data() -> None:
    for spec in (Ring(), Spiral(), Ellipse(), Mixture1D(), Gaussians()):
        data = build(spec)
        q = measured(spec, data.sample(np.random.default_rng(5), 1000))
        assert q.reached == q.regions
        assert q.near > 0.9
        assert abs(q.offset_1) < 0.15


def test_a_point_on_a_mode_reaches_one_mode_and_a_point_between_them_is_not_near() -> None:
    centres = build(Ring()).modes.centres
    q = measured(Ring(), centres[2:3])
    assert (q.reached, q.regions, q.near) == (1, 8, 1.0)
    assert measured(Ring(), np.zeros((1, 2))).near == 0.0


def test_of_a_single_mode_the_spread_counts_and_not_the_place() -> None:
    rng = np.random.default_rng(0)
    spec = Mixture1D(means=(-7.25,), sigmas=(1.0,), weights=(1.0,))
    for centre in (-7.25, -6.0, 9.3):
        spread = measured(spec, rng.normal(centre, 0.92, (1000, 1)))
        assert spread.reached == spread.regions == 8
        assert measured(spec, rng.normal(centre, 0.01, (1000, 1))).reached <= 2


def test_half_of_a_spiral_is_half_of_its_regions() -> None:
    points = build(Spiral()).sample(np.random.default_rng(5), 4000)
    q = measured(Spiral(), points[points[:, 0] > 0][:1000])
    assert q.regions == 8
    assert 4 <= q.reached <= 6


def test_a_mode_counts_from_a_quarter_of_its_own_weight_on() -> None:
    """One in eight of a ring: 31 of 1,000 samples are too few, 32 are enough."""
    centres = build(Ring()).modes.centres
    for count, reached in ((31, 1), (32, 2)):
        points = np.repeat(centres[:1], 1000, axis=0)
        points[:count] = centres[1]
        assert measured(Ring(), points).reached == reached


def test_the_offset_is_along_the_datas_long_axis_in_its_standard_deviation() -> None:
    """An ellipse of standard deviations 1 and 1/4, turned by 30 degrees; its mean is 0."""
    angle = math.radians(30)
    q = measured(Ellipse(), np.array([[3 * math.cos(angle), 3 * math.sin(angle)]]))
    assert abs(q.offset_1) == pytest.approx(3.0, abs=0.2)
    assert q.offset_2 == pytest.approx(0.0, abs=0.2)
    line = measured(PAIR, np.full((1, 1), 4.0))
    assert abs(line.offset_1) == pytest.approx(2.0, abs=0.1)
    assert math.isnan(line.offset_2)


def test_the_rank_is_the_share_of_pairs_and_its_error_that_of_equal_samples() -> None:
    rng = np.random.default_rng(0)
    for shift in (0.0, 0.7):
        a, b = torch.from_numpy(rng.normal(shift, 1, (60, 1))), torch.from_numpy(rng.normal(0, 1, (90, 1)))
        ranked, _ = _ranked(a, b)
        assert ranked == pytest.approx(float((a > b.T).float().mean()))
    tied, _ = _ranked(torch.zeros(5, 1), torch.zeros(7, 1))
    assert tied == 0.5
    drawn = [_ranked(*torch.from_numpy(rng.normal(size=(2, 40, 1))))[0] for _ in range(2000)]
    assert np.std(drawn) == pytest.approx(_ranked(torch.zeros(40, 1), torch.zeros(40, 1))[1], rel=0.06)


def test_a_discriminator_that_knows_its_training_points_ranks_them_first() -> None:
    spec = Ellipse(n_train=30)
    known = torch.from_numpy(build(spec).train_points)

    class Memory(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.exp(-1e8 * (x[:, None] - known).square().sum(2).amin(1, keepdim=True)) - 0.5

    q = measured(spec, np.zeros((1, 2)), Memory())
    assert (q.ranked, q.training_accuracy, q.real_accuracy) == (1.0, 1.0, 0.0)
    honest = measured(spec, np.zeros((1, 2)), plane(0.3, 0.4))
    assert abs(honest.ranked - 0.5) < 3 * honest.ranked_error


def test_a_sorted_file_of_points_is_no_training_set_to_be_known_by_heart(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    np.savetxt(file, np.sort(np.random.default_rng(0).normal(size=(5000, 2)), axis=0), delimiter=",")
    q = measured(Points(path=str(file)), np.zeros((1, 2)), plane(1.0, 1.0))
    assert abs(q.ranked - 0.5) < 3 * q.ranked_error


def test_the_share_of_clipped_parameters_counts_both_limits_and_biases() -> None:
    critic = plane(0.01, -0.01, bias=0.004)
    q = measured(Ellipse(), np.zeros((1, 2)), critic, Wasserstein(), (WeightClipping(limit=0.01),))
    assert q.clipped == pytest.approx(2 / 3)
    assert math.isnan(q.slope)
    assert math.isnan(measured(Ellipse(), np.zeros((1, 2)), critic, Wasserstein()).clipped)


@pytest.mark.parametrize(
    ("objective", "penalties", "asked"),
    [
        (Wasserstein(), (), True),
        (Wasserstein(), (GradientPenalty(),), True),
        (Wasserstein(), (WeightClipping(),), False),
        (Wasserstein(), (R1(),), False),
        (NonSaturating(), (GradientPenalty(),), False),
    ],
)
def test_a_slope_is_told_where_it_is_to_be_one(
    objective: ObjectiveSpec, penalties: tuple[PenaltySpec, ...], asked: bool
) -> None:
    q = measured(Ellipse(), np.ones((1, 2)), plane(3.0, 4.0), objective, penalties)
    assert q.slope == pytest.approx(5.0) if asked else math.isnan(q.slope)


@pytest.mark.parametrize("spec", [Ring(), Mixture1D(), Spiral(n_train=20), Ellipse(n_train=1)], ids=str)
def test_players_that_are_no_longer_finite_are_looked_at_without_an_error(spec: DataSpec) -> None:
    data = build(spec)
    broken = plane(*[math.nan] * data.dim)
    q = measured(spec, np.full((1, data.dim), math.nan), broken)
    assert q.reached == 0
    assert math.isnan(q.fake_accuracy)


def test_a_training_set_may_be_smaller_than_the_regions() -> None:
    assert measured(Ellipse(n_train=3), np.zeros((1, 2))).regions == 3


def test_what_is_seen_does_not_change_from_look_to_look() -> None:
    spec = msgspec.structs.replace(Ring(), n_train=50)
    points = build(spec).sample(np.random.default_rng(1), 500)
    first, second = (measured(spec, points, plane(1.0, 2.0), Wasserstein()) for _ in range(2))
    assert first == pytest.approx(second, nan_ok=True, rel=0, abs=0)
