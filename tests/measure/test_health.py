"""The rules by which a training is judged, on rows that nobody trained for."""

import math
from typing import Any

import pytest

from ganlab_desktop.measure.health import LOOKS, RULES, STEPS, WARM_UP, Finding, Quantities, Watch, divergence, swings

EVERY = 50  # steps between two looks
HEALTHY = Quantities(
    real_accuracy=0.7,
    training_accuracy=0.72,
    fake_accuracy=0.65,
    fake_output=0.47,
    ranked=0.52,
    ranked_error=0.03,
    generator_gradient=0.4,
    output_gradient=0.8,
    reached=8.0,
    regions=8.0,
    near=0.95,
    offset_1=0.05,
    offset_2=-0.1,
    clipped=0.2,
    slope=1.8,
)
SURE = {"real_accuracy": 1.0, "fake_accuracy": 0.995}
ILL: dict[str, dict[str, Any]] = {
    "mode_collapse": {"reached": 3.0},
    "vanishing_gradient": {**SURE, "generator_gradient": 1e-6},
    "overpowered_discriminator": SURE,
    "overfitted_discriminator": {"ranked": 0.75},
    "saturated_clipping": {"clipped": 0.8},
    "violated_lipschitz": {"slope": 300.0},
    "posterior_collapse": {"latent_nats": 0.01},
}
BETTER: dict[str, dict[str, Any]] = {  # below the bound that raises, above the one that ends
    "mode_collapse": {"reached": 5.0},
    "vanishing_gradient": {"real_accuracy": 0.97, "fake_accuracy": 0.97, "generator_gradient": 0.05},
    "overpowered_discriminator": {"real_accuracy": 0.97, "fake_accuracy": 0.97},
    "overfitted_discriminator": {"ranked": 0.62},
    "saturated_clipping": {"clipped": 0.55},
    "violated_lipschitz": {"slope": 8.0},
    "posterior_collapse": {"latent_nats": 0.2},
}
NOTHING = Quantities(*[math.nan] * len(Quantities._fields))


class Training:
    """A run that is looked at every so often."""

    def __init__(self, first: int = WARM_UP) -> None:
        self.watch = Watch()
        self.step = first
        self.found: list[Finding] = []

    def goes(self, looks: int, quantities: Quantities = HEALTHY, since: int = 0, **changes: float) -> list[str]:
        """The kinds that are found in so many looks at the same quantities."""
        found = []
        for _ in range(looks):
            found += self.watch.see(self.step, quantities._replace(**changes), since)
            self.step += EVERY
        self.found += found
        return [finding.kind for finding in found]


def test_every_rule_is_tested_here() -> None:
    assert {rule.kind for rule in RULES} == {*ILL, "oscillation"}


def test_a_healthy_run_and_one_of_which_nothing_is_known_raise_no_alarm() -> None:
    assert Training().goes(100) == []
    assert Training().goes(100, NOTHING) == []


@pytest.mark.parametrize("kind", ILL)
def test_a_finding_is_raised_once_when_it_has_persisted(kind: str) -> None:
    training = Training()
    training.goes(10)
    assert training.goes(LOOKS - 1, **ILL[kind]) == []
    assert training.goes(1, **ILL[kind]) == [kind]
    assert training.goes(50, **ILL[kind]) == []
    (finding,) = training.found
    assert finding.step == training.step - 51 * EVERY
    assert "nan" not in str(finding)
    assert str(finding).count(". ") >= 2


@pytest.mark.parametrize("kind", ILL)
def test_one_good_look_in_between_begins_the_count_again(kind: str) -> None:
    training = Training()
    for _ in range(10):
        assert training.goes(LOOKS - 1, **ILL[kind]) == []
        assert training.goes(1) == []


@pytest.mark.parametrize("kind", ILL)
def test_an_episode_ends_only_when_the_run_is_clearly_better(kind: str) -> None:
    training = Training()
    assert training.goes(LOOKS, **ILL[kind]) == [kind]
    for _ in range(5):  # around the bound
        assert training.goes(LOOKS, **BETTER[kind]) == []
        assert training.goes(LOOKS, **ILL[kind]) == []
    assert training.goes(LOOKS) == []
    assert training.goes(LOOKS, **ILL[kind]) == [kind]


