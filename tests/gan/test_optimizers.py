"""The optimisers step for step beside torch.optim."""

from collections.abc import Callable

import msgspec
import pytest
import torch

from ganlab_desktop.experiment.optimizers import SGD, Adam, OptimizerSpec, RMSProp
from ganlab_desktop.gan.optimizers import Optimizer, build_optimizer

Reference = Callable[[list[torch.Tensor]], torch.optim.Optimizer]

SPECS: list[tuple[OptimizerSpec, Reference]] = [
    (Adam(), lambda p: torch.optim.Adam(p, lr=1e-3, betas=(0.5, 0.9), eps=1e-8)),
    (Adam(lr=0.02, betas=(0.9, 0.99), eps=1e-2), lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.9, 0.99), eps=1e-2)),
    (RMSProp(), lambda p: torch.optim.RMSprop(p, lr=5e-5, alpha=0.99, eps=1e-8)),
    (RMSProp(lr=0.01, alpha=0.8, eps=0.1), lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.8, eps=0.1)),
    (SGD(), lambda p: torch.optim.SGD(p, lr=0.1)),
    (SGD(lr=0.01, momentum=0.9), lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9)),
]

generator = torch.Generator().manual_seed(0)
START = torch.randn(60, generator=generator)
SIZES = torch.logspace(-4, 0, 60)  # small gradients show an epsilon, large ones the decays
GRADIENTS = [SIZES * torch.randn(60, generator=generator) for _ in range(20)]


def walk(optimizer: Optimizer, gradients: list[torch.Tensor]) -> None:
    for gradient in gradients:
        optimizer.step(gradient.clone())


@pytest.mark.parametrize(("spec", "reference"), SPECS, ids=[repr(spec) for spec, _ in SPECS])
def test_twenty_steps_equal_torch_optim(spec: OptimizerSpec, reference: Reference) -> None:
    mine, theirs = START.clone(), START.clone()
    optimizer, other = build_optimizer(spec, mine), reference([theirs])
    for gradient in GRADIENTS:
        optimizer.step(gradient.clone())
        theirs.grad = gradient.clone()
        other.step()
        torch.testing.assert_close(mine, theirs, rtol=1e-6, atol=1e-6)
    assert not torch.allclose(mine, START, atol=1e-4)


@pytest.mark.parametrize("spec", [spec for spec, _ in SPECS], ids=repr)
def test_the_state_is_all_that_an_optimiser_remembers(spec: OptimizerSpec) -> None:
    through = build_optimizer(spec, START.clone())
    walk(through, GRADIENTS[:10])
    resumed = build_optimizer(spec, through.parameters.clone())
    for name, tensor in resumed.state.items():
        tensor.copy_(through.state[name])
    for optimizer in (through, resumed):
        walk(optimizer, GRADIENTS[10:])
    assert torch.equal(through.parameters, resumed.parameters)


@pytest.mark.parametrize("before", [Adam(lr=0.01), RMSProp(lr=0.01), SGD(lr=0.01, momentum=0.5)], ids=repr)
def test_a_replaced_spec_takes_over_at_the_next_step(before: OptimizerSpec) -> None:
    optimizer = build_optimizer(before, START.clone())
    walk(optimizer, GRADIENTS[:3])
    slow = build_optimizer(before, optimizer.parameters.clone())
    slow.state = {name: tensor.clone() for name, tensor in optimizer.state.items()}
    here = optimizer.parameters.clone()
    slow.spec = msgspec.structs.replace(before, lr=0.001)
    for each in (optimizer, slow):
        each.step(GRADIENTS[3])
    torch.testing.assert_close(10.0 * (slow.parameters - here), optimizer.parameters - here, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("spec", [Adam(lr=0.01), RMSProp(lr=0.01), SGD(lr=0.01, momentum=0.5)], ids=repr)
def test_a_factor_scales_the_learning_rate_and_nothing_else(spec: OptimizerSpec) -> None:
    scaled = build_optimizer(spec, START.clone())
    slow = build_optimizer(msgspec.structs.replace(spec, lr=0.0025), START.clone())
    for gradient in GRADIENTS[:5]:
        scaled.step(gradient.clone(), 0.25)
        slow.step(gradient.clone())
    torch.testing.assert_close(scaled.parameters, slow.parameters, rtol=1e-6, atol=1e-8)
    for name, value in scaled.state.items():
        assert torch.equal(value, slow.state[name])
