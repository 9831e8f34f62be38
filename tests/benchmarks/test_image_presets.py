"""The stock image presets reach what the README states, on three seeds that nobody picked. Run by make bench.

Every row is printed as it comes. Distances and neighbours are taken in the features of a classifier of the data, whose
name stands in the row, between as many generated images as are held out of training (1,000 at most).
"""

import time
from typing import Any

import pytest
import torch

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.measure.evaluation import evaluate

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(7200)]

SEEDS = (0, 1, 2)
SAMPLES = 2500
LEAST_SHARE = 0.03  # of the images that are read as any one of the ten digits
EXCESS = 0.05  # of what the Fréchet distance exceeds its floor by at step 0
RECALL, COVERAGE = 0.3, 0.5
NEARER = 0.55  # how often a generated image is nearer to a training image than a held-out one is, 1/2 by chance
AGREEMENT = 0.9  # of the classifier with the classes asked for


def scores_of(run: Run) -> dict[str, Any]:
    """The metrics of the average generator."""
    asked = (lambda n, k: run.labels(n, k)) if run.experiment.conditional else None
    return evaluate(run.game.data, lambda n, k: run.sample(n, k, average=True), SAMPLES, 0, asked=asked)  # type: ignore[arg-type, return-value]


def trained(name: str, seed: int) -> tuple[Run, float, float]:
    """A preset's run at its end, what its Fréchet distance exceeded the floor by at first, and its processor time."""
    run = Run(with_changes(load_preset(name), {"seed": seed}))
    torch.set_num_threads(run.threads)
    first = scores_of(run)
    started = time.process_time()
    while run.step < run.experiment.schedule.steps:
        run.advance()
    return run, first["fid"] - first["fid_floor"], time.process_time() - started


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["digits-dcgan", "glyphs-dcgan"])
def test_all_digits_are_made_and_like_held_out_ones(name: str, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    run, at_first, seconds = trained(name, seed)
    scores = scores_of(run)
    excess = (scores["fid"] - scores["fid_floor"]) / at_first
    with capsys.disabled():
        print(f"\n{name} seed {seed}: least share {min(scores['shares']):.3f}, excess of FID {excess:.3f}, "
              f"recall {scores['recall']:.2f}, coverage {scores['coverage']:.2f}, nearer {scores['nearer']:.2f}, "
              f"{seconds:.0f} s; {scores['extractor']}")  # fmt: skip
    assert min(scores["shares"]) >= LEAST_SHARE
    assert excess <= EXCESS
    assert scores["recall"] >= RECALL
    assert scores["coverage"] >= COVERAGE
    assert scores["nearer"] <= NEARER


@pytest.mark.parametrize("seed", SEEDS)
def test_a_conditional_generator_makes_the_digit_asked_for(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    run, _, seconds = trained("digits-conditional", seed)
    scores = scores_of(run)
    with capsys.disabled():
        print(f"\ndigits-conditional seed {seed}: agreement {scores['class_agreement']:.3f}, {seconds:.0f} s; "
              f"{scores['extractor']}")  # fmt: skip
    assert scores["class_agreement"] >= AGREEMENT
