"""The command line on image runs."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganlab_desktop.cli.app import run

SMALL = ("generator.maps=4", "discriminator.maps=4", "schedule.batch_size=16")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("images") / "digits.ganlab"
    settings = [word for setting in SMALL for word in ("--set", setting)]
    assert run(["train", "digits-dcgan", "--out", str(path), "--steps", "5", *settings]) == 0
    return path


def test_samples_of_images_keep_their_shape(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "samples.npz"
    assert run(["sample", str(trained), "-n", "12", "-o", str(out)]) == 0
    samples = np.load(out)["samples"]
    assert samples.shape == (12, 1, 8, 8)
    assert samples.dtype == np.float32
    assert np.abs(samples).max() <= 1.0
    assert run(["sample", str(trained), "-n", "12", "--units", "original", "-o", str(out)]) == 0
    original = np.load(out)["samples"]
    assert original.dtype == np.uint8
    np.testing.assert_array_equal(original[..., 0], np.rint((samples[:, 0] + 1.0) * 127.5))


def test_a_picture_of_samples_is_a_sheet_of_them(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "samples.png"
    assert run(["sample", str(trained), "-n", "12", "-o", str(out)]) == 0
    sheet = np.asarray(Image.open(out))
    assert sheet.shape == (3 * 32, 4 * 32)
    arrays = tmp_path / "samples.npz"
    assert run(["sample", str(trained), "-n", "12", "--units", "original", "-o", str(arrays)]) == 0
    np.testing.assert_array_equal(sheet[32:64:4, 64:96:4], np.load(arrays)["samples"][6, :, :, 0])


def test_an_image_run_is_evaluated_with_what_fits(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", str(trained), "--samples", "100", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["step"] == 5
    assert scores["accuracy_real"] is not None
    assert scores["w1"] is None


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pairs") / "pairs.ganlab"
    few = (*SMALL, "data.source.count=300")
    settings = [word for setting in few for word in ("--set", setting)]
    assert run(["train", "edges-to-glyphs", "--out", str(path), "--steps", "3", *settings]) == 0
    return path


def test_samples_of_pairs_come_with_their_inputs_and_targets(translated: Path, tmp_path: Path) -> None:
    out, drawn = tmp_path / "pairs.npz", tmp_path / "pairs.png"
    for path in (out, drawn):
        assert run(["sample", str(translated), "-n", "12", "--units", "original", "-o", str(path)]) == 0
    arrays = np.load(out)
    parts = [arrays[name] for name in ("inputs", "samples", "targets")]
    assert [part.shape[:3] for part in parts] == [(12, 16, 16)] * 3
    depth = parts[1].shape[3]
    sheet = np.asarray(Image.open(drawn)).reshape(6 * 32, 2 * 96, depth)
    for third, part in enumerate(parts):
        place = sheet[32:64:2, 96 + 32 * third : 128 + 32 * third : 2]
        np.testing.assert_array_equal(place, np.broadcast_to(part[3], place.shape))


def test_runs_of_pairs_are_evaluated_beside_their_inputs(translated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", str(translated), "--samples", "100", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert 0.0 < scores["ssim_input"] < 1.0
    for name in ("ssim", "psnr", "psnr_input", "accuracy_real"):
        assert np.isfinite(scores[name])
