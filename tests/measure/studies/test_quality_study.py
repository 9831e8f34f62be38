"""Quality and best responses on the line, where the answers are known."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from scipy.stats import norm
from snapshots import DATA, line, snapshot

from ganlab_desktop.experiment.data import Mixture1D, Points
from ganlab_desktop.experiment.objectives import NonSaturating, Wasserstein
from ganlab_desktop.experiment.penalties import GradientPenalty, WeightClipping
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.measure.studies.best_response import BestResponse, gap_of, no_gap
from ganlab_desktop.measure.studies.quality import POINTS, Quality

OPTIMAL = (2.0, -2.0)  # the logit of the best D of N(2, 1) against N(0, 1)
TV = 2 * norm.cdf(1) - 1


def look(study, shot):
    picture, row = study.look(shot)
    return picture, dict(zip(study.COLUMNS, row, strict=True))


def test_a_shifted_gaussian_scores_what_mathematics_says() -> None:
    picture, found = look(Quality(DATA, 0), snapshot(NonSaturating(), line(*OPTIMAL)))
    assert found["accuracy_real"] == pytest.approx(norm.cdf(1), abs=4 * 0.37 / np.sqrt(POINTS))
    assert found["accuracy_fake"] == pytest.approx(norm.cdf(1), abs=4 * 0.37 / np.sqrt(POINTS))
    _, biased = look(Quality(DATA, 0), snapshot(NonSaturating(), line(2.0, -1.0)))  # says real from 1/2 on
    assert biased["accuracy_real"] == pytest.approx(norm.cdf(1.5), abs=0.04)
    assert biased["accuracy_fake"] == pytest.approx(norm.cdf(0.5), abs=0.06)
    assert found["sliced_w2"] == pytest.approx(2.0, abs=0.15)  # W2 of a shift is the shift
    assert found["sliced_w2_floor"] < 0.2
    assert np.isnan(found["held_out_gap"])
    # at lambda = 1, alpha = beta = 1 - TV
    curve = picture.arrays["curve"]
    even = np.abs(curve[:, 0] - curve[:, 1]).argmin()
    assert curve[even] == pytest.approx([1 - TV, 1 - TV], abs=0.03)
    assert found["recall"] == pytest.approx(found["precision"], abs=0.05)  # the two Gaussians mirror each other
    truth = picture.arrays["truth"]
    assert truth.sum(1).max() > 1.95


def test_samples_that_cover_a_part_have_precision_without_recall() -> None:
    data = build(Mixture1D(means=(-3.0, 3.0), sigmas=(0.5, 0.5), weights=(0.5, 0.5)))
    shot = replace(snapshot(NonSaturating(), line(0.0, 0.0), line(0.5, 3.0)), data=data)
    picture, found = look(Quality(data, 0), shot)
    assert picture.arrays["curve"][:, 0].max() == pytest.approx(0.5, abs=0.02)
    assert picture.arrays["curve"][:, 1].max() == pytest.approx(1.0, abs=0.02)
    assert found["precision"] > 0.9
    assert found["recall"] < 0.6
    assert found["support_size"] == pytest.approx(found["support_truth"] / 2, rel=0.1)
    assert (found["accuracy_real"], found["accuracy_fake"], found["mean_fake"]) == (0.5, 0.5, 0.5)


def test_the_held_out_gap_is_that_of_the_training_points(tmp_path) -> None:
    data = build(Mixture1D(means=(2.0,), sigmas=(1.0,), weights=(1.0,), n_train=50))
    shot = replace(snapshot(NonSaturating(), line(1.0, 0.0)), data=data)
    study = Quality(data, 0)
    _, found = look(study, shot)
    assert found["held_out_gap"] == pytest.approx(data.train_points.mean() - study._real.mean(), abs=1e-4)


def test_critics_have_no_accuracy_and_points_no_curve(tmp_path) -> None:
    _, found = look(Quality(DATA, 0), snapshot(Wasserstein(), line(1.0, 0.0)))
    assert np.isnan([found["accuracy_real"], found["accuracy_fake"], found["mean_fake"]]).all()
    file = tmp_path / "points.csv"
    file.write_text("1\n3\n4\n")
    data = build(Points(path=str(file)))
    picture, found = look(Quality(data, 0), replace(snapshot(NonSaturating(), line(1.0, 0.0)), data=data))
    assert not picture.arrays
    assert np.isnan(found["precision"])
    assert np.isfinite(found["sliced_w2"])


def test_broken_networks_raise_nothing() -> None:
    shot = snapshot(NonSaturating(), line(1.0, 0.0), line(np.nan, 0.0))
    _, found = look(Quality(DATA, 0), shot)
    assert np.isnan([found["sliced_w2"], found["support_size"], found["accuracy_fake"]]).all()


def test_a_fresh_discriminator_nearly_reaches_what_tv_allows() -> None:
    _, found = look(BestResponse(DATA, 0), snapshot(NonSaturating(), line(*OPTIMAL)))
    assert found["two_sample_best"] == pytest.approx((1 + TV) / 2, abs=0.01)
    assert found["two_sample"] == pytest.approx((1 + TV) / 2, abs=4 * 0.016)


def test_the_gap_is_what_either_player_can_win() -> None:
    """At G = data, D = 1/2 neither wins anything; G = N(0, 1) lets D win its divergence, V from -log 4 to -0.7126, and
    G nothing as D is flat."""
    assert gap_of(snapshot(NonSaturating(), line(0.0, 0.0), line(1.0, 2.0))) == pytest.approx(0.0, abs=0.02)
    gap = gap_of(snapshot(NonSaturating(), line(0.0, 0.0), line(1.0, 0.0)))
    assert 0.2 < gap < np.log(4) - 0.7126 + 0.1


def limited(objective, *penalties, slope: float = 0.0, **changes):
    shot = snapshot(objective, line(slope, 0.0))
    experiment = with_changes(shot.experiment, changes) if changes else shot.experiment
    return replace(shot, experiment=msgspec.structs.replace(experiment, penalties=penalties))


def test_a_clipped_critics_gap_is_bounded_by_its_limit() -> None:
    """V(D, G) = E D(x) - E D(G(z)); a slope of at most 0.05 over a shift of 2 wins 0.1 from a flat critic."""
    gap = gap_of(limited(Wasserstein(), WeightClipping(limit=0.05)))
    assert gap == pytest.approx(0.1, abs=0.02)


def test_an_unbounded_critic_has_no_gap() -> None:
    assert "bounds" in no_gap(limited(Wasserstein()).experiment)
    assert np.isnan(gap_of(limited(Wasserstein())))
    assert not no_gap(limited(Wasserstein(), GradientPenalty()).experiment)
    assert "spectral" in no_gap(limited(NonSaturating(), **{"discriminator.spectral_norm": True}).experiment)


def test_looks_that_nobody_wants_any_more_end_early() -> None:
    asked = []
    shot = replace(snapshot(NonSaturating(), line(*OPTIMAL)), wanted=lambda: bool(asked.append(1)))
    BestResponse(DATA, 0).look(shot)
    assert len(asked) == 3  # once in each of the searches
