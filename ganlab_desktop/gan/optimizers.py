"""The optimisers, each a step on one flat parameter vector. The arithmetic is PyTorch's own."""

from functools import singledispatch

import torch
from torch import Tensor
from torch.optim.adam import adam
from torch.optim.rmsprop import rmsprop

from ganlab_desktop.experiment.optimizers import SGD, Adam, OptimizerSpec, RMSProp

State = dict[str, Tensor]

_TINY = 1e-30  # below it a mean square counts as zero, where the root has no derivative


class Optimizer:
    """Moves a parameter vector against gradients. `state` holds all that it remembers, by name.

    `spec` may be replaced by another of the same kind at any time: the state is kept.
    """

    spec: OptimizerSpec

    def __init__(self, spec: OptimizerSpec, parameters: Tensor) -> None:
        self.spec = spec
        self.parameters = parameters
        self.state: State = {}

    def step(self, gradient: Tensor, factor: float = 1.0) -> None:
        """Move the parameters (P,) in place by one step for the gradient (P,), at the learning rate times `factor`."""
        raise NotImplementedError

    def move(self, gradient: Tensor, factor: float = 1.0) -> Tensor:
        """The change (P,) of the parameters that `step` would make; the state moves on, the parameters rest."""
        parameters, self.parameters = self.parameters, torch.zeros_like(self.parameters)
        try:
            self.step(gradient, factor)
            return self.parameters
        finally:
            self.parameters = parameters

    def ahead(self, parameters: Tensor, gradient: Tensor, state: State, factor: float = 1.0) -> tuple[Tensor, State]:
        """What `step` would make of parameters (P,) and a state, differentiable in all three and changing none."""
        raise NotImplementedError


class _Adam(Optimizer):
    spec: Adam

    def __init__(self, spec: Adam, parameters: Tensor) -> None:
        super().__init__(spec, parameters)
        mean, square = torch.zeros_like(parameters), torch.zeros_like(parameters)
        self.state = {"mean": mean, "square": square, "updates": torch.zeros((), device=parameters.device)}

    def step(self, gradient: Tensor, factor: float = 1.0) -> None:
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
            lr=factor * spec.lr,
            weight_decay=0.0,
            eps=spec.eps,
            maximize=False,
        )

    def ahead(self, parameters: Tensor, gradient: Tensor, state: State, factor: float = 1.0) -> tuple[Tensor, State]:
        spec, (beta1, beta2) = self.spec, self.spec.betas
        mean = beta1 * state["mean"] + (1.0 - beta1) * gradient
        square = beta2 * state["square"] + (1.0 - beta2) * gradient.square()
        updates = state["updates"] + 1.0
        root = square.clamp_min(_TINY).sqrt() / (1.0 - beta2**updates).sqrt()
        move = mean / (1.0 - beta1**updates) / (root + spec.eps)
        return parameters - factor * spec.lr * move, {"mean": mean, "square": square, "updates": updates}


class _RMSProp(Optimizer):
    spec: RMSProp

    def __init__(self, spec: RMSProp, parameters: Tensor) -> None:
        super().__init__(spec, parameters)
        square = torch.zeros_like(parameters)
        self.state = {"square": square, "updates": torch.zeros((), device=parameters.device)}

    def step(self, gradient: Tensor, factor: float = 1.0) -> None:
        spec, state = self.spec, self.state
        rmsprop(
            [self.parameters],
            [gradient],
            [state["square"]],
            [],
            [],
            [state["updates"]],
            foreach=False,
            lr=factor * spec.lr,
            alpha=spec.alpha,
            eps=spec.eps,
            weight_decay=0.0,
            momentum=0.0,
            centered=False,
        )

    def ahead(self, parameters: Tensor, gradient: Tensor, state: State, factor: float = 1.0) -> tuple[Tensor, State]:
        spec = self.spec
        square = spec.alpha * state["square"] + (1.0 - spec.alpha) * gradient.square()
        move = gradient / (square.clamp_min(_TINY).sqrt() + spec.eps)
        return parameters - factor * spec.lr * move, {"square": square, "updates": state["updates"] + 1.0}


class _SGD(Optimizer):
    spec: SGD

    def __init__(self, spec: SGD, parameters: Tensor) -> None:
        super().__init__(spec, parameters)
        self.state = {"momentum": torch.zeros_like(parameters)}

    def step(self, gradient: Tensor, factor: float = 1.0) -> None:
        if self.spec.momentum:
            gradient = self.state["momentum"].mul_(self.spec.momentum).add_(gradient)
        self.parameters.add_(gradient, alpha=-factor * self.spec.lr)

    def ahead(self, parameters: Tensor, gradient: Tensor, state: State, factor: float = 1.0) -> tuple[Tensor, State]:
        momentum = self.spec.momentum * state["momentum"] + gradient
        return parameters - factor * self.spec.lr * momentum, {"momentum": momentum}


@singledispatch
def build_optimizer(spec: OptimizerSpec, parameters: Tensor) -> Optimizer:
    """The optimiser that a spec describes, for a parameter vector (P,)."""
    raise TypeError(f"no optimiser for {type(spec).__name__}")


build_optimizer.register(Adam)(_Adam)
build_optimizer.register(RMSProp)(_RMSProp)
build_optimizer.register(SGD)(_SGD)
