"""Speed and pacing against their contracts, as ratios measured in one run. Run by make bench on an idle machine."""

import json

import pytest

from ganlab_desktop.cli.bench import measure

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]

ENGINE_OVER_LOOP = 1.2
WINDOW_OVER_ALONE = 0.9
IMAGES_OVER_LOOP = 1.0
IMAGES_WINDOW_OVER_ALONE = 0.65  # on two cores: alone both train, beside a window one
FRAME_P99_MS = 20.0
FIRST_PAINT_SECONDS = 1.0
FIRST_FRAME_SECONDS = 4.0


@pytest.fixture(scope="module")
def figures() -> dict[str, object]:
    measured = measure(10.0, quiet=True)
    print(json.dumps(measured, indent=2))
    return measured


def test_the_engine_beats_a_plain_loop(figures: dict[str, float]) -> None:
    assert figures["engine_over_loop"] >= ENGINE_OVER_LOOP


def test_a_window_leaves_the_engine_its_speed(figures: dict[str, float]) -> None:
    assert figures["window_60_over_alone"] >= WINDOW_OVER_ALONE


def test_frames_come_evenly(figures: dict[str, dict[str, float]]) -> None:
    assert figures["window_60_frame_interval_ms"]["p99"] <= FRAME_P99_MS


def test_the_window_is_there_at_once(figures: dict[str, float]) -> None:
    assert figures["window_60_seconds_to_paint"] <= FIRST_PAINT_SECONDS
    assert figures["window_60_seconds_to_first_frame"] <= FIRST_FRAME_SECONDS


@pytest.fixture(scope="module")
def of_images() -> dict[str, float]:
    measured = measure(10.0, "digits-dcgan", quiet=True)
    print(json.dumps(measured, indent=2))
    return measured


def test_images_train_as_fast_as_in_a_plain_loop(of_images: dict[str, float]) -> None:
    assert of_images["engine_over_loop"] >= IMAGES_OVER_LOOP


def test_a_window_that_shows_images_leaves_the_engine_its_processor(of_images: dict[str, float]) -> None:
    assert of_images["window_30_over_alone"] >= IMAGES_WINDOW_OVER_ALONE
