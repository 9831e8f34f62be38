"""The Dirac-GAN against the laboratory's own losses, the paper's eigenvalues and conserved quantities."""

from typing import get_args

import numpy as np
import pytest
import torch
from torch import Tensor

from ganlab_desktop.experiment.games import Consensus, Symplectic
from ganlab_desktop.experiment.objectives import Minimax, NonSaturating, Wasserstein
from ganlab_desktop.gan.adjustments import adjusted
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.measure.theory.dirac import Descent, DiracGan, Form, Objective
from ganlab_desktop.measure.theory.game_jacobian import LinearisedGame

SPECS = {"minimax": Minimax(), "non_saturating": NonSaturating(), "wasserstein": Wasserstein()}
OBJECTIVES: list[Objective] = ["minimax", "non_saturating", "wasserstein"]
METHODS = ["none", "r1", "r2", "gradient_penalty", "one_sided_gradient_penalty"]
POINTS = np.random.default_rng(0).uniform(-2.5, 2.5, (20, 2))
FIRST = {"minimax": 0.5, "non_saturating": 0.5, "wasserstein": 1.0}  # f'(0)
SECOND = {"minimax": -0.25, "non_saturating": -0.25, "wasserstein": 0.0}  # f''(0)


def dirac_with(
    objective: Objective, method: str = "none", strength: float = 0.0, form: Form = "alternating"
) -> DiracGan:
    """The game with one thing added to it."""
    if method == "consensus":
        return DiracGan(objective, descent=Descent("consensus", strength))
    field = {
        "r1": "gamma",
        "r2": "gamma",
        "gradient_penalty": "two_sided",
        "one_sided_gradient_penalty": "one_sided",
        "instance_noise": "noise",
        "weight_clipping": "limit",
    }
    return DiracGan(objective, descent=Descent(form), **({} if method == "none" else {field[method]: strength}))


def own_losses(objective: Objective, penalty) -> object:
    losses = build_objective(SPECS[objective])

    def game(theta: Tensor, psi: Tensor) -> tuple[Tensor, Tensor]:
        v_real, v_fake = 0 * psi, psi * theta
        return losses.generator_loss(v_real, v_fake), losses.discriminator_loss(v_real, v_fake) + penalty(psi)

    return game


