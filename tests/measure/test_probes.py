"""Pictures against what they claim to show."""

from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.streams import Stream
from ganlab_desktop.measure.probes import PROBES, Picture, View
from ganlab_desktop.measure.probes.critic_field import POINTS
from ganlab_desktop.ui.plots.contours import contour
from ganlab_desktop.ui.plots.fields import cell_centres
from ganlab_desktop.ui.plots.grids import at

BOX = (-2.0, 2.0, -1.0, 3.0)


def picture(name: str, changes: dict[str, Any] | None = None, resolution: int = 32) -> tuple[Game, Picture]:
    game = Game(with_changes(Experiment(), changes or {}), torch.device("cpu"))
    for _ in range(20):
        game.iterate()
    return game, PROBES[name](game)(View(BOX, resolution))


def score(game: Game, x: float, y: float) -> torch.Tensor:
    with game.observed():
        return game.discriminator.module(torch.tensor([[x, y]], dtype=torch.float32))[0, 0]


def test_the_surface_is_d_from_edge_to_edge_bottom_row_first() -> None:
    game, seen = picture("surface")
    x, y = np.linspace(-2.0, 2.0, 32), np.linspace(-1.0, 3.0, 32)
    for row, column in ((0, 0), (0, 31), (31, 0), (7, 19)):
        expected = torch.sigmoid(score(game, x[column], y[row])).item()
        assert seen.arrays["values"][row, column] == pytest.approx(expected, abs=1e-6)
    density = game.data.log_density(np.array([[x[19], y[7]]]))
    assert density is not None
    assert seen.arrays["density"][7, 19] == pytest.approx(density[0], rel=1e-4)


def test_a_critics_surface_is_its_raw_score() -> None:
    game, seen = picture("surface", {"objective.kind": "wasserstein", "penalties[0].kind": "gradient_penalty"})
    x, y = np.linspace(-2.0, 2.0, 32), np.linspace(-1.0, 3.0, 32)
    assert seen.arrays["values"][3, 5] == pytest.approx(score(game, x[5], y[3]).item(), abs=1e-5)


@pytest.mark.parametrize("kind", ["minimax", "non_saturating"])
def test_arrows_are_the_particle_velocity(kind: str) -> None:
    game, seen = picture("gradients", {"objective.kind": kind})
    origin, direction = seen.arrays["origin"], seen.arrays["direction"]
    for index in (0, 77, 149):
        point = torch.tensor(origin[index][None], requires_grad=True)
        v = game.discriminator.module(point)[0, 0]
        (slope,) = torch.autograd.grad(v, point)
        factor = torch.sigmoid(v) if kind == "minimax" else torch.sigmoid(-v)
        np.testing.assert_allclose(direction[index], (factor * slope)[0].detach().numpy(), rtol=1e-4, atol=1e-7)


def test_relativistic_arrows_compare_with_the_shown_real_samples() -> None:
    game, seen = picture("gradients", {"objective.kind": "relativistic_paired"})
    real = torch.from_numpy(game.data.sample(game.streams.at(0, Stream.SHOWN_REAL), len(seen.arrays["origin"])))
    for index in (0, 77, 149):
        point = torch.tensor(seen.arrays["origin"][index][None], requires_grad=True)
        v = game.discriminator.module(point)[0, 0]
        (slope,) = torch.autograd.grad(v, point)
        factor = torch.sigmoid(game.discriminator.module(real[index][None])[0, 0] - v)
        expected = (factor * slope)[0].detach().numpy()
        np.testing.assert_allclose(seen.arrays["direction"][index], expected, rtol=1e-4, atol=1e-7)


def test_the_critic_field_agrees_with_finite_differences() -> None:
    game, seen = picture("critic_field", {"discriminator.activation": "tanh"})
    side = len(seen.arrays["norm"])
    x, y = np.linspace(-2.0, 2.0, side), np.linspace(-1.0, 3.0, side)
    row, column, e = 10, 30, 1e-2
    by_x = (score(game, x[column] + e, y[row]) - score(game, x[column] - e, y[row])).item() / (2 * e)
    by_y = (score(game, x[column], y[row] + e) - score(game, x[column], y[row] - e)).item() / (2 * e)
    assert seen.arrays["norm"][row, column] == pytest.approx(np.hypot(by_x, by_y), rel=2e-2)
    np.testing.assert_allclose(seen.arrays["quiver"][2, 7], (by_x, by_y), rtol=5e-2, atol=1e-3)


