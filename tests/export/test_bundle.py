"""Bundles: all that makes a figure again, and a script that does it bit for bit in a process of its own."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from elsewhere import pretend

from ganlab_desktop import Run, load_preset, open_run, with_changes
from ganlab_desktop.engine.visit import visit
from ganlab_desktop.experiment.data import Points
from ganlab_desktop.experiment.exports.table import export_of
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.writers import write

ROOT = Path(__file__).parents[2]
SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8], "seed": 3}


def unpacked(document: Path, folder: Path, figure: dict[str, Any], at: str | None = None) -> Path:
    """A bundle's folder."""
    file = io.BytesIO()
    with visit(document, at=at) as visited:
        write(visited, export_of("bundle", [("figure", figure)]), "zip", file, lambda fraction, what: None)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    return folder


def rebuilt(folder: Path) -> subprocess.CompletedProcess[str]:
    """The script's end in a fresh process, from elsewhere."""
    known = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder)}
    command = [sys.executable, str(folder / "rebuild.py")]
    return subprocess.run(command, capture_output=True, text=True, timeout=200, cwd="/", env=known, check=False)


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with all that a person may do on the way."""
    path = tmp_path_factory.mktemp("edited") / "edited.ganlab"
    with Run(with_changes(load_preset("ring-ns"), SMALL)) as run:
        run.train(20, progress=False)
        run.measure("coverage")
        run.edit({"optimizer.generator.lr": 3e-3})
        run.edit({"penalties[0].weight": 1.0})
        run.train(10, only="discriminator", progress=False)
        run.train(15, progress=False)
        run.measure("coverage")
        run.edit({"objective": {"kind": "least_squares"}})
        run.train(15, progress=False)
        run.save(path)
    return path


def test_the_figure_comes_out_bit_for_bit_in_a_fresh_process(edited: Path, tmp_path: Path) -> None:
    panels = [{"kind": "canvas"}, {"kind": "losses"}, {"kind": "coverage"}]
    folder = unpacked(edited, tmp_path / "bundle", {"kind": "composed", "panels": panels}, at="55")
    story = json.loads((folder / "story.json").read_text())
    told = [
        (moment["step"], moment["alone"], len(moment["changes"]), moment["measured"]) for moment in story["moments"]
    ]
    assert told == [
        (20, None, 2, ["coverage"]),
        (30, "discriminator", 0, []),
        (45, None, 1, ["coverage"]),
        (55, None, 0, []),
    ]
    done = rebuilt(folder)
    assert (done.returncode, done.stdout.startswith("the same numbers in all of")) == (0, True), (
        done.stdout + done.stderr
    )
    assert (folder / "rebuilt.pdf").read_bytes()[:5] == b"%PDF-"
    with open_run(folder / "rebuilt.ganlab", readonly=True) as run:
        assert run.step == 55


def test_another_story_gives_another_figure_and_that_is_told(edited: Path, tmp_path: Path) -> None:
    folder = unpacked(edited, tmp_path / "bundle", {"kind": "losses"})
    story = (folder / "story.json").read_text()
    (folder / "story.json").write_text(story.replace("0.003", "0.004"))
    done = rebuilt(folder)
    assert done.returncode == 1
    assert "not the same: losses." in done.stdout


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that went on after no better step had come."""
    path = tmp_path_factory.mktemp("impatient") / "impatient.ganlab"
    selection = {"selection.metric": "jsd", "selection.every": 2, "selection.patience": 1}
    with Run(with_changes(load_preset("ring-ns"), {**SMALL, **selection})) as run:
        ends = set()
        while run.step < 40:
            ends.add(run.train(40 - run.step, progress=False).ended)
        assert "selected" in ends
        run.save(path)
    return path


