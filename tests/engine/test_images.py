"""Image runs as the engine shows them: the wall of samples, its previews, and the studies that look at images."""

import threading
import time
from contextlib import closing

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from ganlab_desktop.engine.checkup import Checkup
from ganlab_desktop.engine.frames import FrameMaker
from ganlab_desktop.engine.previews import Previews
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.measure.probes import PROBES, View
from ganlab_desktop.measure.probes.wall import SIDE
from ganlab_desktop.measure.studies import STUDIES
from ganlab_desktop.wire import messages as wire

SMALL = {
    "data.kind": "digits",
    "generator.kind": "dcgan",
    "generator.maps": 4,
    "discriminator.kind": "dcgan",
    "discriminator.maps": 4,
    "schedule.batch_size": 16,
}
VIEW = View((-1.0, 1.0, -1.0, 1.0), 16)


def run_of(**changes: object) -> Run:
    torch.set_num_threads(1)
    run = Run(with_changes(Experiment(), SMALL | changes))
    for _ in range(3):
        run.advance()
    return run


def test_pixels_are_black_at_minus_one_and_white_at_one() -> None:
    flat = np.array([[-1.0, 1.0, 0.0, 5.0, -7.0, np.nan] * 2], np.float32)  # two channels of 2 x 3
    assert_array_equal(as_bytes(flat, (2, 2, 3))[0, :, :, 0], [[0, 255, 128], [255, 0, 0]])
    assert as_bytes(flat, (2, 2, 3)).shape == (1, 2, 3, 2)


def test_the_wall_shows_the_same_latents_again_and_again() -> None:
    run = run_of()
    wall = PROBES["wall"](run.game)
    first = wall(VIEW).arrays["images"]
    assert first.shape == (SIDE * SIDE, 8, 8, 1)
    assert_array_equal(first, wall(VIEW).arrays["images"])
    run.advance()
    assert not np.array_equal(first, wall(VIEW).arrays["images"])


def test_of_a_conditional_game_each_row_is_a_class_and_each_column_a_latent() -> None:
    run = run_of(**{"conditioning.kind": "concatenation"})
    picture = PROBES["wall"](run.game)(VIEW)
    labels = picture.arrays["labels"].reshape(-1, SIDE)
    assert_array_equal(labels, np.tile(np.arange(10)[:, None], SIDE))
    with run.game.observed(), torch.no_grad():
        latents = torch.from_numpy(np.repeat(_latents(run)[2:3], 10, 0))
        column = run.game.generate(latents, torch.arange(10))
    assert_array_equal(picture.arrays["images"][2::SIDE], as_bytes(column.numpy(), (1, 8, 8)))


def _latents(run: Run) -> np.ndarray:
    from ganlab_desktop.measure.probes.samples import shown_latents

    return shown_latents(run.game, SIDE).numpy()


def test_a_closeup_shows_the_image_of_its_place_and_what_it_is_like() -> None:
    run = run_of(**{"conditioning.kind": "projection"})
    view = View(VIEW.box, 16, chosen=13)
    picture, wall = PROBES["closeup"](run.game)(view), PROBES["wall"](run.game)(VIEW)
    assert_array_equal(picture.arrays["image"][0], wall.arrays["images"][13])
    assert_array_equal(picture.arrays["latent"], _latents(run)[13 % SIDE])
    label = torch.tensor([13 // SIDE])
    with run.game.observed():
        made = run.game.generate(torch.from_numpy(_latents(run)[5:6]), label).detach()
        step = 1e-2 * torch.eye(64)
        slopes = (run.game.judge(made + step, label) - run.game.judge(made - step, label)).detach().ravel() / 2e-2
    np.testing.assert_allclose(picture.arrays["saliency"].ravel(), slopes.abs(), atol=2e-4)
    known = run.game.data.train_points
    assert known is not None
    apart = np.sqrt(((known - made.numpy()) ** 2).mean(1))
    nearest = np.argsort(apart)[:5]
    np.testing.assert_allclose(picture.arrays["distances"], apart[nearest], rtol=1e-4)
    assert_array_equal(picture.arrays["nearest"], as_bytes(known[nearest], (1, 8, 8)))
    assert PROBES["closeup"](run.game)(VIEW).arrays == {}


def test_what_is_about_points_is_not_looked_at() -> None:
    run, seen = run_of(), set()
    frames = FrameMaker(run, lambda: None)
    with closing(frames):
        deadline = time.monotonic() + 20.0
        while "health" not in seen and time.monotonic() < deadline:
            run.advance()
            frames.measure(resting=False)
            grant = wire.Grant(run.step, (*PROBES, *STUDIES), None, 16)
            frame = frames.make(grant, playing=True, rate=0.0)
            seen |= set() if frame is None else frame.pictures.keys()
            time.sleep(0.01)
    about_images = {name for name, study in STUDIES.items() if study.IMAGES}  # which take longer
    assert {"wall", "closeup", "health"} <= seen <= {"wall", "closeup"} | about_images
    assert len(run.history["health"])


def test_the_health_of_image_runs_is_judged() -> None:
    run = run_of()
    checkup = Checkup(run)
    checkup.look()
    values = dict(zip(run.history["health"].columns, run.history["health"].after(0)[1][-1], strict=True))
    for name in ("real_accuracy", "fake_accuracy", "generator_gradient", "ranked", "reached"):
        assert np.isfinite(values[name]), name


def test_a_preview_of_an_image_run_is_its_wall() -> None:
    run, got, arrived = run_of(), [], threading.Event()
    previews = Previews(run.id, 1, run.timeline, lambda preview: (got.append(preview), arrived.set()))  # type: ignore[func-returns-value]
    previews.ask(wire.Look(0))
    assert arrived.wait(20.0)
    previews.close()
    assert got[0].pictures.keys() == {"wall"}
    assert_array_equal(
        got[0].pictures["wall"].arrays["images"].numpy(),
        PROBES["wall"](Run(run.experiment).game)(VIEW).arrays["images"],
    )


@pytest.mark.parametrize("conditional", [False, True])
def test_a_scene_of_images_tells_their_shape_and_shows_some(conditional: bool, tmp_path: object) -> None:
    from ganlab_desktop.engine.document import Document
    from ganlab_desktop.engine.frames import scene_of

    changes = {"conditioning.kind": "projection"} if conditional else {}
    document = Document.new_untitled(with_changes(Experiment(), SMALL | changes))
    try:
        scene = scene_of(document)
    finally:
        document.close()
    assert scene.image == (1, 8, 8)
    assert scene.real.shape == (64, 64)
    assert (scene.real_labels is not None) == conditional
    if scene.real_labels is not None:
        assert len(scene.real_labels.numpy()) == 64
