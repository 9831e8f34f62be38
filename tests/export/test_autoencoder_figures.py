"""Figures of a variational autoencoder: its samples, and a plain line where a figure is about the discriminator."""

from pathlib import Path

import pytest

from ganlab_desktop.cli.app import run

FAST = ("schedule.batch_size=32", "generator.hidden=[16]", "discriminator.hidden=[16]")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("autoencoders") / "ring.ganlab"
    settings = [word for setting in FAST for word in ("--set", setting)]
    assert run(["train", "ring-vae", "--out", str(path), "--steps", "20", *settings]) == 0
    return path


@pytest.mark.parametrize("what", ["canvas", "losses", "coverage"])
def test_what_it_has_is_drawn(trained: Path, tmp_path: Path, what: str) -> None:
    out = tmp_path / f"{what}.png"
    assert run(["export", str(trained), "--what", what, "-o", str(out)]) == 0
    assert out.stat().st_size > 5000


def test_a_figure_of_the_discriminator_says_that_there_is_none(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(trained), "--what", "critic-field", "-o", str(tmp_path / "a.png")]) != 0
    assert "a variational autoencoder has no discriminator" in capsys.readouterr().err
