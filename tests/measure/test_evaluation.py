"""The scores of a finished generator."""

import json
import math

import numpy as np
import pytest
import torch

from ganlab_desktop.engine.checkup import snapshot_of
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.data import DataSpec, Grid, Points, Ring, Spiral
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.measure.evaluation import POINTS, TESTED, Sampler, evaluate
from ganlab_desktop.measure.judgement import Judgement, judgement_of
from ganlab_desktop.measure.metrics.evidence import Evidence
from ganlab_desktop.measure.metrics.matched_kernel import SAMPLES, MatchedKernel
from ganlab_desktop.measure.metrics.modes import mode_coverage

COUNT = 2500


EDGE = Judgement(lambda points, labels: points[:, 0].astype(np.float64), 0.0, logits=True)  # says real at the right


def true(data: Distribution) -> Sampler:
    return lambda count, draw: data.sample(np.random.default_rng(draw), count)


@pytest.mark.parametrize("spec", [Ring(), Grid()], ids=lambda spec: type(spec).__name__)
def test_true_samples_score_as_well_as_can_be(spec: DataSpec) -> None:
    data = build(spec)
    scores = evaluate(data, true(data), COUNT, seed=0)
    modes = len(data.modes.weights)
    assert scores["captured"] == scores["captured_quarter"] == scores["modes"] == modes
    assert 0.98 <= scores["high_quality"] <= 1.0
    assert 0.0 < scores["jsd"] <= 0.02
    assert scores["jsd_floor"] == pytest.approx(scores["jsd"], abs=1e-3)
    assert 0.0 < scores["mode_kl"] < 4.0 * modes / (2 * COUNT)
    assert sum(scores["shares"]) == pytest.approx(1.0, abs=1e-4)


def test_evidence_that_is_no_number_is_none() -> None:
    data = build(Ring())
    lost = Evidence(-math.inf, math.nan, -math.inf, 3.0, 0.5)
    scores = evaluate(data, true(data), COUNT, seed=0, likelihood=lambda held_out: lost)
    assert (scores["elbo"], scores["iwae"], scores["reconstruction"]) == (None, None, None)
    assert (scores["divergence"], scores["noise_std"]) == (3.0, 0.5)
    json.loads(json.dumps(scores, allow_nan=False))


def test_the_scores_are_those_of_the_metrics_on_two_independent_draws() -> None:
    data, asked = build(Ring()), []

    def sample(count: int, draw: int) -> np.ndarray:
        asked.append((count, draw))
        return true(data)(count, draw) * np.float32(1.02)

    scores = evaluate(data, sample, COUNT, seed=0)
    assert asked == [(COUNT, 0), (SAMPLES, 1), (POINTS, 2), (TESTED, 3)]
    coverage = mode_coverage(sample(COUNT, 0), data.modes)
    kernel = MatchedKernel(data)
    found = kernel.measure(sample(SAMPLES, 1))
    assert scores["samples"] == COUNT
    for name in ("captured", "captured_quarter", "high_quality"):
        assert scores[name] == getattr(coverage, name)
    assert scores["shares"] == pytest.approx(coverage.shares, abs=1e-6)
    assert scores["mode_kl"] == coverage.reverse_kl
    assert {name: scores[name] for name in found._fields} == found._asdict()
    assert scores["h"] == kernel.h


def test_collapse_shows_in_every_score() -> None:
    data = build(Ring())

    def collapsed(count: int, draw: int) -> np.ndarray:
        noise = data.detail * np.random.default_rng(draw).standard_normal((count, 2))
        return (data.modes.centres[0] + noise).astype(np.float32)

    scores = evaluate(data, collapsed, COUNT, seed=0)
    assert scores["captured"] == scores["captured_quarter"] == 1
    assert scores["shares"] == [1.0, *[0.0] * 7]
    assert scores["mode_kl"] == pytest.approx(np.log(8.0))
    assert scores["tv"] == pytest.approx(7 / 8, abs=0.02)
    assert scores["jsd"] > 0.3


