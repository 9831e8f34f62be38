"""Pairs: inputs that are made of targets, and nothing else of the data changed."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import ndimage

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.classes import classes_of
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import Glyphs, ImageFolder, Paired, Shapes, image_shape, input_shape
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.images import PairedImages
from ganlab_desktop.gan.data.images.paired import coarse, edges, greys

SHAPES = Shapes(size=16, count=200)


def drawn(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("source", [SHAPES, Glyphs(size=16, count=200)])
@pytest.mark.parametrize("task", ["edges", "low_resolution", "grey"])
def test_targets_are_the_samples_and_inputs_have_their_shape(task: str, source: Shapes | Glyphs) -> None:
    spec = Paired(task=task, source=source)  # type: ignore[arg-type]
    data, plain = build(spec, 3), build(source, 3)
    assert isinstance(data, PairedImages)
    assert data.image == plain.image == image_shape(spec)
    assert data.input_image == input_shape(spec)
    assert data.classes == classes_of(spec) == plain.classes
    for told, samples in ((data.told, plain.sample), (data.told_held_out, plain.held_out)):
        targets, inputs = told(drawn(), 50)
        assert_array_equal(targets, samples(drawn(), 50))
        assert inputs.shape == (50, np.prod(data.input_image))
        assert inputs.dtype == np.float32
        assert inputs.flags.c_contiguous
        assert -1 <= inputs.min() < inputs.max() <= 1
        assert_array_equal(inputs, data.inputs(targets))
    assert input_shape(source) is None
    targets, inputs = data.shown_pairs
    assert_array_equal(targets, plain.held_out_images[:])
    assert_array_equal(inputs, data.inputs(targets))
    assert_array_equal(data.told_of_training(slice(5)), data.inputs(data.train_points[:5]))


def test_greys_are_luma() -> None:
    maps = drawn().uniform(-1, 1, (5, 3, 8, 8)).astype(np.float32)
    red, green, blue = maps.swapaxes(0, 1)
    assert_allclose(greys(maps)[:, 0], 0.299 * red + 0.587 * green + 0.114 * blue, atol=1e-6)
    white = np.ones((1, 3, 8, 8), np.float32)
    assert_allclose(greys(white), 1.0, atol=1e-6)


def test_coarse_pixels_hold_the_mean_of_those_they_cover() -> None:
    maps = drawn().uniform(-1, 1, (5, 3, 16, 16)).astype(np.float32)
    made = coarse(maps, 4)
    for row, column in ((0, 0), (5, 15), (12, 7)):
        top, left = row // 4 * 4, column // 4 * 4
        assert_allclose(made[:, :, row, column], maps[:, :, top : top + 4, left : left + 4].mean((2, 3)), atol=1e-6)
    assert_allclose(coarse(made, 4), made, atol=1e-6)


def test_edges_are_sobels() -> None:
    maps = drawn().uniform(-1, 1, (4, 3, 16, 16)).astype(np.float32)
    across, down = (
        np.array([[ndimage.sobel(channel, axis, mode="nearest") for channel in image] for image in maps])
        for axis in (1, 0)
    )
    expected = np.minimum(np.hypot(across, down).max(1, keepdims=True) / 4, 2) - 1
    assert_allclose(edges(maps), expected, atol=1e-5)
    step = np.full((1, 1, 8, 8), -1, np.float32)
    assert (edges(step) == -1).all()
    step[..., 4:] = 1
    found = edges(step)[0, 0]
    assert_array_equal(found[:, [3, 4]], 1)
    assert_array_equal(np.delete(found, [3, 4], 1), -1)


def test_what_is_wrong_with_a_source_is_told_of_the_source() -> None:
    with pytest.raises(ExperimentError, match=r"^data\.source\.path: names nothing"):
        build(Paired(source=ImageFolder()))


def test_a_plain_game_trains_on_the_targets() -> None:
    settings = {
        "data": {"kind": "paired", "source": {"kind": "shapes", "size": 16, "count": 100, "n_train": 80}},
        "schedule.batch_size": 8,
    }
    run = Run(with_changes(Experiment(), settings))
    run.advance()
    assert run.game.batch["real"].shape == (8, 768)
    assert len(run.game.data.train_points) == 80
