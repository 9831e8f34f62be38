"""Runs that begin with weights from a file: what fits, what is kept, what is refused."""

from pathlib import Path

import numpy as np
import pytest
import torch
from engine_process import Engine
from safetensors.torch import save_file

from ganlab_desktop.cli.app import run as command
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.export.checkpoint import checkpoint_of
from ganlab_desktop.gan.state import GameState
from ganlab_desktop.gan.weights import read_weights
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.wire import messages as wire

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}


def experiment() -> Experiment:
    return with_changes(load_preset("ring-ns"), SMALL)


@pytest.fixture
def teacher() -> Run:
    run = Run(with_changes(experiment(), {"seed": 7}))
    for _ in range(20):
        run.advance()
    return run


def written(run: Run, part: str, folder: Path) -> Path:
    path = folder / f"{part}.safetensors"
    path.write_bytes(checkpoint_of(run.game, part).packed())
    return path


def document(path: Path, weights: Path) -> Document:
    made = Document.new(experiment(), path, weights=read_weights(weights))
    made.start_writing(lambda step: None, lambda text: None)
    return made


def state_at(opened: Document, step: int) -> GameState:
    """Played from the first keyframe alone."""
    timeline = opened.run.timeline.until(0, 0)
    timeline.edits, timeline.moves = opened.run.timeline.edits, opened.run.timeline.moves
    replica = Replica(timeline, opened.run.game.device)
    replica.aim(step)
    replica.work(1e9)
    return replica.game.state()


def test_each_part_sets_its_networks(teacher: Run, tmp_path: Path) -> None:
    fresh = Run(experiment())
    for part, taken in (
        ("generator", {"generator"}),
        ("average", {"generator"}),
        ("discriminator", {"discriminator"}),
        ("run", {"generator", "discriminator", "average"}),
    ):
        run = Run(experiment(), weights=read_weights(written(teacher, part, tmp_path)))
        source = teacher.game.average.network if part == "average" else teacher.game.generator
        expected = source if "generator" in taken else fresh.game.generator
        assert torch.equal(run.game.generator.vector, expected.vector)
        expected = teacher.game.discriminator if "discriminator" in taken else fresh.game.discriminator
        assert torch.equal(run.game.discriminator.vector, expected.vector)
        expected = teacher.game.average.network if part == "run" else run.game.generator
        assert torch.equal(run.game.average.network.vector, expected.vector)


def test_a_foreign_file_of_plain_tensors_begins_a_run(tmp_path: Path) -> None:
    network = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    plain, named = tmp_path / "plain.safetensors", tmp_path / "named.safetensors"
    save_file(network.state_dict(), plain)
    save_file({f"generator.{name}": tensor.double() for name, tensor in network.state_dict().items()}, named)
    for path in (plain, named):
        run = Run(experiment(), weights=read_weights(path))
        latents = torch.randn(9, 2)
        with torch.no_grad():
            assert torch.equal(run.game.generate(latents), network(latents))


def test_its_past_is_played_from_the_weights_that_the_file_keeps(teacher: Run, tmp_path: Path) -> None:
    weights = written(teacher, "generator", tmp_path)
    first = document(tmp_path / "a.ganlab", weights)
    begun = first.run.game.state()
    for _ in range(30):
        first.run.advance()
    reached = first.run.game.state()
    first.close()
    weights.unlink()
    again = Document.open(tmp_path / "a.ganlab")
    assert again.run.origin["file"] == "generator.safetensors"
    assert state_at(again, 0).equals(begun)
    assert state_at(again, 30).equals(reached)
    again.close()


def test_a_file_that_is_cut_off_at_once_knows_its_weights(teacher: Run, tmp_path: Path) -> None:
    first = Document.new(experiment(), tmp_path / "a.ganlab", weights=read_weights(written(teacher, "run", tmp_path)))
    begun = first.run.game.state()
    first.close()
    again = Document.open(tmp_path / "a.ganlab")
    assert again.run.game.state().equals(begun)
    again.close()


def test_forks_and_other_seeds_begin_with_the_same_weights(teacher: Run, tmp_path: Path) -> None:
    first = document(tmp_path / "a.ganlab", written(teacher, "generator", tmp_path))
    begun = first.run.game.generator.vector.clone()
    drawn = Run(with_changes(experiment(), {"seed": 5})).game.discriminator.vector
    for _ in range(10):
        first.run.advance()
    first.edit({"optimizer.generator.kind": "sgd"})
    first.duplicate(5)
    assert (first.number, first.run.step, first.run.experiment.seed) == (2, 0, 5)
    assert torch.equal(first.run.game.generator.vector, begun)
    assert torch.equal(first.run.game.average.network.vector, begun)
    assert torch.equal(first.run.game.discriminator.vector, drawn)
    for _ in range(5):
        first.run.advance()
    reached = first.run.game.state()
    assert state_at(first, 5).equals(reached)
    first.turn_to(1)
    past = Replica(first.run.timeline, first.run.game.device)
    past.aim(4)
    past.work(1e9)
    first.fork(past, {"optimizer.generator.lr": 0.01})
    assert torch.equal(state_at(first, 0).tensors["generator.parameters"], begun)
    first.close()


