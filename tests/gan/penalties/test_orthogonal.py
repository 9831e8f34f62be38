"""Orthogonal regularisation against a loop over pairs of filters."""

import numpy as np
import torch
from torch import nn
from turns import batches, rng, turn

from ganlab_desktop.experiment.penalties import Orthogonal
from ganlab_desktop.gan.networks.conditioning import Concatenated, Projected
from ganlab_desktop.gan.networks.minibatch import MinibatchDiscrimination
from ganlab_desktop.gan.penalties import build_penalty
from ganlab_desktop.gan.penalties.orthogonal import non_orthogonality


def network() -> nn.Sequential:
    layers = nn.Sequential(nn.Linear(2, 5), nn.LayerNorm(5), nn.Tanh(), nn.Linear(5, 3), nn.Tanh(), nn.Linear(3, 1))
    return layers.double()


def test_the_term_and_its_gradient_equal_the_sum_over_pairs_of_filters() -> None:
    discriminator, (real, fake) = network(), batches()
    term = build_penalty(Orthogonal(weight=0.5)).term(turn(discriminator, real, fake), rng())
    assert term is not None
    weights = [layer.weight for layer in discriminator if isinstance(layer, nn.Linear)]
    expected, by_weight = 0.0, [torch.zeros_like(weight) for weight in weights]
    for weight, gradient in zip((weight.detach() for weight in weights), by_weight, strict=True):
        for i in range(len(weight)):
            for j in range(len(weight)):
                if i != j:
                    product = float(weight[i] @ weight[j])
                    expected += 0.5 * product**2
                    # the square of w_i . w_j by w_i, and the same pair once more in the other order
                    gradient[i] += 0.5 * 4.0 * product * weight[j]
    torch.testing.assert_close(term.item(), expected)
    torch.testing.assert_close(torch.autograd.grad(term, weights), tuple(by_weight))


def test_orthogonal_filters_of_any_length_cost_nothing() -> None:
    layer = nn.Linear(4, 3, bias=False)
    rotation, _ = torch.linalg.qr(torch.randn(4, 4, generator=torch.Generator().manual_seed(0)))
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[5.0], [0.1], [1.0]]) * rotation[:3])
    assert non_orthogonality(layer).item() < 1e-10


def test_a_convolutions_filters_are_taken_whole() -> None:
    layer = nn.Conv2d(2, 3, 3)
    flat = nn.Linear(18, 3)
    with torch.no_grad():
        flat.weight.copy_(layer.weight.reshape(3, 18))
    torch.testing.assert_close(non_orthogonality(layer), non_orthogonality(flat))


def test_the_minibatch_tensor_and_the_vectors_of_classes_are_no_filters() -> None:
    rng = np.random.default_rng(0)
    plain = nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 1))
    with_tensor = nn.Sequential(plain[0], MinibatchDiscrimination(4, 3, 2, rng), plain[1])
    projected = Projected(plain, nn.Linear(4, 5, bias=False))
    embedded = Concatenated(plain, nn.Embedding(5, 2))
    for network in (with_tensor, projected, embedded):
        torch.testing.assert_close(non_orthogonality(network), non_orthogonality(plain))
