"""Networks that multiply in bfloat16 play the same game, in which everything else is of full precision."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import SCALARS, Game
from ganlab_desktop.gan.networks.equalised import equalised
from ganlab_desktop.gan.networks.lipschitz import orthonormalise
from ganlab_desktop.gan.networks.mlp import normalise
from ganlab_desktop.gan.precision import at_precision
from ganlab_desktop.measure.metrics.modes import mode_coverage

CPU = torch.device("cpu")
ROUNDED = {"precision": "bfloat16"}
SPECTRAL = {"discriminator.spectral_norm": True}
SMALL_IMAGES = {"data.kind": "digits", "schedule.batch_size": 8, "discriminator": {"kind": "dcgan", "maps": 4}}
NETWORKS: list[dict[str, Any]] = [
    {},
    SPECTRAL,
    {"generator.norm": "batch", "discriminator.norm": "batch", "ema.half_life": 500.0},
    {"discriminator.norm": "layer", "penalties[0].kind": "gradient_penalty"},
    {"discriminator.minibatch": "discrimination"},
    {"conditioning.kind": "auxiliary_classifier"},
    {"game.kind": "extragradient"},
    SMALL_IMAGES | {"generator": {"kind": "dcgan", "maps": 4}, "augmentation.kind": "ada"},
    SMALL_IMAGES | {"generator": {"kind": "style", "maps": 4}, "penalties[0].kind": "path_length"},
    SMALL_IMAGES | {"generator": {"kind": "progressive", "maps": 4}, "discriminator.minibatch": "stddev"},
    SMALL_IMAGES | {"generator": {"kind": "resnet", "maps": 4}, "discriminator": {"kind": "resnet"} | {"maps": 4}},
]


def game(*changes: dict[str, Any]) -> Game:
    together = {key: value for some in changes for key, value in some.items()}
    return Game(with_changes(Experiment(), together), CPU)


def after_one(*changes: dict[str, Any]) -> tuple[Game, dict[str, float]]:
    played = game(*changes)
    row = played.iterate()
    assert row.dtype == torch.float32
    return played, dict(zip(SCALARS, row.tolist(), strict=True))


@pytest.mark.parametrize("changes", NETWORKS, ids=str)
def test_losses_and_all_that_is_kept_are_float32(changes: dict[str, Any]) -> None:
    exact, (played, rounded) = after_one(changes)[1], after_one(changes, ROUNDED)
    assert rounded["real_score"] != exact["real_score"]
    for name in ("discriminator_loss", "generator_loss", "real_score", "fake_score"):
        assert rounded[name] == pytest.approx(exact[name], rel=0.05, abs=0.05), name
    for name, tensor in played.state().tensors.items():
        assert tensor.dtype in (torch.float32, torch.int64), name
    for name in ("fake", "v_real", "v_fake", "gradient"):
        assert played.batch[name].dtype == torch.float32, name
    assert played.finite


@pytest.mark.parametrize("kind", ["r1", "dragan"])  # which look at real points alone
def test_gradient_penalties_are_those_of_full_precision(kind: str) -> None:
    exact, rounded = (after_one({"penalties[0].kind": kind}, some)[1] for some in ({}, ROUNDED))
    assert rounded["penalty"] == exact["penalty"]


def test_spectral_norm_finds_its_singular_vectors_in_full_precision() -> None:
    exact, rounded = (after_one(SPECTRAL, some)[0].state().tensors for some in ({}, ROUNDED))
    once = [name for name in exact if name.startswith("discriminator.buffers") and name.endswith("0._u")]
    assert once
    for name in once:
        assert torch.allclose(exact[name], rounded[name], atol=1e-5), name


@pytest.mark.parametrize("makes", ["spectral norm", "orthonormal"])
def test_weights_are_made_in_full_precision(makes: str) -> None:
    """On a processor autocast rounds matrix by matrix only, on CUDA also the matrix by vector of power iterations."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rng = np.random.default_rng(0)
    layer = nn.Linear(32, 16)
    if makes == "orthonormal":
        orthonormalise(layer, rng)
    else:
        normalise(layer, rng)
    layer.to(device).eval()
    used: list[torch.Tensor] = []
    layer.parametrizations.weight.register_forward_hook(lambda module, given, made: used.append(made.detach()))  # type: ignore[union-attr]
    rounded = at_precision("bfloat16", device, layer)(torch.ones(1, 32, device=device))
    assert torch.equal(rounded, rounded.bfloat16().float())
    assert torch.equal(used[0], layer.weight)


def test_a_forward_pass_leaves_the_weights_of_other_networks_as_they_are() -> None:
    """A study beside the training reads its networks while the training's pass through them."""
    other = equalised(nn.Linear(2, 2), np.random.default_rng(0))
    seen: list[torch.Tensor] = []

    class Meanwhile(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            for _ in range(2):
                seen.append(other.weight.detach().clone())
                with torch.no_grad():
                    other.parametrizations.weight.original.mul_(2.0)  # type: ignore[union-attr]
            return x

    at_precision("bfloat16", CPU, Meanwhile())(torch.ones(1, 2))
    assert torch.equal(seen[1], 2.0 * seen[0])


def test_looks_at_the_networks_are_of_full_precision() -> None:
    exact, rounded = game(), game(ROUNDED)
    latents = torch.randn(16, 2, generator=torch.Generator().manual_seed(0))
    with exact.observed(), rounded.observed(), torch.no_grad():
        made = exact.generate(latents)
        assert torch.equal(made, rounded.generate(latents))
        assert torch.equal(exact.judge(made), rounded.judge(made))


def test_the_ring_is_learnt_in_bfloat16() -> None:
    run = Run(with_changes(load_preset("ring-ns"), ROUNDED))
    torch.set_num_threads(run.threads)
    for _ in range(2000):
        run.advance()
    assert run.game.data.modes is not None
    coverage = mode_coverage(run.sample(2500, average=True), run.game.data.modes)
    assert coverage.captured == 8
    assert coverage.high_quality > 0.4


def test_precision_may_change_while_a_run_trains() -> None:
    run = Run(with_changes(Experiment(), {"schedule.batch_size": 16}))
    run.advance()
    run.edit(ROUNDED)
    run.advance()
    assert run.game.batch["v_real"].bfloat16().float().equal(run.game.batch["v_real"])
    run.edit({"precision": "float32"})
    run.advance()
    assert not run.game.batch["v_real"].bfloat16().float().equal(run.game.batch["v_real"])


@pytest.mark.parametrize("changes", NETWORKS, ids=str)
def test_cuda_trains_in_bfloat16(changes: dict[str, Any]) -> None:
    if not torch.cuda.is_available():
        pytest.skip("this machine has no cuda device")
    played = Game(with_changes(Experiment(), changes | ROUNDED), torch.device("cuda"))
    for _ in range(3):
        row = played.iterate()
    assert row.dtype == torch.float32
    assert played.finite
