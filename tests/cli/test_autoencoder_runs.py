"""The command line on variational autoencoders."""

import json
from pathlib import Path

import numpy as np
import pytest

from ganlab_desktop.cli.app import run

SMALL = ("generator.maps=4", "discriminator.maps=4", "schedule.batch_size=16", "latent.dim=4")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("autoencoders") / "digits.ganlab"
    settings = [word for setting in SMALL for word in ("--set", setting)]
    assert run(["train", "digits-vae", "--out", str(path), "--steps", "10", *settings]) == 0
    assert run(["train", str(path), "--steps", "10"]) == 0
    return path


def evaluated(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, float | None]:
    capsys.readouterr()
    assert run(["evaluate", str(path), "--samples", "400", "--json", *options]) == 0
    scores: dict[str, float | None] = json.loads(capsys.readouterr().out)
    return scores


def test_images_are_evaluated_with_their_likelihood_and_their_sharpness(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = evaluated(trained, capsys)
    known = {name: scores[name] for name in ("elbo", "iwae", "reconstruction", "divergence", "noise_std")}
    assert all(value is not None and np.isfinite(value) for value in known.values())
    assert scores["elbo"] == pytest.approx(scores["reconstruction"] - scores["divergence"])  # type: ignore[operator]
    assert scores["iwae"] > scores["elbo"]  # type: ignore[operator]
    assert 0.0 < scores["sharpness"] < scores["sharpness_real"]  # type: ignore[operator]
    assert scores["log_density"] is None
    for name in ("accuracy_real", "held_out_gap", "slope", "lipschitz", "duality_gap"):  # nobody judges
        assert scores[name] is None
    earlier = evaluated(trained, capsys, "--at", "10")
    assert earlier["elbo"] < scores["elbo"]  # type: ignore[operator]


def test_points_are_evaluated_beside_their_own_density(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ring.ganlab"
    fast = ("--set", "schedule.batch_size=32", "--set", "generator.hidden=[16]", "--set", "discriminator.hidden=[16]")
    assert run(["train", "ring-vae", "--out", str(path), "--steps", "20", *fast]) == 0
    scores = evaluated(path, capsys)
    entropy = np.log(8) + 1.0 + np.log(2 * np.pi * (0.02 / 1.414) ** 2)  # of eight normal modes that do not overlap
    assert scores["log_density"] == pytest.approx(-entropy, abs=0.1)
    assert scores["elbo"] < scores["log_density"]  # type: ignore[operator]
    assert scores["jsd"] is not None
    assert scores["extractor"] is None


def test_samples_are_what_the_decoder_makes(trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "samples.npz"
    assert run(["sample", str(trained), "-n", "12", "--ema", "-o", str(out)]) == 0
    samples = np.load(out)["samples"]
    assert samples.shape == (12, 1, 8, 8)
    assert np.abs(samples).max() <= 1.0
