"""How a game moves near a point: the Jacobian of its vector field (-grad_theta L_G, -grad_psi L_D) and its spectrum.

Real parts below 0 make the flow stable, imaginary parts turn it (Mescheder et al. 2017; Balduzzi et al. 2018). Gradient
descent takes steps, for which the eigenvalues of `step_matrix` decide.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigs
from torch import Tensor, nn
from torch.func import functional_call

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
Losses = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]  # theta (P,), psi (Q,) -> L_G, L_D


class _UnwantedError(Exception):
    """Leaves a search that nobody waits for."""


class LinearisedGame:
    """The vector field of a game at one point and products with its Jacobian J, (P + Q, P + Q), theta's rows first.

    `losses` gives the two scalars that generator and discriminator minimise; it may take gradients itself, with
    create_graph, as penalties do. `field` (P + Q,). The graph is built once; each product is one pass back through it.
    """

    def __init__(self, losses: Losses, theta: Tensor, psi: Tensor) -> None:
        self._point = theta.detach().requires_grad_(), psi.detach().requires_grad_()
        with torch.enable_grad():
            self._field = _descents(losses, self._point, create_graph=True)
            self._weights = torch.zeros_like(self._field, requires_grad=True)
            self._weighted = torch.cat(self._back(self._weights, create_graph=True))  # J^T w, which is linear in w
        self.field = self._field.detach()

    def _back(self, weights: Tensor, *, create_graph: bool = False) -> tuple[Tensor, ...]:
        return torch.autograd.grad(
            self._field, self._point, weights, retain_graph=True, create_graph=create_graph, materialize_grads=True
        )

    def product(self, direction: Tensor) -> Tensor:
        """J v for a direction v (P + Q,): how the field changes along it."""
        (product,) = torch.autograd.grad(self._weighted, self._weights, direction, retain_graph=True)
        return product

    def transposed_product(self, weights: Tensor) -> Tensor:
        """J^T w for weights w (P + Q,)."""
        return torch.cat(self._back(weights))

    def jacobian(self) -> FloatArray:
        """All of J, in P + Q passes: for games of up to a few thousand parameters."""
        rows = [self.transposed_product(unit) for unit in torch.eye(len(self.field)).to(self.field)]
        return torch.stack(rows).double().cpu().numpy()

    def leading_eigenvalues(
        self,
        count: int,
        rng: np.random.Generator,
        which: Literal["LM", "LR", "LI"] = "LR",
        *,
        wanted: Callable[[], bool] = lambda: True,
    ) -> ComplexArray:
        """`count` < P + Q - 1 eigenvalues of J of the largest real part ("LR"), magnitude ("LM") or imaginary part.

        Arnoldi iteration (ARPACK) started at a random vector; fewer where it does not converge, none once it is no
        longer `wanted`.
        """
        size = len(self.field)

        def product(v: FloatArray) -> FloatArray:
            if not wanted():
                raise _UnwantedError
            return self.product(torch.from_numpy(v.reshape(-1)).to(self.field)).double().cpu().numpy()

        operator = LinearOperator((size, size), matvec=product, dtype=np.float64)
        try:
            values = eigs(operator, count, which=which, v0=rng.standard_normal(size), return_eigenvectors=False)
        except ArpackNoConvergence as error:
            values = error.eigenvalues
        except _UnwantedError:
            values = np.empty(0)
        return np.asarray(values, np.complex128)


def vector_field(losses: Losses, theta: Tensor, psi: Tensor) -> Tensor:
    """(-grad_theta L_G, -grad_psi L_D) at a point, (P + Q,)."""
    with torch.enable_grad():
        return _descents(losses, (theta.detach().requires_grad_(), psi.detach().requires_grad_()), create_graph=False)


def _descents(losses: Losses, point: tuple[Tensor, Tensor], *, create_graph: bool) -> Tensor:
    descents = [
        torch.autograd.grad(-loss, player, retain_graph=True, create_graph=create_graph, materialize_grads=True)[0]
        for loss, player in zip(losses(*point), point, strict=True)
    ]
    return torch.cat(descents)


def evaluated_at(module: nn.Module, vector: Tensor) -> Callable[[Tensor], Tensor]:
    """The module with its parameters replaced by the flat vector (P,), in the order of `module.parameters()`.

    Call it in eval mode (`Game.observed`), as spectral and batch norm move their statistics in train mode.
    """
    parameters, offset = {}, 0
    for name, parameter in module.named_parameters():
        parameters[name] = vector[offset : offset + parameter.numel()].view_as(parameter)
        offset += parameter.numel()

    def evaluate(inputs: Tensor) -> Tensor:
        outputs: Tensor = functional_call(module, parameters, inputs)
        return outputs

    return evaluate


def split(jacobian: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The symmetric part, which a potential has, and the antisymmetric one, which rotates (Balduzzi et al. 2018)."""
    return (jacobian + jacobian.T) / 2, (jacobian - jacobian.T) / 2


def step_matrix(
    jacobian: FloatArray, generator_size: int, rates: tuple[float, float], *, alternating: bool
) -> FloatArray:
    """The derivative of one iteration of plain gradient descent with the players' learning rates (generator, D).

    Simultaneous: I + h J. Alternating: D moves first and the generator sees the new D. The iteration converges locally
    where all eigenvalues lie inside the unit circle.
    """
    one = np.eye(len(jacobian))
    of_generator = (np.arange(len(jacobian)) < generator_size)[:, None]
    generator = np.where(of_generator, rates[0] * jacobian, 0.0)
    discriminator = np.where(of_generator, 0.0, rates[1] * jacobian)
    if not alternating:
        return one + generator + discriminator
    return (one + generator) @ (one + discriminator)
