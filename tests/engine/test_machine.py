"""A past that was made by another machine is replayed, and the user is told that it is not exact."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from elsewhere import pretend

from ganlab_desktop.cli.app import run as ganlab
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.frames import scene_of
from ganlab_desktop.engine.machine import differences
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}
ELSEWHERE: list[dict[str, Any]] = [{"threads": 999}, {"cpu": "NO AVX"}, {"torch": "1.0"}, {"device": "cuda:0"}]


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    path = tmp_path / "a.ganlab"
    document = Document.new(with_changes(Experiment(), SMALL), path)
    document.start_writing(lambda step: None, lambda text: None)
    for _ in range(20):
        document.run.advance()
    document.close()
    return path


def told_in_the_window(path: Path) -> str:
    document = Document.open(path)
    text = " ".join(scene_of(document).warnings)
    document.close()
    return text


def told_by_info(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert ganlab(["info", str(path), "--json"]) == 0
    return str(json.loads(capsys.readouterr().out)["replay"])


@pytest.mark.parametrize("table", ["runs", "states"])
@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=str)
def test_a_run_from_elsewhere_says_what_is_different_here(
    trained: Path, elsewhere: dict[str, Any], table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(trained, elsewhere, table)
    (value,) = elsewhere.values()
    assert f"a.ganlab: its past is replayed, not exact ({told_difference(value)}" in told_in_the_window(trained)
    assert told_by_info(trained, capsys).startswith(f"not exact ({told_difference(value)}")


def told_difference(value: object) -> str:
    titles = {999: "threads", "NO AVX": "vector instructions", "1.0": "PyTorch", "cuda:0": "device"}
    return f"{titles[value]}: {value} there, "  # type: ignore[index]


def test_a_run_of_this_machine_is_exact(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "not exact" not in told_in_the_window(trained)
    assert told_by_info(trained, capsys) == "exact"


def test_a_file_that_says_nothing_of_its_machine_claims_nothing() -> None:
    here = {"torch": "2", "threads": 1}
    assert differences({}, here) == differences(None, here) == differences([], here) == ""


def test_commands_that_look_at_a_run_from_elsewhere_tell_it(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = {"export": ["--what", "samples", "-o", str(tmp_path / "a.npz"), "--force"]}
    wanted["sample"] = ["-n", "9", "-o", str(tmp_path / "b.npz")]
    for here in (True, False):
        for name, words in wanted.items():
            assert ganlab([name, str(trained), "--at", "10", *words]) == 0
            said = capsys.readouterr().err
            assert (
                said == "" if here else said.startswith("note: a.ganlab: its past is replayed, not exact (threads: 999")
            )
            assert said.count("\n") == (not here)
        with np.load(tmp_path / "a.npz") as made:
            assert json.loads(str(made["about"]))["exact"] == here
        pretend(trained, {"threads": 999}, "runs")