def test_the_names_are_the_same_for_all_data_and_none_stands_where_nothing_fits(tmp_path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("1,2\n3,4\n")
    ring, spiral, points = build(Ring()), build(Spiral()), build(Points(path=str(file)))
    full, dense, bare = (evaluate(data, true(data), COUNT, 0, EDGE) for data in (ring, spiral, points))
    unasked = {"held_out_gap", "duality_gap", "slope", "lipschitz", "critic_gap", "class_agreement"}
    unasked |= {"ssim", "ssim_input", "psnr", "psnr_input", "sharpness", "sharpness_real"}
    unasked |= {"elbo", "iwae", "reconstruction", "divergence", "noise_std", "log_density"}  # of an autoencoder
    unasked |= {"extractor", "fid", "fid_floor", "kid", "inception", "inception_real", "density", "coverage", "nearer"}
    assert list(full) == list(dense) == list(bare)
    assert {name for name, value in full.items() if value is None} == unasked
    of_modes = {"modes", "captured", "captured_quarter", "shares", "mode_kl", "mode_kl_floor"}
    assert {name for name, value in dense.items() if value is None} == of_modes | unasked
    assert 0.98 <= dense["high_quality"] <= 1.0
    of_points = {"samples", "w1", "w1_floor", "sliced_w2", "sliced_w2_floor", "support_size", "two_sample"}
    of_discriminator = {"accuracy_real", "accuracy_fake", "mean_fake", "held_out_gap"}
    assert {name for name, value in bare.items() if value is not None} == of_points | of_discriminator
    for scores in (full, dense, bare):
        assert json.loads(json.dumps(scores)) == scores


def test_samples_that_are_not_numbers_raise_nothing() -> None:
    scores = evaluate(build(Ring()), lambda count, draw: np.full((count, 2), np.nan, np.float32), COUNT, seed=0)
    assert (scores["captured"], scores["high_quality"]) == (0, 0.0)
    assert scores["jsd"] == pytest.approx(np.log(2.0), abs=1e-3)
    assert scores["w1"] is scores["two_sample"] is None


def test_a_perfect_generator_is_told_from_the_data_by_nothing() -> None:
    data = build(Ring())
    scores = evaluate(data, true(data), COUNT, 0, EDGE)
    assert scores["precision"] > 0.95
    assert scores["recall"] > 0.95
    assert scores["w1"] < 2 * scores["w1_floor"]
    assert scores["sliced_w2"] < 2 * scores["sliced_w2_floor"]
    assert scores["two_sample"] == pytest.approx(0.5, abs=0.05)
    assert scores["accuracy_real"] == pytest.approx(0.5, abs=0.1)
    assert scores["accuracy_real"] + scores["accuracy_fake"] == pytest.approx(1.0, abs=0.1)


def test_a_shift_shows_in_the_distances_and_to_a_fresh_discriminator() -> None:
    data = build(Ring())
    scores = evaluate(data, lambda n, k: true(data)(n, k) + np.float32([1.0, 0.0]), COUNT, 0, EDGE)
    assert scores["w1"] == pytest.approx(1.0, abs=0.2)
    assert scores["two_sample"] > 0.95
    assert scores["two_sample"] <= scores["two_sample_best"] + 0.01
    assert scores["precision"] < 0.1
    assert scores["accuracy_fake"] < 0.4


def test_a_critic_that_sees_half_of_a_shift_misses_the_other_half() -> None:
    """Data shifted by 1 along x, and the critic -3 (x / 2 + y sqrt(3) / 2) of slope 3: divided by it, it finds 1/2."""
    data = build(Ring())

    def sample(count: int, draw: int) -> np.ndarray:
        return data.held_out(np.random.default_rng(draw + 10), count) + np.float32([1.0, 0.0])

    def judge(points: np.ndarray, labels: object = None) -> np.ndarray:
        return -3.0 * points.astype(np.float64) @ np.array([0.5, np.sqrt(0.75)])

    critic = Judgement(judge, None, False, lambda points: 3.0, lipschitz=3.5, gap=0.25, estimates_w1=True)
    scores = evaluate(data, sample, COUNT, 0, critic)
    assert (scores["slope"], scores["lipschitz"], scores["duality_gap"]) == (3.0, 3.5, 0.25)
    assert scores["critic_gap"] == pytest.approx(0.5, abs=0.15)
    assert scores["accuracy_real"] is None


def test_the_runs_discriminator_is_judged_by_its_own_numbers() -> None:
    run = Run(with_changes(load_preset("ring-wgan-gp"), {"discriminator.hidden": [16], "generator.hidden": [16]}))
    judgement = judgement_of(snapshot_of(run))
    points = np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)
    expected = run.game.discriminator.module(torch.from_numpy(points)).detach().double().numpy().ravel()
    np.testing.assert_allclose(judgement.judge(points), expected, rtol=1e-6)
    step = np.float32(1e-3) * np.float32([[1, 0]])
    steep = np.abs(judgement.judge(points + step) - judgement.judge(points - step)).max() / 2e-3
    assert judgement.slope(points) <= judgement.lipschitz
    assert judgement.slope(points) >= 0.99 * steep
    assert judgement.estimates_w1
    assert judgement.gap > 0.0
    assert judgement.neutral is None


def test_a_critic_that_has_diverged_has_no_estimate_and_raises_nothing() -> None:
    def judge(points: np.ndarray, labels: object = None) -> np.ndarray:
        return np.full(len(points), np.nan)

    data = build(Ring())
    critic = Judgement(judge, None, False, lambda points: float("nan"), estimates_w1=True)
    scores = evaluate(data, true(data), COUNT, 0, critic)
    assert scores["slope"] is scores["critic_gap"] is None
    assert scores["w1"] is not None


def test_every_divergence_stands_beside_what_true_samples_score() -> None:
    data = build(Ring())
    scores = evaluate(data, true(data), COUNT, seed=0)
    for name in ("jsd", "kl", "reverse_kl", "tv"):
        assert 0.0 < scores[f"{name}_floor"] == pytest.approx(scores[name], rel=0.5)


def test_real_and_generated_points_are_judged_in_batches_of_their_own() -> None:
    data = build(Ring())

    def says(value: float):
        return lambda points, labels: np.full(len(points), value)

    scores = evaluate(data, true(data), COUNT, 0, Judgement(says(1.0), 0.0, True, judge_fake=says(-1.0)))
    assert (scores["accuracy_real"], scores["accuracy_fake"]) == (1.0, 1.0)