PENALTIES = {
    "none": lambda psi: 0 * psi.sum(),
    "r1": lambda psi: 0.7 / 2 * (psi**2).sum(),
    "r2": lambda psi: 0.7 / 2 * (psi**2).sum(),
    "gradient_penalty": lambda psi: 0.7 * ((psi.abs() - 1) ** 2).sum(),
    "one_sided_gradient_penalty": lambda psi: 0.7 * (torch.relu(psi.abs() - 1) ** 2).sum(),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_field_is_the_descent_of_the_laboratorys_losses(objective: Objective, method: str) -> None:
    dirac = dirac_with(objective, method, 0.7)
    for theta, psi in POINTS:
        game = LinearisedGame(own_losses(objective, PENALTIES[method]), torch.tensor([theta]), torch.tensor([psi]))
        assert np.array(dirac.field(theta, psi)) == pytest.approx(game.field.numpy(), abs=1e-12)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_consensus_descends_the_fields_length_too(objective: Objective) -> None:
    dirac = dirac_with(objective, "consensus", 0.7)
    for theta, psi in POINTS:
        game = LinearisedGame(own_losses(objective, PENALTIES["none"]), torch.tensor([theta]), torch.tensor([psi]))
        expected = game.field - 0.7 * game.transposed_product(game.field)
        assert np.array(dirac.field(theta, psi)) == pytest.approx(expected.numpy(), abs=1e-12)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_instance_noise_is_the_mean_over_noisy_data(objective: Objective) -> None:
    losses, std = build_objective(SPECS[objective]), 0.8
    noise = std * torch.from_numpy(np.random.default_rng(0).standard_normal(200_000))
    noise = torch.cat((noise, -noise))
    for theta, psi in POINTS[:5]:
        t, p = torch.tensor([theta], requires_grad=True), torch.tensor([psi], requires_grad=True)
        v_real, v_fake = p * noise, p * (t + noise)
        generator_loss = losses.generator_loss(v_real, v_fake)
        discriminator_loss = losses.discriminator_loss(v_real, v_fake)
        (d_theta,) = torch.autograd.grad(generator_loss, t, retain_graph=True)
        (d_psi,) = torch.autograd.grad(discriminator_loss, p)
        found = dirac_with(objective, "instance_noise", std).field(theta, psi)
        assert found == pytest.approx((-d_theta.item(), -d_psi.item()), abs=5e-3)


def test_field_takes_grids() -> None:
    theta, psi = np.meshgrid(np.linspace(-2, 2, 5), np.linspace(-1, 1, 4))
    for method in ("none", "instance_noise", "consensus", "weight_clipping"):
        dirac = dirac_with("non_saturating", method, 0.5)
        d_theta, d_psi = dirac.field(theta, psi)
        assert d_theta.shape == d_psi.shape == (4, 5)
        one = dirac.field(theta[1, 2], psi[1, 2])
        assert np.array([d_theta[1, 2], d_psi[1, 2]]) == pytest.approx(np.array(one))


@pytest.mark.parametrize("method", ["none", "r1", "r2", "instance_noise", "consensus", "one_sided_gradient_penalty"])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_jacobian_is_the_derivative_of_the_field(objective: Objective, method: str) -> None:
    dirac, step = dirac_with(objective, method, 0.6), 1e-5
    columns = [
        (np.array(dirac.field(*offset)) - np.array(dirac.field(*-offset))) / (2 * step) for offset in step * np.eye(2)
    ]
    assert dirac.jacobian() == pytest.approx(np.column_stack(columns), abs=1e-8)


def eigenvalues(objective: Objective, method: str, strength: float) -> np.ndarray:
    return np.sort_complex(dirac_with(objective, method, strength).flow_stability().eigenvalues)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_eigenvalues_are_the_papers(objective: Objective) -> None:
    first, second = FIRST[objective], SECOND[objective]
    assert eigenvalues(objective, "none", 0.0) == pytest.approx([-1j * first, 1j * first])
    for gamma in (0.3, 1.9 * first, 2.5 * first):
        root = np.sqrt(complex(gamma**2 / 4 - first**2))
        assert eigenvalues(objective, "r1", gamma) == pytest.approx([-gamma / 2 - root, -gamma / 2 + root])
    for std in (0.5, 2.0):
        root = np.sqrt(complex(second**2 * std**4 - first**2))
        middle = second * std**2
        assert eigenvalues(objective, "instance_noise", std) == pytest.approx([middle - root, middle + root])


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_r1_stops_the_rotation_from_twice_the_slope_on(objective: Objective) -> None:
    critical = 2 * FIRST[objective]
    assert np.abs(eigenvalues(objective, "r1", 0.99 * critical).imag).min() > 0.01
    assert np.abs(eigenvalues(objective, "r1", 1.01 * critical).imag).max() == 0


def test_verdicts_are_those_of_the_paper() -> None:
    for objective in OBJECTIVES:
        assert dirac_with(objective).flow_stability().verdict == "cycles"
        assert dirac_with(objective, "r1", 0.5).flow_stability().verdict == "converges"
        assert dirac_with(objective, "consensus", 0.5).flow_stability().verdict == "converges"
        assert dirac_with(objective, "gradient_penalty", 1.0).flow_stability() is None
        assert dirac_with(objective, "gradient_penalty", 1.0).step_stability(0.1) is None
        for method in ("weight_clipping", "one_sided_gradient_penalty"):
            assert dirac_with(objective, method, 1.0).flow_stability().verdict == "cycles"
    assert dirac_with("minimax", "instance_noise", 0.7).flow_stability().verdict == "converges"
    assert dirac_with("wasserstein", "instance_noise", 0.7).flow_stability().verdict == "cycles"


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_simultaneous_descent_spirals_out_and_alternating_stays_on_the_circle(objective: Objective) -> None:
    dirac, step = dirac_with(objective), 0.2
    simultaneous = dirac_with(objective, form="simultaneous").step_stability(step)
    flow = dirac.flow_stability().eigenvalues
    assert np.sort_complex(simultaneous.eigenvalues) == pytest.approx(np.sort_complex(1 + step * flow))
    assert simultaneous.verdict == "diverges"
    alternating = dirac.step_stability(step)
    assert np.abs(alternating.eigenvalues) == pytest.approx(1)
    assert alternating.verdict == "cycles"


@pytest.mark.parametrize("form", ["simultaneous", "alternating", "extragradient", "optimistic"])
@pytest.mark.parametrize("method", ["none", "r1"])
def test_iterates_grow_and_shrink_as_the_eigenvalues_say(method: str, form: Form) -> None:
    dirac, step, count = dirac_with("minimax", method, 0.4, form), 0.3, 400
    points = dirac.descend(1e-5, 0.0, step, count)
    radius = np.abs(dirac.step_stability(step).eigenvalues).max()
    sizes = np.linalg.norm(points, axis=1)
    turn = 60  # more than the period of the rotation, so that the ellipse's shape drops out
    growth = (sizes[-turn:].max() / sizes[:turn].max()) ** (1 / (count + 1 - turn))
    assert growth == pytest.approx(radius, abs=1e-3)


def test_wasserstein_iterates_grow_by_exactly_the_multiplier() -> None:
    points = dirac_with("wasserstein", form="simultaneous").descend(1.0, 0.5, 0.1, 50)
    assert np.linalg.norm(points, axis=1) == pytest.approx(np.hypot(1, 0.5) * 1.01 ** (np.arange(51) / 2))


def test_flow_without_regularisation_keeps_its_distance() -> None:
    for objective in ("minimax", "wasserstein"):  # theta theta' + psi psi' = 0
        points = dirac_with(objective).flow(1.2, -0.5, 20.0, 100)
        assert np.linalg.norm(points, axis=1) == pytest.approx(np.hypot(1.2, 0.5), abs=1e-6)
    turned = dirac_with("wasserstein").flow(1.0, 0.0, np.pi / 2, 10)[-1]
    assert turned == pytest.approx([0.0, -1.0], abs=1e-6)


def test_flow_with_r1_is_the_linear_solution_for_wasserstein() -> None:
    gamma, time = 0.8, 3.0
    jacobian = np.array([[0.0, 1.0], [-1.0, -gamma]])
    values, vectors = np.linalg.eig(jacobian)
    exact = (vectors @ np.diag(np.exp(time * values)) @ np.linalg.inv(vectors) @ [1.0, 0.5]).real
    assert dirac_with("wasserstein", "r1", gamma).flow(1.0, 0.5, time, 30)[-1] == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("method", ["gradient_penalty", "one_sided_gradient_penalty", "weight_clipping"])
def test_wasserstein_with_a_lipschitz_constraint_does_not_converge(method: str) -> None:
    dirac = dirac_with("wasserstein", method, 1.0)
    for points in (dirac.flow(0.5, 0.5, 60.0, 400), dirac.descend(0.5, 0.5, 0.05, 2000)):
        late = np.linalg.norm(points[-200:], axis=1)
        assert 0.1 < late.max() < 5
    if method == "weight_clipping":
        assert np.abs(points[:, 1]).max() <= 1


@pytest.mark.parametrize("align", [False, True])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_adjusted_fields_are_those_by_which_the_laboratory_trains(objective: Objective, align: bool) -> None:
    """With R1, and in states in which the alignment chooses either sign."""
    specs = {"consensus": Consensus(gamma=0.7), "symplectic": Symplectic(weight=0.7, align=align)}
    scaled = build_objective(SPECS[objective])
    for form, spec in specs.items():
        dirac = DiracGan(objective, gamma=0.6, descent=Descent(form, 0.7, align))
        for theta, psi in np.concatenate((POINTS, 6 * POINTS)):
            t, p = (torch.tensor([value], requires_grad=True) for value in (theta, psi))
            generator = scaled.generator_loss(0 * p, p * t)
            discriminator = scaled.discriminator_loss(0 * p, p * t) + 0.3 * p.square().sum()
            field = [
                torch.autograd.grad(loss, player, create_graph=True, materialize_grads=True)[0]
                for loss, player in ((generator, t), (discriminator, p))
            ]
            expected = [-float(part.detach()) for part in adjusted(spec, field, [[t], [p]])]
            assert np.array(dirac.field(theta, psi)) == pytest.approx(expected, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("form", get_args(Form))
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_eigenvalues_of_a_step_are_those_of_the_derivative_of_the_steps_taken(
    objective: Objective, form: Form
) -> None:
    steps = {"discriminator_steps": 3, "generator_steps": 2} if form == "alternating" else {}
    dirac = DiracGan(objective, gamma=0.3, noise=0.4, descent=Descent(form, 0.5, **steps))
    h, e = 0.2, 1e-6
    one = np.column_stack([dirac.descend(*at, h, 1)[1] for at in e * np.eye(2)]) / e
    two = np.column_stack([dirac.descend(*at, h, 2)[2] for at in e * np.eye(2)]) / e
    found = dirac.step_stability(h).eigenvalues
    if form != "optimistic":
        assert np.sort_complex(found) == pytest.approx(np.sort_complex(np.linalg.eigvals(one)), abs=1e-5)
        return
    jacobian = (one - np.eye(2)) / 2  # the first move has none before it
    assert two == pytest.approx(one @ one - jacobian, abs=1e-5)
    whole = np.block([[np.eye(2) + 2 * jacobian, -np.eye(2)], [jacobian, np.zeros((2, 2))]])
    assert np.sort_complex(found) == pytest.approx(np.sort_complex(np.linalg.eigvals(whole)), abs=1e-5)


def test_penalties_add_up_and_noise_acts_beside_them() -> None:
    both = DiracGan("minimax", gamma=0.3, noise=0.8)
    apart = DiracGan("minimax", gamma=0.3), DiracGan("minimax", noise=0.8)
    at = np.array(1.2), np.array(-0.7)
    plain, r1, noisy = (np.array(game.field(*at)) for game in (DiracGan("minimax"), *apart))
    assert np.array(both.field(*at)) == pytest.approx(noisy + r1 - plain, abs=1e-12)
