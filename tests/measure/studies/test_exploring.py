"""Latents and styles between chosen images, and what is made of them."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from torch import Tensor

from ganlab_desktop.engine.checkup import snapshot_of
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.exploration import Exploration
from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.experiment.networks import NormalLatent, UniformLatent
from ganlab_desktop.experiment.style import StyleGenerator, layer_sides
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.networks.style import Styled, style_generator
from ganlab_desktop.measure.probes import PROBES, Picture, View
from ganlab_desktop.measure.studies import STUDIES, Snapshot
from ganlab_desktop.measure.studies.exploring import Explorer, between, usual_lengths

SMALL = {
    "data.kind": "digits",
    "latent.dim": 12,
    "generator.kind": "dcgan",
    "generator.maps": 4,
    "discriminator.kind": "dcgan",
    "discriminator.maps": 4,
    "schedule.batch_size": 16,
}
STYLED = SMALL | {"generator.kind": "style", "generator.width": 8, "generator.depth": 2}
CONDITIONAL = STYLED | {"generator.mixing": 0.0, "conditioning.kind": "concatenation"}
VIEW = View((-1.0, 1.0, -1.0, 1.0), 16)


@cache
def run_of(**changes: object) -> Run:
    torch.set_num_threads(1)
    run = Run(with_changes(Experiment(), changes))
    for _ in range(3):
        run.advance()
    return run


def snapshot(changes: dict[str, object], **wishes: object) -> Snapshot:
    taken = snapshot_of(run_of(**changes))
    return replace(taken, view=replace(taken.view, exploration=Exploration(**wishes)))


def look(study: str, changes: dict[str, object], **wishes: object) -> Picture:
    taken = snapshot(changes, **wishes)
    picture, row = STUDIES[study](taken.data, 0).look(taken)
    assert row == ()
    return picture


def wall(changes: dict[str, object]) -> np.ndarray:
    return PROBES["wall"](run_of(**changes).game)(VIEW).arrays["images"]


def test_between_three_latents_lies_their_plane() -> None:
    a, b, c = corners = torch.randn(3, 20, generator=torch.Generator().manual_seed(0))
    latents, nearest = between(corners, 9, 5, keeps_length=False)
    assert torch.equal(latents[0, 0], a)
    assert torch.equal(latents[0, -1], b)
    assert torch.equal(latents[-1, 0], c)
    torch.testing.assert_close(latents[-1, -1], b + c - a)
    torch.testing.assert_close(latents[2, 2], a + 0.25 * (b - a) + 0.5 * (c - a))
    assert nearest[0].tolist() == [0] * 5 + [1] * 4
    assert nearest[-1, 0] == 2


def test_latents_that_keep_their_length_do_not_shrink_in_the_middle() -> None:
    corners = torch.randn(3, 200, generator=torch.Generator().manual_seed(0))
    ends = torch.linalg.vector_norm(corners, dim=1)
    short, kept = (torch.linalg.vector_norm(between(corners, 9, 5, keeps_length=k)[0], dim=2) for k in (False, True))
    assert short[0].min() < 0.75 * ends.min()  # half-way between two at right angles: a factor of 0.71
    assert (kept[0] >= ends[:2].min() - 1e-3).all()
    assert (kept[0] <= ends[:2].max() + 1e-3).all()
    straight, bent = (between(corners, 9, 5, keeps_length=k)[0] for k in (False, True))
    cosine = torch.nn.functional.cosine_similarity(straight, bent, dim=2)
    torch.testing.assert_close(cosine, torch.ones_like(cosine))
    assert torch.equal(bent[0, 0], corners[0])
    assert torch.equal(bent[-1, 0], corners[2])


def test_usual_lengths_are_those_of_nine_in_ten_normal_latents() -> None:
    read = usual_lengths(NormalLatent(dim=32))
    assert_allclose([read["usual_low"], read["usual_high"]], stats.chi(32).ppf([0.05, 0.95]))
    assert usual_lengths(UniformLatent(dim=32)) == {}


@pytest.mark.parametrize("changes", [SMALL, STYLED, CONDITIONAL], ids=["dcgan", "style", "conditional style"])
@pytest.mark.parametrize("keeps_length", [False, True])
def test_the_chosen_images_stand_at_the_corners_of_the_plane(changes: dict[str, object], keeps_length: bool) -> None:
    corners = (13, 44, 2)
    wishes = {"corners": corners, "keeps_length": keeps_length, "grid": (7, 4)}
    picture, made = look("latent_plane", changes, **wishes), wall(changes)
    images = picture.arrays["images"].reshape(4, 7, 8, 8, 1)
    for image, place in zip((images[0, 0], images[0, -1], images[-1, 0]), corners, strict=True):
        assert_array_equal(image, made[place])
    assert [picture.numbers[name] for name in "abc"] == [13.0, 44.0, 2.0]
    assert picture.numbers["keeps_length"] == keeps_length


@pytest.mark.parametrize(("asked", "shape"), [((5, 3), (3, 5)), ((-3, 10**9), (16, 2))])
def test_the_plane_has_as_many_images_as_are_asked_for_but_no_more_than_can_be_seen(
    asked: tuple[int, int], shape: tuple[int, int]
) -> None:
    picture = look("latent_plane", SMALL, grid=asked)
    assert picture.arrays["outputs"].shape == shape
    assert len(picture.arrays["images"]) == shape[0] * shape[1]


def test_of_uniform_latents_no_length_is_kept() -> None:
    picture = look("latent_plane", SMALL | {"latent.kind": "uniform"}, keeps_length=True)
    assert picture.numbers["keeps_length"] == 0.0
    assert "usual_low" not in picture.numbers
    assert "arc_images" not in look("latent_path", SMALL | {"latent.kind": "uniform"}).arrays


def test_what_d_says_of_the_plane_is_what_it_says_of_each_image() -> None:
    taken = snapshot(SMALL)
    explorer = Explorer(taken)
    latents, _ = between(explorer.chosen([0, 1, 2])[0], 9, 5, keeps_length=True)
    said = look("latent_plane", SMALL).arrays["outputs"]
    game = run_of(**SMALL).game
    with game.observed(), torch.no_grad():
        expected = torch.sigmoid(game.judge(game.generate(latents[3, 4][None])))
    assert said[3, 4] == pytest.approx(float(expected), abs=1e-6)


@pytest.mark.parametrize("changes", [SMALL, STYLED, CONDITIONAL], ids=["dcgan", "style", "conditional style"])
def test_every_way_leads_from_a_to_b(changes: dict[str, object]) -> None:
    picture, made = look("latent_path", changes, corners=(9, 30, 0)), wall(changes)
    ways = [name.removesuffix("_images") for name in picture.arrays if name.endswith("_images")]
    assert ways == (["line", "arc"] if changes is SMALL else ["line", "arc", "style"])
    for way in ways:
        assert_array_equal(picture.arrays[f"{way}_images"][0], made[9])
        assert_array_equal(picture.arrays[f"{way}_images"][-1], made[30])


def test_an_arc_keeps_to_the_shell_that_a_line_leaves() -> None:
    arrays = look("latent_path", SMALL, corners=(9, 30, 0)).arrays
    line, arc = arrays["line_lengths"], arrays["arc_lengths"]
    latents, _ = Explorer(snapshot(SMALL)).chosen([9, 30])
    a, b = latents.double().numpy()
    assert line[5] == pytest.approx(np.linalg.norm((a + b) / 2), rel=1e-5)
    angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    assert arc[5] == pytest.approx(np.linalg.norm((a + b) * np.sin(angle / 2) / np.sin(angle)), rel=1e-5)


def styles(changes: dict[str, object], places: list[int]) -> tuple[Styled, Tensor, Tensor]:
    """The style-based part, and the styles w and the keys of noise of places on the wall, by the network alone."""
    explorer = Explorer(snapshot(changes))
    latents, labels = explorer.chosen(places)
    seen: list[Tensor] = []
    assert explorer.styled is not None
    handle = explorer.styled.synthesis.register_forward_pre_hook(lambda _, inputs: seen.extend(inputs))
    with torch.no_grad():
        explorer.make(latents, labels)
    handle.remove()
    return explorer.styled, seen[0][:, 0], seen[1]


@pytest.mark.parametrize("changes", [STYLED, CONDITIONAL], ids=["style", "conditional style"])
@pytest.mark.parametrize("from_b", [(), (0,), (1, 2), (0, 1, 2), (7,)])
def test_mixed_images_have_the_styles_of_b_in_these_layers_alone(
    changes: dict[str, object], from_b: tuple[int, ...]
) -> None:
    picture, made = look("style_mixing", changes, corners=(4, 62, 0), from_b=from_b), wall(changes)
    rows, columns = picture.arrays["rows"].tolist(), picture.arrays["columns"].tolist()
    count = len(made)
    assert rows == [4, 5, 6]
    assert columns == [(62 + step) % count for step in range(6)]
    assert_array_equal(picture.arrays["first"], made[rows])
    assert_array_equal(picture.arrays["second"], made[columns])
    network, w, key = styles(changes, [5, columns[2]])
    per_layer = torch.stack([w[1] if layer in from_b else w[0] for layer in range(3)])
    with torch.no_grad():
        expected = network.synthesis(per_layer[None], key[:1]).flatten(1)
    mixed = picture.arrays["mixed"].reshape(3, 6, 8, 8, 1)
    assert np.abs(mixed[1, 2].astype(int) - as_bytes(expected.numpy(), (1, 8, 8))[0]).max() <= 1
    assert picture.arrays["from_b"].tolist() == [layer for layer in from_b if layer < 3]


def test_style_mixing_is_for_style_based_generators() -> None:
    for changes, fits in ((SMALL, False), (STYLED, True)):
        taken = snapshot(changes)
        assert STUDIES["style_mixing"].fits(taken.experiment, taken.data, taken.objective) == fits


@pytest.mark.parametrize("side", [4, 8, 16, 64])
def test_the_layers_that_the_window_offers_are_those_of_the_generator(side: int) -> None:
    network = style_generator(StyleGenerator(maps=2, width=4), 3, (1, side, side), np.random.default_rng(0))
    made: list[int] = []
    for layer in network.synthesis.layers:
        layer.register_forward_hook(lambda _, __, maps: made.append(maps.shape[-1]))
    network(torch.zeros(1, 3))
    assert tuple(made) == layer_sides(side)


def test_psi_draws_styles_towards_their_mean() -> None:
    network, w, _ = styles(STYLED, [3, 8, 50])
    mean = network.truncation.mean
    for psi in (-1.0, 0.0, 0.3, 1.0):
        explorer = Explorer(snapshot(STYLED, psi=psi))
        drawn, _ = explorer.styles(*explorer.chosen([3, 8, 50]))
        torch.testing.assert_close(drawn, mean + psi * (w - mean))


def test_psi_draws_styles_of_a_class_towards_the_mean_of_that_class() -> None:
    explorer = Explorer(snapshot(CONDITIONAL, psi=0.0))
    latents, labels = explorer.chosen([3, 5, 50])  # two of class 0 and one of class 6
    assert labels is not None
    assert labels.tolist() == [0, 0, 6]
    drawn, _ = explorer.styles(latents, labels)
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.allclose(drawn[0], drawn[2])
    assert explorer.styled is not None
    many = explorer.snapshot.latents(1000)
    codes = torch.nn.functional.one_hot(torch.full((1000,), 6), 10)
    with torch.no_grad():
        expected = explorer.styled.mapping(torch.cat((many, codes), 1)).mean(0)
    torch.testing.assert_close(drawn[2], expected)


@pytest.mark.parametrize("corners", [(-1, 64, 10**9), (0, 0, 0)])
def test_places_that_the_wall_has_not_and_equal_ones_are_looked_at_too(corners: tuple[int, int, int]) -> None:
    for study in ("latent_plane", "latent_path", "style_mixing", "image_plane"):
        picture = look(study, STYLED, corners=corners)
        assert all(np.isfinite(array).all() for array in picture.arrays.values())
