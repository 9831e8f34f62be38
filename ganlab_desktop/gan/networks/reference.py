"""How a discriminator whose layers mix a batch is asked about one sample: beside a batch that stays the same."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganlab_desktop.gan.networks.batch_norm import BatchNorm
from ganlab_desktop.gan.networks.conditioning import given
from ganlab_desktop.gan.networks.minibatch import MinibatchLayer


class Reference(NamedTuple):
    """The batch (R, ...), packed, beside which single samples are judged, and its condition (R, ...) where networks are
    told one."""

    batch: Tensor
    condition: Tensor | None = None

    def cpu(self) -> "Reference":
        """The same in the computer's own memory."""
        return Reference(self.batch.cpu(), None if self.condition is None else self.condition.cpu())


def judged(discriminator: nn.Module, samples: Tensor, packing: int, reference: Reference | None) -> Tensor:
    """The raw output (N, 1) for samples (N, ...), each on its own: a packing discriminator is shown (x, ..., x), and
    layers that mix a batch set each beside the same reference, where there is one. The mean of several patches, which
    is what a PatchGAN says of an image (Isola et al. 2017, section 3.2.2)."""
    packs = samples.repeat(1, packing) if packing > 1 else samples
    with beside(discriminator, reference) if reference is not None else nullcontext():
        v: Tensor = discriminator(packs)
    return v if v.shape[1] == 1 else v.mean(1, keepdim=True)


@contextmanager
def beside(network: nn.Module, reference: Reference) -> Iterator[None]:
    """A block in which layers that compare samples judge each as the first of a batch whose others are the reference,
    and batch norm takes the reference's mean and variance."""
    layers = [module for module in network.modules() if isinstance(module, MinibatchLayer | BatchNorm)]
    try:
        for layer in layers:
            layer.remembers = True
        with torch.no_grad():
            given(network, reference.condition)(reference.batch)
        for layer in layers:
            layer.remembers = False
        yield
    finally:
        for layer in layers:
            layer.remembers, layer.reference = False, None
