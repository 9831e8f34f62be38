"""What D says over a plane of images."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from test_exploring import SMALL, look, run_of, wall

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.frames import scene_of
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.measure.planes import principal_plane
from ganlab_desktop.measure.probes import Picture
from ganlab_desktop.measure.probes.wall import wall_places

PROJECTING = SMALL | {"conditioning.kind": "projection"}


def at(picture: Picture, x: float, y: float) -> float:
    """What is shown at the grid point nearest to a place."""
    n, values = picture.numbers, picture.arrays["values"]
    column = round((x - n["left"]) / (n["right"] - n["left"]) * (values.shape[1] - 1))
    row = round((y - n["bottom"]) / (n["top"] - n["bottom"]) * (values.shape[0] - 1))
    return float(values[row, column])


@pytest.mark.parametrize("changes", [SMALL, PROJECTING], ids=["alone", "conditional"])
def test_a_plane_through_the_chosen_images_shows_what_d_says_between_them(changes: dict[str, object]) -> None:
    corners = (10, 20, 30)
    picture, game = look("image_plane", changes, corners=corners), run_of(**changes).game
    assert_array_equal(picture.arrays["images"], wall(changes)[list(corners)])
    label = None if changes is SMALL else torch.tensor([10 // 8])
    assert picture.numbers["label"] == (-1.0 if label is None else 1.0)
    places = wall_places(game)
    latents, labels = places.latents, places.condition
    with game.observed(), torch.no_grad():
        chosen = None if labels is None else labels[list(corners)]
        made = game.generate(latents[list(corners)], chosen).numpy().astype(np.float64)
        first = (made[1] - made[0]) / np.linalg.norm(made[1] - made[0])
        away = made[2] - made[0]
        second = away - (away @ first) * first
        second /= np.linalg.norm(second)
        n = picture.numbers
        corner = made[0] + n["left"] * first + n["top"] * second
        said = torch.sigmoid(game.judge(torch.from_numpy(corner[None]).float(), label))
    assert picture.arrays["values"][-1, 0] == pytest.approx(float(said), abs=1e-5)


def test_a_d_that_is_told_no_classes_is_asked_about_none() -> None:
    assert look("image_plane", SMALL | {"conditioning.kind": "auxiliary_classifier"}).numbers["label"] == -1.0


@pytest.mark.parametrize("places", [(0, 1, 2), (5, 63, 5)])
def test_the_three_real_images_are_those_chosen_beside_the_wall(places: tuple[int, int, int]) -> None:
    for changes in (SMALL, PROJECTING):
        picture = look("image_plane", changes, plane="real", reals=places)
        assert picture.numbers["of_real"] == 1.0
        document = Document.new_untitled(with_changes(Experiment(), changes))
        try:
            scene = scene_of(document)
        finally:
            document.close()
        assert_array_equal(picture.arrays["images"], as_bytes(scene.real.numpy()[list(places)], (1, 8, 8)))
        if scene.real_labels is not None:
            assert picture.numbers["label"] == scene.real_labels.numpy()[places[0]]


def test_over_the_components_of_the_data_real_and_generated_images_are_projected() -> None:
    picture, game = look("image_plane", SMALL, plane="components"), run_of(**SMALL).game
    assert game.data.train_points is not None
    plane = principal_plane(game.data.train_points[:1000])
    assert picture.numbers["share"] == pytest.approx(plane.share)
    assert 0.1 < plane.share < 0.6
    real, n = picture.arrays["real"], picture.numbers
    inside = (real[:, 0] > n["left"]) & (real[:, 0] < n["right"]) & (real[:, 1] > n["bottom"]) & (real[:, 1] < n["top"])
    assert inside.mean() > 0.95
    assert len(picture.arrays["fake"]) == len(real)
    assert_allclose(picture.arrays["places"][0], (n["left"], n["bottom"]), rtol=1e-6)
    corner = plane.at(picture.arrays["places"][:1])
    assert_array_equal(picture.arrays["images"][0], as_bytes(corner, (1, 8, 8))[0])
    with game.observed(), torch.no_grad():
        said = torch.sigmoid(game.judge(torch.from_numpy(corner)))
    assert picture.arrays["values"][0, 0] == pytest.approx(float(said), abs=1e-5)
