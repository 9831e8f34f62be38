"""Velocities of generated samples against the losses' own gradients and Gaussian closed forms."""

import numpy as np
import pytest
import torch

from ganlab_desktop.experiment.data import Mixture1D, Points, Ring
from ganlab_desktop.experiment.objectives import Minimax, NonSaturating
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.measure.theory.kernel_density import density_pair
from ganlab_desktop.measure.theory.velocity import exact_ideal_velocity, ideal_velocity, particle_velocities


def test_velocities_are_the_descent_of_the_generators_losses() -> None:
    x = torch.from_numpy(np.random.default_rng(0).standard_normal((6, 2))).requires_grad_()
    v = (x**3).sum(1) - 2
    (gradients,) = torch.autograd.grad(v.sum(), x, retain_graph=True)
    found = particle_velocities(v.detach().numpy(), gradients.numpy())
    for velocity, spec in ((found.saturating, Minimax()), (found.non_saturating, NonSaturating())):
        loss = build_objective(spec).generator_loss(v, v)
        (gradient,) = torch.autograd.grad(len(x) * loss, x, retain_graph=True)
        assert velocity == pytest.approx(-gradient.numpy(), rel=1e-10)
    assert found.non_saturating == pytest.approx(np.exp(-v.detach().numpy())[:, None] * found.saturating)


def test_saturation_keeps_its_last_digits() -> None:
    found = particle_velocities(np.array([-30.0]), np.ones((1, 1)))
    assert found.saturating[0, 0] == pytest.approx(9.357622968839299e-14, rel=1e-9)
    assert found.non_saturating[0, 0] == pytest.approx(1)


def test_ideal_velocity_of_shifted_gaussians_is_their_closed_form() -> None:
    """Both sides smoothed by h, grad log p/q = (m - x) / (s^2 + h^2) - (n - x) / (t^2 + h^2)."""
    data = build(Mixture1D(means=(2.0,), sigmas=(1.0,), weights=(1.0,), scale=1.0))
    samples = 0.7 * np.random.default_rng(0).standard_normal((200_000, 1))
    x, h = np.linspace(-1, 1, 9)[:, None], 0.5
    exact = (2 - x) / (1 + h**2) + x / (0.49 + h**2)
    assert ideal_velocity(data, samples, x, h) == pytest.approx(exact, abs=0.02)


def test_ideal_velocity_is_the_gradient_of_the_optimal_logit() -> None:
    data, h, step = build(Ring()), 0.05, 1e-4
    samples = data.sample(np.random.default_rng(0), 300) * np.float32(0.9)
    points = samples[:300].astype(np.float64)
    found = ideal_velocity(data, samples, points, h)
    for k in (0, 1, 299):
        (x, y), logit = points[k], []
        for a, b in ((x + step, y), (x - step, y), (x, y + step), (x, y - step)):
            pair = density_pair(data, samples, np.array([a]), np.array([b]), h)
            logit.append(float(pair.log_p[0, 0] - pair.log_q[0, 0]))
        exact = [(logit[0] - logit[1]) / (2 * step), (logit[2] - logit[3]) / (2 * step)]
        assert found[k] == pytest.approx(exact, rel=1e-4, abs=1e-3)


def test_data_without_a_density_have_no_ideal_velocity(tmp_path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("1,2\n3,4\n")
    with pytest.raises(ValueError, match="no density"):
        ideal_velocity(build(Points(path=str(file))), np.zeros((1, 2)), np.zeros((1, 2)), 0.1)


def test_the_exact_ideal_velocity_of_gaussians_is_the_difference_of_their_scores() -> None:
    data = build(Mixture1D(means=(2.0,), sigmas=(1.0,), weights=(1.0,), scale=1.0))
    x = np.linspace(-3, 3, 9)[:, None]
    found = exact_ideal_velocity(data, np.array([0.5]), np.array([[0.49]]), x)
    assert found == pytest.approx((2 - x) + (x - 0.5) / 0.49, abs=1e-6)
