"""A network whose parameters all live in one flat vector.

An optimiser step, an average, a clamp and a snapshot are then one operation on one tensor, whatever the network.
"""

import torch
from torch import Tensor, nn
from torch.func import functional_call

from ganlab_desktop.gan.networks.conditioning import given


class FlatNetwork:
    """A module together with the vector (P,) that holds all its parameters."""

    def __init__(self, module: nn.Module, device: torch.device) -> None:
        self.module = module.to(device)
        self.tensors = list(module.parameters())
        self.vector = torch.cat([parameter.detach().reshape(-1) for parameter in self.tensors])
        offset = 0
        for parameter in self.tensors:
            parameter.data = self.vector[offset : offset + parameter.numel()].view_as(parameter)
            offset += parameter.numel()

    def gradient(self, loss: Tensor, *, create_graph: bool = False) -> Tensor:
        """The gradient (P,) of a scalar with respect to all parameters."""
        gradients = torch.autograd.grad(loss, self.tensors, create_graph=create_graph, materialize_grads=True)
        return torch.cat([gradient.reshape(-1) for gradient in gradients])

    def with_parameters(self, vector: Tensor, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """The output for x, under a condition where one is needed, with the parameters (P,) in place of the network's
        own, differentiable in both."""
        module = given(self.module, condition)
        parts = torch.split(vector, [parameter.numel() for parameter in self.tensors])
        names = (name for name, _ in module.named_parameters())
        parameters = {name: part.view_as(own) for name, part, own in zip(names, parts, self.tensors, strict=True)}
        output: Tensor = functional_call(module, parameters, x)
        return output

    def buffers(self) -> dict[str, Tensor]:
        """What the network keeps besides parameters: running statistics, singular vectors."""
        return dict(self.module.named_buffers())
