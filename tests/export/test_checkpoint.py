"""Checkpoints: the same function as the engine's, readable without this program."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import load_file

from ganlab_desktop.cli.app import run as command
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.export.checkpoint import checkpoint_of, read_checkpoint
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.generator import generator_in, generator_of

KINDS = {
    "mlp": ("ring-ns", {}),
    "class beside the latent": ("ring-conditional", {}),
    "conditional batch norm": ("digits-conditional", {"conditioning.kind": "conditional_batch_norm"}),
    "dcgan": ("digits-dcgan", {}),
    "resnet": ("digits-sngan", {}),
    "style": ("digits-style", {"generator.truncation": 0.7}),
    "progressive": ("digits-progressive", {"generator.stage_steps": 2, "discriminator.stage_steps": 2}),
    "unet": ("edges-to-glyphs", {"data.source.count": 64}),
}


def trained(preset: str, changes: dict[str, Any], steps: int = 3) -> Run:
    small = {"schedule.batch_size": 16, "ema.half_life": 500.0, **changes}
    run = Run(with_changes(load_preset(preset), small))
    torch.set_num_threads(1)
    for _ in range(steps):
        run.advance()
    return run


@pytest.mark.parametrize("kind", KINDS)
def test_a_generator_that_is_read_makes_the_same_samples(kind: str, tmp_path: Path) -> None:
    run = trained(*KINDS[kind])
    told = run.told(20, 3)
    condition = () if told is None else (torch.from_numpy(told),)
    for average in (False, True):
        wanted = run.sample(20, 3, average=average)
        assert len(np.unique(wanted)) > 20
        for part in ("average" if average else "generator", "run"):
            path = tmp_path / f"{part}.safetensors"
            path.write_bytes(checkpoint_of(run.game, part).packed())
            generator = generator_in(read_checkpoint(path), str(path), average=average)
            assert not generator.training
            with torch.no_grad():
                made = generator(generator.latents(20, 3), *condition)
            np.testing.assert_array_equal(made.numpy(), wanted)
            assert generator.images(made).shape == (20, *run.game.data.shape)


def test_names_are_those_of_modules_and_the_header_tells_the_experiment(tmp_path: Path) -> None:
    run = trained("ring-hinge-sn", {})
    path = tmp_path / "x.safetensors"
    path.write_bytes(checkpoint_of(run.game, "generator", run=4).packed())
    arrays = load_file(path)
    layers = dict(run.game.generator.module.named_parameters())
    assert arrays.keys() == layers.keys()
    np.testing.assert_array_equal(arrays["0.weight"], layers["0.weight"].detach().numpy())
    with safe_open(path, "np") as file:
        header = file.metadata()
    assert files.from_toml(header["experiment"]) == run.experiment
    assert (header["part"], header["step"], header["run"], header["samples"]) == ("generator", "3", "4", "[2]")
    assert set(json.loads(header["versions"])) == {"ganlab", "torch", "python"}


def test_a_whole_run_holds_all_that_training_goes_on_with() -> None:
    run = trained("ring-hinge-sn", {})
    tensors = checkpoint_of(run.game, "run").tensors
    state = run.game.state().tensors
    apart = sum(tensor.numel() for tensor in state.values())
    assert sum(tensor.numel() for tensor in tensors.values()) == apart
    moments = [name for name in tensors if name.startswith("optimizer.discriminator.mean.")]
    whole = torch.cat([tensors[name].reshape(-1) for name in moments])
    assert torch.equal(whole, state["discriminator.optimizer.mean"])
    assert moments[0] == "optimizer.discriminator.mean.0.bias"  # as in module.parameters()


def test_a_generator_without_what_it_is_told_says_what_that_is() -> None:
    generator = generator_of(trained("ring-conditional", {}).game)
    with pytest.raises(TypeError, match="classes"):
        generator(generator.latents(4))


def test_parts_that_are_not_there_are_refused(tmp_path: Path) -> None:
    run = trained("ring-ns", {"ema.half_life": 0.0})
    with pytest.raises(ExportError, match="no moving average"):
        checkpoint_of(run.game, "average")
    path = tmp_path / "d.safetensors"
    path.write_bytes(checkpoint_of(run.game, "discriminator").packed())
    with pytest.raises(ExportError, match=r"d\.safetensors: holds a discriminator"):
        generator_in(read_checkpoint(path), "d.safetensors")


def test_the_command_writes_a_step_of_the_past(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--set", "schedule.batch_size=16", "--set", "generator.hidden=[8]", "--set", "discriminator.hidden=[8]"]
    document, out = tmp_path / "r.ganlab", tmp_path / "x.safetensors"
    assert command(["train", "ring-ns", "--out", str(document), "--steps", "20", *small]) == 0
    asked = ["export", str(document), "--what", "checkpoint", "--set", "part=average", "--at", "10", "-o", str(out)]
    assert command(asked) == 0
    checkpoint = read_checkpoint(out)
    assert (checkpoint.origin.step, checkpoint.origin.part, checkpoint.counters["step"]) == (10, "average", 10)
    assert command([*asked[:5], "part=critic", "-o", str(tmp_path / "y.safetensors")]) == 2
    assert "part" in capsys.readouterr().err
    assert not (tmp_path / "y.safetensors").exists()


def _rewritten(path: Path, **texts: str) -> Path:
    from safetensors.torch import save_file

    checkpoint = read_checkpoint(path)
    with safe_open(path, "pt") as file:
        header = file.metadata()
    out = path.with_name("other.safetensors")
    save_file(checkpoint.tensors, out, {**header, **texts})
    return out


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"ganlab": "2"}, "newer"),
        ({"experiment": "[["}, "header"),
        ({"experiment": '[generator]\nkind = "mlp"\nhidden = [9]'}, "not those of its experiment"),
        ({"experiment": f'[generator]\nkind = "mlp"\nhidden = {[1024] * 16}'}, "more parameters than it holds"),
        ({"samples": "[1, 8, 8]"}, "contradicts"),
        ({"samples": "{}"}, "header"),
        ({"classes": "-3"}, "contradicts"),
        ({"step": "ten"}, "header"),
    ],
)
def test_strange_headers_give_one_line(texts: dict[str, str], said: str, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(checkpoint_of(trained("ring-ns", {}).game, "generator").packed())
    other = _rewritten(path, **texts)
    with pytest.raises(ExperimentError, match=said) as caught:
        generator_in(read_checkpoint(other), str(other))
    assert "\n" not in str(caught.value)
    assert other.name in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x80\x02}q\x00.", b"\xff" * 64, (2**40).to_bytes(8, "little")])
def test_what_is_no_safetensors_gives_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(ExperimentError, match="no sound safetensors file"):
        read_checkpoint(path)
    with pytest.raises(ExperimentError, match="no such file"):
        read_checkpoint(tmp_path / "none.safetensors")
