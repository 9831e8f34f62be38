"""The optimisers, each a step on one flat parameter vector. The arithmetic is PyTorch's own."""

from functools import singledispatch

import torch
from torch import Tensor
from torch.optim.adam import adam
from torch.optim.rmsprop import rmsprop

from ganlab_desktop.experiment.optimizers import SGD, Adam, OptimizerSpec, RMSProp


class Optimizer:
    """Moves a parameter vector against gradients. `state` holds all that it remembers, by name.

    `spec` may be replaced by another of the same kind at any time: the state is kept.
    """

    spec: OptimizerSpec

    def __init__(self, spec: OptimizerSpec, parameters: Tensor) -> None:
        self.spec = spec
        self.parameters = parameters
        self.state: dict[str, Tensor] = {}

    def step(self, gradient: Tensor) -> None:
        """Move the parameters (P,) in place by one step for the gradient (P,)."""
        raise NotImplementedError


class _Adam(Optimizer):
    spec: Adam

    def __init__(self, spec: Adam, parameters: Tensor) -> None:
        super().__init__(spec, parameters)
        mean, square = torch.zeros_like(parameters), torch.zeros_like(parameters)
        self.state = {"mean": mean, "square": square, "updates": torch.zeros((), device=parameters.device)}

    def step(self, gradient: Tensor) -> None:
        spec, state = self.spec, self.state
        adam(
            [self.parameters],
            [gradient],
            [state["mean"]],
            [state["square"]],
            [],
            [state["updates"]],
            fused=True,
            amsgrad=False,
            beta1=spec.betas[0],
            beta2=spec.betas[1],
            lr=spec.lr,
            weight_decay=0.0,
            eps=spec.eps,
            maximize=False,
        )


class _RMSProp(Optimizer):
    spec: RMSProp

    def __init__(self, spec: RMSProp, parameters: Tensor) -> None:
        super().__init__(spec, parameters)
        square = torch.zeros_like(parameters)
        self.state = {"square": square, "updates": torch.zeros((), device=parameters.device)}

    def step(self, gradient: Tensor) -> None:
        spec, state = self.spec, self.state
        rmsprop(
            [self.parameters],
            [gradient],
            [state["square"]],
            [],
            [],
            [state["updates"]],
            foreach=False,
            lr=spec.lr,
            alpha=spec.alpha,
            eps=spec.eps,
            weight_decay=0.0,
            momentum=0.0,
            centered=False,
        )


class _SGD(Optimizer):
    spec: SGD

    def __init__(self, spec: SGD, parameters: Tensor) -> None:
        super().__init__(spec, parameters)
        self.state = {"momentum": torch.zeros_like(parameters)}

    def step(self, gradient: Tensor) -> None:
        if self.spec.momentum:
            gradient = self.state["momentum"].mul_(self.spec.momentum).add_(gradient)
        self.parameters.add_(gradient, alpha=-self.spec.lr)


@singledispatch
def build_optimizer(spec: OptimizerSpec, parameters: Tensor) -> Optimizer:
    """The optimiser that a spec describes, for a parameter vector (P,)."""
    raise TypeError(f"no optimiser for {type(spec).__name__}")


build_optimizer.register(Adam)(_Adam)
build_optimizer.register(RMSProp)(_RMSProp)
build_optimizer.register(SGD)(_SGD)
