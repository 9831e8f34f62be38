"""In which numbers the networks compute while they train.

Under bfloat16 the matrix products and convolutions of a forward pass, and of the way back through it, take factors of
8 significant bits; torch.autocast keeps what needs more in float32. Outputs are cast up before any loss is taken of
them, and weights, gradients, optimisers, penalties and all that is looked at stay in float32. A bfloat16 has the
exponent of a float32, so that small gradients do not vanish: unlike float16 it needs no loss scaler (Micikevicius et
al. 2018, section 3.2; Kalamkar et al. 2019).
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from ganlab_desktop.experiment.experiment import Precision

Forward = Callable[[Tensor], Tensor]


def at_precision(precision: Precision, device: torch.device, network: nn.Module) -> Forward:
    """The network as a function of a batch (B, ...), with float32 outputs."""
    if precision == "float32":
        return network

    def forward(x: Tensor) -> Tensor:
        with parametrize.cached():
            for module in network.modules():
                if parametrize.is_parametrized(module):
                    _ = module.weight  # made in float32, spectral norm's singular vectors with it
            with torch.autocast(device.type, torch.bfloat16):
                output: Tensor = network(x)
        return output.float()

    return forward
