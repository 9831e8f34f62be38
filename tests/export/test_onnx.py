"""ONNX models: ONNX Runtime computes what PyTorch does, for batches of any size."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.cli.app import run as command
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.export import onnx_graph
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.onnx_graph import onnx_of
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.chance import drawn, noticed, supplied

REASON = "the extra onnx is not installed"
KINDS = {
    "mlp": ("ring-ns", {}),
    "class beside the latent": ("ring-conditional", {}),
    "auxiliary classifier": ("ring-ac-gan", {}),
    "minibatch discrimination": ("ring-minibatch", {}),
    "packing": ("ring-pacgan", {}),
    "orthonormal": ("ring-wgan-groupsort", {}),
    "dcgan": ("digits-dcgan", {}),
    "projection": ("digits-conditional", {}),
    "conditional batch norm": ("digits-conditional", {"conditioning.kind": "conditional_batch_norm"}),
    "resnet": ("digits-sngan", {}),
    "progressive": ("digits-progressive", {"generator.stage_steps": 2, "discriminator.stage_steps": 2}),
    "style": ("digits-style", {"generator.truncation": 0.7}),
    "adain": ("digits-style", {"generator.modulation": "adain"}),
    "unet": ("edges-to-glyphs", {"data.source.count": 64}),
    "autoencoder": ("digits-vae", {}),
}


def trained(preset: str, changes: dict[str, Any]) -> Run:
    run = Run(with_changes(load_preset(preset), {"schedule.batch_size": 16, **changes}))
    torch.set_num_threads(1)
    for _ in range(3):
        run.advance()
    return run


def session_of(model: bytes) -> Any:
    return pytest.importorskip("onnxruntime", reason=REASON).InferenceSession(model)


@pytest.mark.parametrize("part", ["generator", "discriminator"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_computes_what_the_run_does(kind: str, part: str) -> None:
    for library in onnx_graph.LIBRARIES:
        pytest.importorskip(library, reason=REASON)
    run = trained(*KINDS[kind])
    session, count = session_of(onnx_of(run.game, part)), 5
    names = [given.name for given in session.get_inputs()]
    assert all(given.shape[0] == "batch" for given in session.get_inputs())
    told = run.told(count, 1)
    inputs = {"labels" if run.experiment.conditional else "images": told}
    condition = None if told is None else torch.from_numpy(told)
    if part == "generator":
        latents = torch.from_numpy(draw_latent(run.experiment.latent, np.random.default_rng(1), count))
        with run.game.observed(), torch.no_grad(), noticed() as draws:
            wanted = run.game.generate(latents, condition)
        inputs |= {"latents": latents.numpy()}
        inputs |= {f"{draw.kind}_{index}": drawn(draw, latents).numpy() for index, draw in enumerate(draws)}
    else:
        samples = torch.from_numpy(run.sample(count, 1))
        with run.game.observed(), torch.no_grad():
            judged = run.game.discriminator.module if run.experiment.autoencodes else run.game.judge
            wanted = judged(samples) if condition is None else judged(samples, condition)
        inputs |= {"samples": samples.numpy()}
    (found,) = session.run(None, {name: inputs[name] for name in names})
    assert np.ptp(wanted.numpy()) > 0.0
    np.testing.assert_allclose(found, wanted.numpy(), rtol=1e-4, atol=1e-5)


def test_it_says_where_it_comes_from() -> None:
    onnx = pytest.importorskip("onnx", reason=REASON)
    run = trained("ring-ns", {})
    model = onnx.load_from_string(onnx_of(run.game, "generator", run=2))
    told = {entry.key: entry.value for entry in model.metadata_props}
    assert (told["part"], told["step"], told["run"]) == ("generator", "3", "2")
    assert files.from_toml(told["experiment"]) == run.experiment


def test_a_model_that_computes_something_else_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnx", reason=REASON)
    run = trained("ring-ns", {})
    monkeypatch.setattr(onnx_graph, "ABSOLUTE", -1.0)
    monkeypatch.setattr(onnx_graph, "RELATIVE", 0.0)
    with pytest.raises(ExportError, match="another result"):
        onnx_of(run.game, "generator")


def test_without_the_libraries_one_line_says_what_to_install(tmp_path: Path, monkeypatch, capsys) -> None:
    small = ["--set", "schedule.batch_size=16", "--set", "generator.hidden=[8]", "--set", "discriminator.hidden=[8]"]
    document, out = tmp_path / "r.ganlab", tmp_path / "x.onnx"
    assert command(["train", "ring-ns", "--out", str(document), "--steps", "2", *small]) == 0
    capsys.readouterr()
    monkeypatch.setattr(onnx_graph, "find_spec", lambda name: None if name == "onnxscript" else find_spec("json"))
    assert command(["export", str(document), "--what", "onnx", "-o", str(out)]) == 1
    assert "ganlab: ONNX needs onnxscript: pip install 'ganlab-desktop[onnx]'" in capsys.readouterr().err
    assert not out.exists()


def test_numbers_that_are_supplied_take_the_place_of_those_of_the_latent() -> None:
    run = trained("digits-style", {})
    latents = torch.from_numpy(draw_latent(run.experiment.latent, np.random.default_rng(1), 4))
    network = run.game.generator.module.eval()
    for parameter in network.synthesis.layers:
        parameter.strength.data.fill_(1.0)
    with torch.no_grad(), noticed() as draws:
        alone = network(latents)
    assert [draw.kind for draw in draws] == ["normal"] * 3
    numbers = {draw.salt: drawn(draw, latents) for draw in draws}
    with torch.no_grad(), supplied(numbers):
        assert torch.equal(network(latents), alone)
    numbers[draws[0].salt] = torch.zeros_like(numbers[draws[0].salt])
    with torch.no_grad(), supplied(numbers):
        assert not torch.equal(network(latents), alone)