def test_norm_histograms_are_densities_and_keep_one_in_sight() -> None:
    _, seen = picture("critic_field")
    edges = seen.arrays["edges"]
    assert edges[0] == 0.0
    assert edges[-1] >= 1.25
    for name in ("real", "fake", "between"):
        assert np.sum(seen.arrays[name] * np.diff(edges)) == pytest.approx(1.0, abs=0.02)


def norms_at(game: Game, points: np.ndarray) -> np.ndarray:
    """|grad D| at points (N, 2), one after the other."""
    norms = []
    for point in points:
        x = torch.tensor(point, requires_grad=True)
        (slope,) = torch.autograd.grad(game.discriminator.module(x[None])[0, 0], x)
        norms.append(slope.norm().item())
    return np.array(norms)


def test_norm_histograms_and_their_mean_are_those_of_real_fake_and_interpolated_points() -> None:
    game, seen = picture("critic_field")
    count = POINTS
    fake = PROBES["samples"](game)(View(BOX, 32)).arrays["fake"][:count]
    real = game.data.sample(game.streams.at(0, Stream.SHOWN_REAL), count)
    shares = game.streams.at(0, Stream.CRITIC_FIELD).random(count, dtype=np.float32)[:, None]
    points = {"real": real, "fake": fake, "between": shares * real + (1 - shares) * fake}
    norms = {name: norms_at(game, x) for name, x in points.items()}
    edges = seen.arrays["edges"]
    found = {name: seen.arrays[name] * np.diff(edges) * count for name in norms}
    for name, values in norms.items():
        apart = {other: np.abs(found[other] - np.histogram(values, edges)[0]).sum() for other in norms}
        assert apart.pop(name) <= 4  # a rounding may move a norm at the edge of a bin
        assert min(apart.values()) > 25
    everywhere = np.concatenate(list(norms.values()))
    assert seen.numbers["mean"] == pytest.approx(everywhere.mean(), rel=1e-4)
    assert abs(seen.arrays["norm"].mean() - everywhere.mean()) > 0.01
    assert seen.numbers["max"] == pytest.approx(max(everywhere.max(), seen.arrays["norm"].max()), rel=1e-4)


def test_the_manifold_is_the_image_of_equal_shares_of_noise() -> None:
    game, seen = picture("manifold")
    grid = seen.arrays["grid"]
    assert grid.shape == (21, 21, 2)
    middle = game.generator.module(torch.zeros(1, 2)).detach().numpy()[0]
    np.testing.assert_allclose(grid[10, 10], middle, atol=1e-5)
    _, line = picture("manifold", {"latent.dim": 1})
    assert line.arrays["grid"].shape == (1, 200, 2)
    _, nothing = picture("manifold", {"latent.dim": 3})
    assert nothing.arrays == {}


def test_shown_samples_move_with_the_generator_only() -> None:
    game, first = picture("samples")
    again = PROBES["samples"](game)(View(BOX, 32))
    np.testing.assert_array_equal(first.arrays["fake"], again.arrays["fake"])


def test_data_on_the_line_has_pictures_too() -> None:
    for name in set(PROBES) - {"wall", "closeup"}:  # which are of images
        _, seen = picture(name, {"data.kind": "mixture_1d"}, resolution=40)
        for array in seen.arrays.values():
            assert np.isfinite(array).all()
    _, surface = picture("surface", {"data.kind": "mixture_1d"}, resolution=40)
    assert surface.arrays["values"].shape == (1, 40)


class Plane(torch.nn.Module):
    """f(x, y) = x + 2 y."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ torch.tensor([[1.0], [2.0]])


def test_the_window_reads_each_point_where_the_probe_took_it() -> None:
    game = Game(with_changes(Experiment(), {"objective.kind": "hinge"}), torch.device("cpu"))
    game.discriminator.module = Plane()
    surface = PROBES["surface"](game)(View(BOX, 64)).arrays["values"]
    assert at(surface, BOX, 1.2, 0.3) == pytest.approx(1.8, abs=1e-5)
    x, y = contour(surface, 1.0, BOX)
    np.testing.assert_allclose(x + 2.0 * y, 1.0, atol=1e-5)
    game.discriminator.module = torch.nn.Sequential(Plane(), torch.nn.Softplus())  # |grad| = sqrt(5) sigmoid(x + 2 y)
    field = PROBES["critic_field"](game)(View(BOX, 64)).arrays
    places = cell_centres(field["quiver"].shape[:2], BOX)
    norms = np.linalg.norm(field["quiver"], axis=2)
    np.testing.assert_allclose(norms, np.sqrt(5.0) / (1.0 + np.exp(-places @ [1.0, 2.0])), rtol=1e-4)
    assert at(field["norm"], BOX, *places[3, 4]) == pytest.approx(norms[3, 4], rel=1e-4)