def test_a_run_that_went_on_after_its_patience_is_rebuilt_to_its_end(impatient: Path, tmp_path: Path) -> None:
    folder = unpacked(impatient, tmp_path / "bundle", {"kind": "losses"})
    done = rebuilt(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    with open_run(folder / "rebuilt.ganlab", readonly=True) as run:
        assert run.step == 40


def test_training_that_cannot_come_so_far_says_why(edited: Path, tmp_path: Path) -> None:
    folder = unpacked(edited, tmp_path / "bundle", {"kind": "losses"})
    story = json.loads((folder / "story.json").read_text())
    story["moments"][0]["changes"].append(
        {"optimizer.discriminator": {"kind": "sgd", "lr": 100.0}, "penalties[0].weight": 100.0}
    )
    (folder / "story.json").write_text(json.dumps(story))
    done = rebuilt(folder)
    assert done.returncode == 1
    assert done.stderr.startswith("step "), done.stderr
    assert "diverged, losses or weights are no longer finite" in done.stderr


def test_a_bundle_tells_the_machine_that_trained_and_that_the_figure_was_made_on_another(
    edited: Path, tmp_path: Path
) -> None:
    path = tmp_path / "elsewhere.ganlab"
    path.write_bytes(edited.read_bytes())
    pretend(path, {"threads": 999, "torch": "1.0"}, "runs")
    pretend(path, {"threads": 999, "torch": "1.0"}, "states")
    folder = unpacked(path, tmp_path / "there", {"kind": "losses"})
    versions = json.loads((folder / "versions.json").read_text())
    assert (versions["trained_on"]["threads"], versions["trained_on"]["torch"]) == (999, "1.0")
    assert json.loads((folder / "story.json").read_text())["threads"] == 999
    assert "its past is replayed, not exact (PyTorch: 1.0 there" in (folder / "README.txt").read_text()
    folder = unpacked(edited, tmp_path / "here", {"kind": "losses"})
    assert "not exact" not in (folder / "README.txt").read_text()


def test_points_and_given_weights_travel_along(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "mine.csv", np.random.default_rng(0).normal(size=(50, 2)), delimiter=",")
    experiment = with_changes(load_preset("ring-ns"), {**SMALL, "data": Points(path=str(tmp_path / "mine.csv"))})
    with Run(experiment) as other:
        other.train(5, progress=False)
        other.save(tmp_path / "other.ganlab")
    command = [sys.executable, "-m", "ganlab_desktop", "export", str(tmp_path / "other.ganlab"), "--what", "checkpoint"]
    weights = tmp_path / "other.safetensors"
    subprocess.run([*command, "--set", "part=run", "-o", str(weights)], check=True, timeout=100)
    with Run(experiment, weights=weights) as run:
        run.train(10, progress=False)
        run.save(tmp_path / "mine.ganlab")
    folder = unpacked(tmp_path / "mine.ganlab", tmp_path / "bundle", {"kind": "canvas", "layers": {"modes": False}})
    (tmp_path / "mine.csv").unlink()
    weights.unlink()
    assert len(list(folder.glob("points-*.npz"))) == 1
    assert (folder / "weights.safetensors").exists()
    done = rebuilt(folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_figure_of_several_runs_is_refused(edited: Path, tmp_path: Path) -> None:
    with open_run(edited) as run:
        run.fork(30, {"optimizer.generator.lr": 1e-4})
    with pytest.raises(ExportError, match="shows several runs"):
        unpacked(edited, tmp_path, {"kind": "runs"})


def test_a_spec_in_a_file_is_an_export_too(edited: Path, tmp_path: Path) -> None:
    spec = tmp_path / "mine.toml"
    command = [sys.executable, "-m", "ganlab_desktop", "export", str(edited), "--what", str(spec)]
    spec.write_text('kind = "losses"\nraw = false\n[page]\nwidth = 3.0\n')
    subprocess.run([*command, "-o", str(tmp_path / "a.svg")], check=True, timeout=100)
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")
    for text, told in (("kind = 3", "kind: must be one of"), ("kind = [", "mine.toml: not valid TOML")):
        spec.write_text(text)
        done = subprocess.run([*command, "-o", "b.svg"], capture_output=True, text=True, timeout=100, check=False)
        assert (done.returncode, told in done.stderr, done.stderr.count("\n")) == (2, True, 1)
