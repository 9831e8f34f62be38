"""Between which bounds a network's Lipschitz constant lies, and how a generator stretches the latent space."""

import math
from functools import singledispatch
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from ganlab_desktop.gan.networks.conditioning import Classifying, Concatenated, Given, Projected
from ganlab_desktop.gan.networks.lipschitz import GroupSort
from ganlab_desktop.gan.networks.maps import Images
from ganlab_desktop.gan.networks.mlp import FourierFeatures, Residual
from ganlab_desktop.gan.networks.progressive import GrowingFeatures
from ganlab_desktop.gan.networks.reference import Reference, judged
from ganlab_desktop.gan.networks.resnet import ResidualBlock, SumOfPlaces
from ganlab_desktop.gan.penalties import gradient_norms, input_gradient
from ganlab_desktop.measure.theory.convolution_norm import convolution_bound


class UnboundedError(ValueError):
    """A layer has no Lipschitz bound here; the message names it."""


class Bracket(NamedTuple):
    """lower <= L <= upper; `upper` is None where a layer has no bound, and `reason` says which."""

    lower: float
    upper: float | None
    reason: str


def lipschitz_bracket(
    network: nn.Module, points: Tensor, *, packing: int = 1, reference: Reference | None = None
) -> Bracket:
    """From the largest |grad D| at points (N, d) to the product of the layers' bounds (Szegedy et al. 2014, sec. 4.3).

    A network that packs is looked at as D(x, ..., x), whose input is sqrt(packing) times as long as x; one that
    compares samples has a `reference` batch beside which it judges each. Call it on a network in eval mode: spectral
    norm moves its singular vectors at each look in train mode.
    """
    gradients = input_gradient(lambda x: judged(network, x, packing, reference), points)
    lower = float(gradient_norms(gradients).max())
    try:
        return Bracket(lower, math.sqrt(packing) * lipschitz_bound(network), "")
    except UnboundedError as error:
        return Bracket(lower, None, str(error))


@singledispatch
def lipschitz_bound(module: nn.Module) -> float:
    """An upper bound of a layer's or network's Lipschitz constant. Raises UnboundedError where none is known."""
    raise UnboundedError(f"There is no bound through {type(module).__name__}.")


@lipschitz_bound.register
def _sequential(module: nn.Sequential) -> float:
    bound = 1.0
    for layer in module:
        bound *= lipschitz_bound(layer)
    return bound


@lipschitz_bound.register
def _linear(module: nn.Linear) -> float:
    return float(torch.linalg.svdvals(module.weight.detach().double())[0])


@lipschitz_bound.register
def _convolution(module: nn.Conv2d) -> float:
    if module.padding_mode != "zeros" or module.dilation != (1, 1) or module.groups != 1:
        raise UnboundedError(f"There is no bound through {type(module).__name__} with dilation, groups or reflection.")
    return convolution_bound(module.weight, cast(tuple[int, int], module.stride))


@lipschitz_bound.register
def _mean(module: nn.AvgPool2d) -> float:
    """Means over k x k places that do not overlap: each is 1 / k^2 times a vector of ones as long as k."""
    if module.kernel_size != module.stride or module.padding:
        raise UnboundedError("There is no bound through means over places that overlap.")
    return 1.0 / cast(int, module.kernel_size)


@lipschitz_bound.register
def _sum(module: SumOfPlaces) -> float:
    return math.sqrt(module.places)


@lipschitz_bound.register
def _block(module: ResidualBlock) -> float:
    return lipschitz_bound(module.change) + lipschitz_bound(module.shortcut)


@lipschitz_bound.register
def _growing(module: GrowingFeatures) -> float:
    """At its stage; each halving to it by means over 2 x 2 places halves distances."""
    level, alpha = module.growth.stage
    bound = lipschitz_bound(module.inputs[level])
    for below in reversed(range(level)):
        bound *= lipschitz_bound(module.blocks[below])
        if below == level - 1:
            bound = alpha * bound + (1.0 - alpha) * 0.5 * lipschitz_bound(module.inputs[below])
    return bound * 0.5 ** (module.growth.levels - 1 - level)


@lipschitz_bound.register
def _residual(module: Residual) -> float:
    return 1.0 + lipschitz_bound(module.change)


@lipschitz_bound.register
def _fourier(module: FourierFeatures) -> float:
    """J^T J = 4 pi^2 F^T F at every point, so that the bound is reached."""
    return 2.0 * math.pi * float(torch.linalg.svdvals(module.frequencies.double())[0])


@lipschitz_bound.register
def _given(module: Given) -> float:
    """Under the condition that it is told."""
    network = module.network
    return _projected(network, module.condition) if isinstance(network, Projected) else lipschitz_bound(network)


@lipschitz_bound.register
def _concatenated(module: Concatenated) -> float:
    """Of (x, c(y)); at a fixed class only x moves, which is no further than both."""
    return lipschitz_bound(module.network)


@lipschitz_bound.register
def _of_any_class(module: Projected) -> float:
    return _projected(module, torch.arange(len(module.classes.weight)))


def _projected(module: Projected, labels: Tensor) -> float:
    """Of (w + e_y) . phi(x), for the class of the longest w + e_y."""
    weight = cast(nn.Linear, module.output).weight.detach().double()
    along = module.classes.weight.detach().double()[labels]
    return lipschitz_bound(module.features) * float(torch.linalg.vector_norm(weight + along, dim=1).max())


@lipschitz_bound.register
def _classifying(module: Classifying) -> float:
    return lipschitz_bound(module.features) * lipschitz_bound(module.output)


@lipschitz_bound.register(nn.ReLU)
@lipschitz_bound.register(nn.Tanh)
@lipschitz_bound.register(nn.Identity)
@lipschitz_bound.register(nn.Flatten)
@lipschitz_bound.register(Images)
@lipschitz_bound.register(GroupSort)
def _one(module: nn.Module) -> float:
    return 1.0


@lipschitz_bound.register
def _leaky_relu(module: nn.LeakyReLU) -> float:
    return max(1.0, abs(module.negative_slope))


@lipschitz_bound.register
def _elu(module: nn.ELU) -> float:
    return max(1.0, module.alpha)


@lipschitz_bound.register
def _sigmoid(module: nn.Sigmoid) -> float:
    return 0.25


@lipschitz_bound.register
def _silu(module: nn.SiLU) -> float:
    return 1.10  # 1.0998 at 2.40


@lipschitz_bound.register
def _gelu(module: nn.GELU) -> float:
    return 1.13  # 1.1290 at the root of 2


def generator_singular_values(generator: nn.Module, latents: Tensor) -> Tensor:
    """The singular values (B, min(d, k)) of dG/dz at latents (B, k) for samples (B, d), largest first.

    Near 0 the generator collapses that direction; the spread between the largest and the least is its conditioning
    (Odena et al. 2018). NaN where dG/dz is not finite.
    """
    latents = latents.detach().requires_grad_()
    with torch.enable_grad():
        outputs = generator(latents)
        rows = [torch.autograd.grad(column.sum(), latents, retain_graph=True)[0] for column in outputs.unbind(1)]
    jacobians = torch.stack(rows, dim=1)
    finite = jacobians.isfinite().all(2).all(1)[:, None]
    values = torch.linalg.svdvals(torch.where(finite[..., None], jacobians, 0.0))
    return torch.where(finite, values, math.nan)