@pytest.mark.parametrize("kind", ILL)
def test_nothing_is_raised_during_the_warm_up(kind: str) -> None:
    training = Training(first=0)
    assert training.goes(WARM_UP // EVERY + LOOKS - 1, **ILL[kind]) == []
    assert training.goes(1, **ILL[kind]) == [kind]


def test_new_data_or_another_objective_warm_up_again() -> None:
    training = Training()
    training.goes(LOOKS - 1, **ILL["mode_collapse"])
    since = training.step
    assert training.goes(WARM_UP // EVERY + LOOKS - 1, since=since, **ILL["mode_collapse"]) == []
    assert training.goes(1, since=since, **ILL["mode_collapse"]) == ["mode_collapse"]


def test_looks_at_a_few_steps_are_no_persistence() -> None:
    watch = Watch()
    q = HEALTHY._replace(reached=1.0)
    assert not [watch.see(WARM_UP + step, q) for step in range(STEPS) if watch.see(WARM_UP + step, q)]


def test_a_generator_that_has_not_reached_the_data_has_not_collapsed() -> None:
    assert Training().goes(20, reached=1.0, near=0.0) == []


def test_a_gradient_vanishes_only_where_the_discriminator_wins() -> None:
    assert Training().goes(20, generator_gradient=0.0, output_gradient=0.0, fake_accuracy=0.5, real_accuracy=0.5) == []


def test_a_difference_that_few_training_points_make_by_chance_is_no_overfitting() -> None:
    """Ten training points: at two standard errors, 0.68, nothing is said."""
    assert Training().goes(20, ranked=0.68, ranked_error=0.09) == []


@pytest.mark.parametrize("period", [2, 3, 5])  # looks
@pytest.mark.parametrize("axis", ["offset_1", "offset_2"])
def test_a_mean_that_goes_round_oscillates_and_is_not_called_collapsed(period: int, axis: str) -> None:
    training = Training()
    kinds = []
    for look in range(40):
        kinds += training.goes(1, reached=4.0, **{axis: math.sin(2 * math.pi * look / period + 0.6)})
    assert kinds == ["oscillation"]


def test_a_mean_that_shivers_or_drifts_does_not_oscillate() -> None:
    training = Training()
    for look in range(100):
        assert training.goes(1, offset_1=0.2 * (-1) ** look, offset_2=look / 20) == []


def test_swings_that_die_down_are_no_oscillation() -> None:
    seen = [
        -0.39,
        0.47,
        -0.32,
        0.10,
        0.19,
        -0.28,
        0.36,
        -0.19,
        0.09,
        0.10,
        -0.21,
        0.31,
        -0.20,
        0.10,
        0.07,
        -0.16,
        0.22,
        -0.11,
        0.02,
        0.14,
        -0.13,
        0.17,
        -0.09,
        0.02,
        0.14,
        -0.10,
        0.12,
        0.01,
        -0.00,
        0.11,
        -0.10,
    ]  # of a rotating game under extragradient
    training = Training()
    assert [found for offset in seen for found in training.goes(1, offset_1=offset)] == []


def test_swings_are_turns_of_at_least_half_a_standard_deviation() -> None:
    assert swings([]) == swings([1.0]) == 0
    assert swings([0.0, 1.0, 2.0, 3.0]) == 0
    assert swings([0.0, 1.0, 0.0]) == 1
    assert swings([0.0, 1.0, 0.0, 1.0, 0.0]) == 3
    assert swings([0.0, 1.0, 0.7, 1.0, 0.7]) == 0
    assert swings([0.0, -0.3, -0.6, -0.2, 0.1, -0.2, -0.6]) == 2
    assert swings([math.nan, math.nan]) == 0


def test_several_things_may_go_wrong_at_once() -> None:
    assert Training().goes(LOOKS, **ILL["mode_collapse"], **ILL["violated_lipschitz"]) == [
        "mode_collapse",
        "violated_lipschitz",
    ]


def test_divergence_has_the_same_form() -> None:
    assert "step 1,234: divergence. The networks' losses or weights are no longer finite" in str(divergence(1234))


def test_an_autoencoder_that_misses_modes_is_told_nothing_that_helps_a_game() -> None:
    training = Training()
    assert training.goes(4 * LOOKS, reached=3.0, latent_nats=4.0) == []