def test_a_restart_begins_with_the_same_weights_and_tells_where_they_no_longer_fit(
    teacher: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANLAB_DATA", str(tmp_path / "data"))
    first = document(tmp_path / "a.ganlab", written(teacher, "generator", tmp_path))
    begun = first.run.game.generator.vector.clone()
    first.run.advance()
    again = Document.new_untitled(with_changes(experiment(), {"discriminator.hidden": [9]}), like=first.run)
    assert torch.equal(again.run.game.generator.vector, begun)
    assert (again.run.origin, again.notices) == (first.run.origin, ())
    again.close()
    other = Document.new_untitled(with_changes(experiment(), {"generator.hidden": [9]}), like=first.run)
    assert other.run.origin == {}
    assert "generator.safetensors: does not fit the generator" in other.notices[0]
    other.close()
    first.close()


def test_the_engine_restarts_with_the_weights_of_the_run_at_hand(teacher: Run, tmp_path: Path) -> None:
    document(tmp_path / "a.ganlab", written(teacher, "generator", tmp_path)).close()
    engine = Engine(tmp_path / "data")
    try:
        assert engine.ask(wire.Hello).error == ""
        assert engine.ask(wire.Open, str(tmp_path / "a.ganlab")).error == ""
        assert engine.ask(wire.Restart, {"seed": 9}).error == ""
        assert engine.ask(wire.Save, str(tmp_path / "b.ganlab")).error == ""
    finally:
        engine.kill()
    with RunFile.open(tmp_path / "b.ganlab", readonly=True) as file:
        assert file.weights()["file"] == "generator.safetensors"


def test_what_does_not_fit_is_named_with_its_shape(teacher: Run, tmp_path: Path) -> None:
    path = written(teacher, "generator", tmp_path)
    wider = with_changes(experiment(), {"generator.hidden": [9]})
    with pytest.raises(ExperimentError) as caught:
        Run(wider, weights=read_weights(path))
    said = str(caught.value)
    assert said.startswith("generator.safetensors: does not fit the generator: 0.weight is (8, 2), needed (9, 2)")
    assert "and 1 more" not in said
    assert "0.bias is (8), needed (9)" in said
    deeper = with_changes(experiment(), {"generator.hidden": [8, 8]})
    with pytest.raises(ExperimentError, match=r"2\.weight is \(2, 8\), needed \(8, 8\).*4\.weight \(2, 8\) is missing"):
        Run(deeper, weights=read_weights(path))


def test_the_command_begins_with_a_file_and_info_tells_it(teacher: Run, tmp_path: Path, capsys) -> None:
    weights, out = written(teacher, "average", tmp_path), tmp_path / "a.ganlab"
    small = [word for path, value in SMALL.items() for word in ("--set", f"{path}={value}")]
    asked = ["train", "ring-ns", "--out", str(out), "--steps", "5", "--weights", str(weights)]
    assert command([*asked, *small]) == 0
    capsys.readouterr()
    assert command(["info", str(out)]) == 0
    assert "average.safetensors (" in capsys.readouterr().out
    assert command(["sample", str(out), "-n", "9", "--at", "0", "-o", str(tmp_path / "s.npz")]) == 0
    np.testing.assert_array_equal(np.load(tmp_path / "s.npz")["samples"], teacher.sample(9, average=True))
    assert command(["train", str(out), "--steps", "5", "--weights", str(weights)]) == 2


@pytest.mark.parametrize("content", [b"", b"\x80\x04\x95.", b"PK\x03\x04", b"\x08\0\0\0\0\0\0\0{}      "])
def test_files_that_are_none_leave_no_run_behind(content: bytes, tmp_path: Path, capsys) -> None:
    weights, out = tmp_path / "w.safetensors", tmp_path / "a.ganlab"
    weights.write_bytes(content)
    assert command(["train", "ring-ns", "--out", str(out), "--steps", "5", "--weights", str(weights)]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith(f"ganlab: {weights}: ")
    assert "\n" not in said
    assert not out.exists()


def test_numbers_of_a_kind_that_pytorch_cannot_convert_are_refused(tmp_path: Path, capsys) -> None:
    path = tmp_path / "w.safetensors"
    header = b'{"0.weight":{"dtype":"F4","shape":[8,2],"data_offsets":[0,8]}}  '
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    with pytest.raises(ExperimentError, match=r"w\.safetensors: holds float4_e2m1fn_x2 numbers.*, in 0\.weight"):
        read_weights(path)


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_file({"0.weight": torch.full((8, 2), float("nan"))}, path)
    with pytest.raises(ExperimentError, match=r"not finite, in 0\.weight"):
        read_weights(path)
