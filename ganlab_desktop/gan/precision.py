"""In which numbers the networks compute while they train.

Under bfloat16 the matrix products and convolutions of a forward pass, and of the way back through it, take factors of
8 significant bits; torch.autocast keeps what needs more in float32. Outputs are cast up before any loss is taken of
them, and weights, how they are made of parameters, gradients, optimisers, penalties and all that is looked at stay in
float32. A bfloat16 has the exponent of a float32, so that small gradients do not vanish: unlike float16 it needs no
loss scaler (Micikevicius et al. 2018, section 3.2; Kalamkar et al. 2019).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.experiment import Precision

Forward = Callable[[Tensor], Tensor]


def at_precision(precision: Precision, device: torch.device, network: nn.Module) -> Forward:
    """The network as a function of a batch (B, ...), with float32 outputs."""
    if precision == "float32":
        return network

    def forward(x: Tensor) -> Tensor:
        with torch.autocast(device.type, torch.bfloat16):
            output: Tensor = network(x)
        return output.float()

    return forward


def in_full_precision(device: torch.device) -> AbstractContextManager[object]:
    """A block in which nothing is rounded, for products that make a weight rather than act with it."""
    if torch.amp.is_autocast_available(device.type) and torch.is_autocast_enabled(device.type):
        return torch.autocast(device.type, enabled=False)
    return nullcontext()
