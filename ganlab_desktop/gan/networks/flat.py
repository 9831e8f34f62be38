"""A network whose parameters all live in one flat vector.

An optimiser step, an average, a clamp and a snapshot are then one operation on one tensor, whatever the network.
"""

import torch
from torch import Tensor, nn


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

    def gradient(self, loss: Tensor) -> Tensor:
        """The gradient (P,) of a scalar with respect to all parameters."""
        gradients = torch.autograd.grad(loss, self.tensors, materialize_grads=True)
        return torch.cat([gradient.reshape(-1) for gradient in gradients])

    def buffers(self) -> dict[str, Tensor]:
        """What the network keeps besides parameters: running statistics, singular vectors."""
        return dict(self.module.named_buffers())
