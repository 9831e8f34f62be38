"""Relations that papers report between methods, on three seeds each. Run by make bench: a quarter of an hour.

Every row is printed as it comes, and appended to the file that RELATIONS_TABLE names where that is set.
"""

import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.metrics.modes import mode_coverage
from ganlab_desktop.measure.metrics.transport_distance import transport_distances
from ganlab_desktop.measure.theory.dirac import Descent, DiracGan, Objective

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]

SEEDS = (0, 1, 2)
Tell = Callable[[str], None]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Prints a row, and keeps it where asked to."""

    def told(row: str) -> None:
        with capsys.disabled():
            print(f"\n{row}", end="")
        if path := os.environ.get("RELATIONS_TABLE"):
            with Path(path).open("a") as table:
                table.write(f"{row}\n")

    return told


# --- modes at equal budget --------------------------------------------------------------------------------------------

# Equal budget: as many generator updates, with the same networks, latent, batches and optimiser, Adam as WGAN-GP's toys
# have it (Metz et al. 2017 unroll with the same 1e-4 and 0.5). What an update costs differs: WGAN-GP takes five critic
# updates for it and the unrolled GAN looks five ahead, which the seconds show.
BUDGET = {
    "generator.hidden": [128, 128],
    "discriminator.hidden": [128, 128],
    "optimizer.generator.lr": 1e-4,
    "optimizer.discriminator.lr": 1e-4,
    "objective.kind": "minimax",
    "schedule.batch_size": 128,
    "schedule.steps": 3000,
}
WGAN_GP = {
    "objective.kind": "wasserstein",
    "penalties[0].kind": "gradient_penalty",
    "penalties[0].weight": 0.1,  # the paper's for toys
    "schedule.discriminator_steps": 5,
}
METHODS: dict[str, dict[str, Any]] = {
    "PacGAN, m = 2": {"discriminator.packing": 2},
    "PacGAN, m = 4": {"discriminator.packing": 4},
    "unrolled, k = 5": {"schedule.unrolled_steps": 5},
    "WGAN-GP": WGAN_GP,
}


class Outcome(NamedTuple):
    """What 2,500 samples show when the budget is spent, and the seconds of processor time and of the clock it took.

    `captured`: modes with at least one sample of high quality; `by_weight`: with a quarter of their own weight of them.
    """

    captured: int
    by_weight: int
    high_quality: float
    reverse_kl: float
    processor: float
    wall: float

    def __str__(self) -> str:
        return (
            f"modes {self.captured:2}, by weight {self.by_weight:2}, high quality {self.high_quality:.3f}, "
            f"reverse KL {self.reverse_kl:.3f}, {self.processor:3.0f} s of processor time in {self.wall:.0f} s"
        )


@cache
def spent(data: str, seed: int, method: str) -> Outcome:
    changes = {"data.kind": data, "seed": seed, **BUDGET, **METHODS.get(method, {})}
    run = Run(with_changes(Experiment(), changes))
    torch.set_num_threads(1)
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(run.experiment.schedule.steps):
        run.advance()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    assert run.game.data.modes is not None
    found = mode_coverage(run.sample(2500), run.game.data.modes)
    return Outcome(found.captured, found.captured_quarter, found.high_quality, found.reverse_kl, processor, wall)


def outcomes(data: str, method: str, tell: Tell) -> list[Outcome]:
    found = [spent(data, seed, method) for seed in SEEDS]
    for seed, outcome in zip(SEEDS, found, strict=True):
        tell(f"{data} | {method:15} | seed {seed} | {outcome}")
    return found


@pytest.mark.parametrize("data", ["ring", "grid"])
def test_plain_minimax_misses_most_modes(data: str, tell: Tell) -> None:
    assert median(outcome.captured for outcome in outcomes(data, "minimax", tell)) <= {"ring": 4, "grid": 12}[data]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("data", ["ring", "grid"])
def test_more_modes_than_plain_minimax_at_equal_budget(data: str, method: str, tell: Tell) -> None:
    plain, found = [spent(data, seed, "minimax") for seed in SEEDS], outcomes(data, method, tell)
    assert median(outcome.captured for outcome in found) > median(outcome.captured for outcome in plain)
    assert median(outcome.reverse_kl for outcome in found) < median(outcome.reverse_kl for outcome in plain)


# --- curves beside quality --------------------------------------------------------------------------------------------

CHECKPOINTS = 25  # evenly over the run
WINDOW = 50  # iterations whose mean is the curve's value at a checkpoint
POINTS = 1000  # on each side of the transport
LEARNING = {"optimizer.generator.lr": 1e-3, "optimizer.discriminator.lr": 1e-3}  # at which plain minimax finds the ring


def rank_correlations(seed: int, changes: dict[str, Any], tell: Tell) -> dict[str, float]:
    """Of each loss along one run on the ring with the exact W1 of the samples at the same time (Spearman's).

    "estimate" is minus D's loss: the critic's estimate of W1, or, but for a constant and a factor, that of the JSD.
    """
    run = Run(with_changes(Experiment(), {"data.kind": "ring", "seed": seed, **BUDGET, **changes}))
    torch.set_num_threads(1)
    real = run.game.data.held_out(Streams(seed).at(0, Stream.MEASURED_REAL), POINTS)
    every = run.experiment.schedule.steps // CHECKPOINTS
    distances = []
    for _ in range(CHECKPOINTS):
        for _ in range(every):
            run.advance()
        distances.append(transport_distances(real, run.sample(POINTS)).w1)
    run.flush()
    _, losses = run.history["step"].after(0)
    curves = losses.reshape(CHECKPOINTS, every, -1)[:, -WINDOW:].mean(1)
    curve = dict(zip(run.history["step"].columns, curves.T, strict=True))
    found = {
        "estimate": float(spearmanr(-curve["discriminator_loss"], distances).statistic),
        "generator": float(spearmanr(curve["generator_loss"], distances).statistic),
    }
    tell(
        f"{run.experiment.objective.title:20} | rate {run.experiment.optimizer.generator.lr:g} | seed {seed} | "
        f"W1 from {distances[0]:.2f} to {distances[-1]:.2f} | minus D's loss {found['estimate']:+.2f} | "
        f"G's loss {found['generator']:+.2f}"
    )
    return found


@pytest.mark.parametrize("rate", [{}, LEARNING], ids=["slow", "learning"])
def test_the_critics_curve_follows_the_distance_and_the_minimax_losses_do_not(rate: dict[str, Any], tell: Tell) -> None:
    critic = [rank_correlations(seed, {**WGAN_GP, **rate}, tell) for seed in SEEDS]
    minimax = [rank_correlations(seed, rate, tell) for seed in SEEDS]
    assert median(found["estimate"] for found in critic) > 0.7
    for name in ("estimate", "generator"):
        assert median(found[name] for found in minimax) < 0.5


# --- zero-centred penalties on the Dirac-GAN --------------------------------------------------------------------------

STEP, STEPS, LAST = 0.1, 2000, 200
OBJECTIVES: tuple[Objective, ...] = ("minimax", "non_saturating", "wasserstein")
CONSENSUS = Descent("consensus", strength=1.0)
CONVERGING = {
    **{f"{objective}, R1 or R2": DiracGan(objective, gamma=1.0) for objective in OBJECTIVES},
    **{f"{objective}, consensus": DiracGan(objective, descent=CONSENSUS) for objective in OBJECTIVES},
    "minimax, instance noise": DiracGan("minimax", noise=1.0),
    "non_saturating, instance noise": DiracGan("non_saturating", noise=1.0),
}
RESTLESS = {
    "minimax": DiracGan("minimax"),
    "non_saturating": DiracGan("non_saturating"),  # creeps inwards, ever more slowly
    "wasserstein": DiracGan("wasserstein"),
    "wasserstein, clipping": DiracGan("wasserstein", limit=0.1),
    "wasserstein, gradient penalty 0.1": DiracGan("wasserstein", two_sided=0.1),
    # Rests, but elsewhere: at |theta| = 2 lambda, psi = 0.
    "wasserstein, gradient penalty 1": DiracGan("wasserstein", two_sided=1.0),
    "wasserstein, one-sided penalty 1": DiracGan("wasserstein", one_sided=1.0),
    "wasserstein, instance noise": DiracGan("wasserstein", noise=1.0),
}


def late_distances(name: str, game: DiracGan, tell: Tell) -> NDArray[np.float64]:
    """(seeds, LAST): distances from the equilibrium at the end of the descent from random starts."""
    starts = [np.random.default_rng(seed).uniform(-1, 1, 2) for seed in SEEDS]
    paths = [game.descend(*start, STEP, STEPS) for start in starts]
    distances = np.stack([np.linalg.norm(path, axis=1) for path in paths])
    late: NDArray[np.float64] = distances[:, -LAST:]
    stability = game.step_stability(STEP)
    ends = ", ".join(f"{d[0]:.2f} to {end.max():.2g}" for d, end in zip(distances, late, strict=True))
    tell(f"{name:34} | {ends} | {stability.verdict if stability else 'no equilibrium'}")
    return late


@pytest.mark.parametrize("name", CONVERGING)
def test_damped_games_reach_the_equilibrium(name: str, tell: Tell) -> None:
    assert late_distances(name, CONVERGING[name], tell).max() < 1e-6


@pytest.mark.parametrize("name", RESTLESS)
def test_other_games_keep_away_from_it(name: str, tell: Tell) -> None:
    assert late_distances(name, RESTLESS[name], tell).min() > 0.05
