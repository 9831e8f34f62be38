"""Adjustments of the game's vector field that damp its rotation.

The field v = (v_1, v_2) holds each player's gradient (P_i,) of its own loss, made with its graph; `players` are the
parameter tensors of each player, in the order of the gradients. H is the Jacobian dv/dw of the field.
"""

from collections.abc import Sequence
from functools import singledispatch

import torch
from torch import Tensor

from ganlab_desktop.experiment.games import Consensus, GameSpec, Symplectic

Field = Sequence[Tensor]
Players = Sequence[Sequence[Tensor]]

_EPSILON = 0.1  # Balduzzi et al. 2018, section 3.5: favours the adjustment where the alignment is all but zero


@singledispatch
def adjusted(spec: GameSpec, field: Field, players: Players) -> list[Tensor]:
    """The gradients (P_i,) by which the players move instead of v."""
    raise TypeError(f"{type(spec).__name__} adjusts nothing")


@adjusted.register
def _consensus(spec: Consensus, field: Field, players: Players) -> list[Tensor]:
    """v + gamma H^T v, the gradient of |v|^2 / 2 being H^T v."""
    v = [part.detach() for part in field]
    return [part + spec.gamma * slope for part, slope in zip(v, transposed(field, players, v), strict=True)]


@adjusted.register
def _symplectic(spec: Symplectic, field: Field, players: Players) -> list[Tensor]:
    """v + lambda A^T v with A = (H - H^T) / 2; lambda's sign is that of <v, H^T v> <A^T v, H^T v> / P + 1/10."""
    v = [part.detach() for part in field]
    pulled = transposed(field, players, v)
    turned = [0.5 * (back - forth) for back, forth in zip(pulled, forward(field, players, v), strict=True)]
    weight: float | Tensor = spec.weight
    if spec.align:
        alignment = _inner(v, pulled) * _inner(turned, pulled) / sum(len(part) for part in v)
        weight = spec.weight * torch.sign(alignment + _EPSILON)
    return [part + weight * turn for part, turn in zip(v, turned, strict=True)]


def transposed(field: Field, players: Players, vectors: Field, *, create_graph: bool = False) -> list[Tensor]:
    """H^T u (P_i,) for a vector u of the field's shape. The field's graph is kept."""
    tensors = [tensor for player in players for tensor in player]
    total = _inner(field, vectors)
    if not total.requires_grad:  # a field that is the same everywhere
        return [torch.zeros_like(part) for part in field]
    slopes = torch.autograd.grad(total, tensors, retain_graph=True, create_graph=create_graph, materialize_grads=True)
    flat = torch.cat([slope.reshape(-1) for slope in slopes])
    return list(torch.split(flat, [len(part) for part in field]))


def forward(field: Field, players: Players, vectors: Field) -> list[Tensor]:
    """H u (P_i,): H^T w is linear in w, and H u is the gradient of <H^T w, u> with respect to w."""
    w = [torch.zeros_like(part).requires_grad_() for part in field]
    total = _inner(transposed(field, players, w, create_graph=True), vectors)
    if not total.requires_grad:
        return [torch.zeros_like(part) for part in field]
    return list(torch.autograd.grad(total, w, retain_graph=True, materialize_grads=True))


def _inner(left: Field, right: Field) -> Tensor:
    return torch.stack([torch.dot(one, other) for one, other in zip(left, right, strict=True)]).sum()
