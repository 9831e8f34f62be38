"""Consistency terms against the formulas on the same draws, with gradients derived by hand."""

import torch
from turns import BATCH, Quadratic, Warp, batches, normals, rng, turn

from ganlab_desktop.experiment.penalties import Consistency
from ganlab_desktop.gan.penalties import GeneratorTurn, build_penalty


def latents() -> torch.Tensor:
    return torch.randn(BATCH, 3, generator=torch.Generator().manual_seed(6), dtype=torch.float64)


def test_balanced_consistency_and_its_gradient_equal_the_hand_derivation() -> None:
    network, (real, fake) = Quadratic(), batches()
    term = build_penalty(Consistency(weight=2.0, jitter=0.3)).term(turn(network, real, fake), rng())
    assert term is not None
    expected, by_a, by_b = 0.0, torch.zeros(2, 2).double(), torch.zeros(2).double()
    a, b = network.a.detach(), network.b.detach()
    for x, noise in zip((real, fake), normals((BATCH, 2), (BATCH, 2)), strict=True):
        y = x + 0.3 * noise
        gap = (0.5 * torch.einsum("ni,ij,nj->n", x, a, x) + x @ b) - (
            0.5 * torch.einsum("ni,ij,nj->n", y, a, y) + y @ b
        )
        expected += 2.0 * float((gap**2).mean())
        # dD/dA = x x^T / 2 and dD/db = x
        by_a += 4.0 * torch.einsum("n,nij->ij", gap, 0.5 * (outer(x) - outer(y))) / BATCH
        by_b += 4.0 * gap @ (x - y) / BATCH
    torch.testing.assert_close(term.item(), expected)
    torch.testing.assert_close(torch.autograd.grad(term, (network.a, network.b)), (by_a, by_b))


def outer(x: torch.Tensor) -> torch.Tensor:
    return x[:, :, None] * x[:, None, :]


def test_latent_consistency_of_d_and_its_gradient_equal_the_hand_derivation() -> None:
    network, generator, z = Quadratic(), Warp(), latents()
    real, _ = batches()
    fake = generator(z).detach()
    spec = Consistency(weight=0.0, latent_weight=5.0, latent_jitter=0.2)
    term = build_penalty(spec).term(turn(network, real, fake, latent=z, generator=generator), rng())
    assert term is not None
    moved = generator(z + 0.2 * normals((BATCH, 3))[0]).detach()
    gap = (network(fake) - network(moved)).detach()[:, 0]
    torch.testing.assert_close(term.item(), 5.0 * float((gap**2).mean()))
    by_b, by_w = torch.autograd.grad(term, (network.b, generator.w), materialize_grads=True)
    torch.testing.assert_close(by_b, 10.0 * gap @ (fake - moved) / BATCH)
    assert not by_w.any()  # D's term leaves G alone


def test_latent_consistency_compares_under_the_same_instance_noise() -> None:
    network, generator, z = Quadratic(), Warp(), latents()
    noise = torch.ones(BATCH, 2).double()
    fake = generator(z).detach() + noise
    spec = Consistency(weight=0.0, latent_weight=1.0, latent_jitter=0.2)
    term = build_penalty(spec).term(turn(network, fake, fake, latent=z, generator=generator), rng())
    moved = generator(z + 0.2 * normals((BATCH, 3))[0]) + noise
    torch.testing.assert_close(term, (network(fake) - network(moved)).square().mean())


def test_the_generators_term_and_its_gradient_equal_the_hand_derivation() -> None:
    generator, z = Warp(), latents()
    penalty = build_penalty(Consistency(generator_weight=0.5, latent_jitter=0.2))
    assert penalty.moves_generator
    fake = generator(z)
    term = penalty.generator_term(GeneratorTurn(Quadratic(), generator, z, fake, fake), rng())
    step = torch.tanh(z) - torch.tanh(z + 0.2 * normals((BATCH, 3))[0])  # G(z) - G(z + e) = W step
    torch.testing.assert_close(term, -0.5 * (step @ generator.w.T).square().sum(1).mean())
    (by_w,) = torch.autograd.grad(term, generator.w)
    torch.testing.assert_close(by_w, -1.0 * generator.w.detach() @ step.T @ step / BATCH)


def test_without_latent_weights_the_latents_are_left_alone() -> None:
    network, (real, fake) = Quadratic(), batches()
    penalty = build_penalty(Consistency())
    assert not penalty.moves_generator
    first = penalty.term(turn(network, real, fake), rng())
    assert torch.equal(first, penalty.term(turn(network, real, fake, latent=latents()), rng()))
