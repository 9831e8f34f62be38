"""Exploring between images in a real window beside a real engine."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from windows import SLOW, run_to

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.ui.panels.canvas.wall import mosaic
from ganlab_desktop.ui.window import Window
from ganlab_desktop.wire.messages import Picture

SMALL = {
    "data.kind": "digits",
    "latent.dim": 16,
    "generator.kind": "style",
    "generator.maps": 4,
    "generator.width": 8,
    "discriminator.kind": "dcgan",
    "discriminator.maps": 4,
    "schedule.batch_size": 16,
}


@pytest.fixture
def window(open_window: Callable[..., Window], tmp_path: Path) -> Window:
    path = tmp_path / "style.toml"
    path.write_text(to_toml(with_changes(Experiment(), SMALL)))
    return open_window(str(path))


def images(picture: Picture, name: str = "images") -> np.ndarray:
    return picture.arrays[name].numpy()


def test_the_panel_shows_what_lies_between_images_live_and_in_the_past(window: Window, qtbot) -> None:
    latent = window.latent
    assert latent.isVisible()
    assert not latent.visibleRegion().isEmpty()  # before the critic's field

    def shown(step: int) -> bool:
        pictures = (latent.pictures.get("latent_plane"), window.canvas.pictures.get("wall"))
        return all(picture is not None and picture.step == step for picture in pictures)

    window.play_or_pause()
    qtbot.waitUntil(lambda: "latent_plane" in latent.pictures, timeout=SLOW)  # while it trains
    window.play_or_pause()
    qtbot.waitUntil(lambda: not window.session.playing, timeout=SLOW)
    at = window.session.step
    run_to(window, qtbot, at + 5)
    qtbot.waitUntil(lambda: shown(at + 5), timeout=SLOW)
    wall = window.canvas.pictures["wall"].arrays["images"].numpy()
    np.testing.assert_array_equal(images(latent.pictures["latent_plane"])[0], wall[0])

    window.canvas.corner_wanted.emit(0, 42, False)
    qtbot.waitUntil(lambda: latent.pictures["latent_plane"].numbers["a"] == 42.0, timeout=SLOW)
    np.testing.assert_array_equal(images(latent.pictures["latent_plane"])[0], wall[42])

    window.seek(at)
    qtbot.waitUntil(lambda: shown(at), timeout=SLOW)
    past = window.canvas.pictures["wall"].arrays["images"].numpy()
    np.testing.assert_array_equal(images(latent.pictures["latent_plane"])[0], past[42])
    assert not np.array_equal(past, wall)

    latent.pages.buttons[2].click()
    qtbot.waitUntil(lambda: "style_mixing" in latent.pictures, timeout=SLOW)
    latent.controls.psi.slider.setValue(0)

    def drawn_to_the_mean() -> bool:
        first = images(latent.pictures["style_mixing"], "first").astype(int)
        return int(np.abs(first[0] - first[1]).max()) <= 8  # but for noise inputs, which are weak at first

    qtbot.waitUntil(drawn_to_the_mean, timeout=SLOW)


def test_images_are_marked_on_the_wall_while_the_panel_is_in_sight(window: Window, qtbot) -> None:
    wall = window.canvas.wall
    qtbot.waitUntil(lambda: wall._marked == {0: "A", 1: "B", 2: "C"}, timeout=SLOW)
    window.docks["critic_field"].raise_()
    qtbot.waitUntil(lambda: not wall._marked, timeout=SLOW)
    window.canvas.corner_wanted.emit(2, 9, False)
    qtbot.waitUntil(lambda: wall._marked == {0: "A", 1: "B", 9: "C"}, timeout=SLOW)
    assert not window.latent.visibleRegion().isEmpty()
    window.canvas.corner_wanted.emit(0, 5, True)
    qtbot.waitUntil(lambda: wall._marked_real == {5: "1", 1: "2", 2: "3"}, timeout=SLOW)
    qtbot.waitUntil(lambda: "image_plane" in window.latent.pictures, timeout=SLOW)
    real = as_bytes(window.session.scene.real.numpy(), (1, 8, 8))

    def shown() -> bool:
        return np.array_equal(images(window.latent.pictures["image_plane"]), real[[5, 1, 2]])

    qtbot.waitUntil(shown, timeout=SLOW)


def test_the_critic_of_images_is_followed_while_it_trains(window: Window, qtbot) -> None:
    critic = window.docks["critic_field"].panel
    window.docks["critic_field"].raise_()
    window.play_or_pause()
    qtbot.waitUntil(lambda: critic._series.count > 2 and "critic_slopes" in critic.pictures, timeout=SLOW)
    window.play_or_pause()
    qtbot.waitUntil(lambda: not window.session.playing, timeout=SLOW)
    qtbot.waitUntil(lambda: critic.pictures["critic_slopes"].step == window.session.step, timeout=SLOW)
    numbers = critic.pictures["critic_slopes"].numbers
    assert 0.0 < numbers["mean"] < numbers["max"] <= numbers["upper"]
    qtbot.waitUntil(critic.time.isVisible, timeout=SLOW)
    assert "≤ L ≤" in critic.time.caption


def test_earlier_images_of_the_same_latents_come_from_the_past_of_the_run(window: Window, qtbot) -> None:
    growth, canvas = window.canvas.growth, window.canvas
    run_to(window, qtbot, 25)
    canvas.over_run.click()
    qtbot.waitUntil(lambda: growth.step == 25 and growth.missing() is None, timeout=SLOW)
    steps = growth.steps
    assert steps[0] == 0
    assert len(steps) >= 2
    found = dict(growth._past.values())
    at = steps[-1]
    window.seek(at)
    qtbot.waitUntil(lambda: growth.step == at, timeout=SLOW)
    qtbot.waitUntil(lambda: growth.steps == steps[:-1], timeout=SLOW)
    wall = canvas.pictures["wall"].arrays["images"].numpy()[:8].astype(np.uint8)
    assert mosaic(wall, 1) == found[at]  # bit for bit what the exact moment shows
    assert found[0] != found[at]
