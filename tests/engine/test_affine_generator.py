"""The generator whose output is one Gaussian: what it makes, and how settings move it while it trains."""

import numpy as np
import pytest

from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes

LINE = {
    "data": {"kind": "mixture_1d", "means": [2.0], "sigmas": [1.0], "weights": [1.0]},
    "latent.dim": 1,
    "generator.kind": "affine",
    "generator.mean": [-1.0],
    "generator.std": [0.5],
    "discriminator.hidden": [8],
}


def run(changes=None) -> Run:
    return Run(with_changes(Experiment(), LINE | (changes or {})))


def weights(run: Run) -> tuple[list, list]:
    network = run.game.generator.module
    return network.weight.tolist(), network.bias.tolist()


def test_its_samples_are_the_gaussian_that_the_settings_name() -> None:
    samples = run().sample(40_000)[:, 0]
    assert samples.mean() == pytest.approx(-1.0, abs=0.01)
    assert samples.std() == pytest.approx(0.5, abs=0.01)


def test_in_the_plane_the_covariance_is_w_w_transposed() -> None:
    """W = diag(2, 0.1) and a standard normal latent: N(0, diag(4, 0.01))."""
    plane = Experiment(), {"generator": {"kind": "affine", "std": [2.0, 0.1]}}
    samples = Run(with_changes(*plane)).sample(40_000)
    np.testing.assert_allclose(np.cov(samples.T), [[4.0, 0.0], [0.0, 0.01]], atol=0.08)


def test_one_value_holds_for_every_axis_and_a_missing_latent_leaves_a_segment() -> None:
    plane = {"generator": {"kind": "affine", "mean": [3.0], "std": [2.0]}}
    assert weights(Run(with_changes(Experiment(), plane))) == ([[2.0, 0.0], [0.0, 2.0]], [3.0, 3.0])
    thin = Run(with_changes(Experiment(), plane | {"latent.dim": 1}))
    assert weights(thin) == ([[2.0], [0.0]], [3.0, 3.0])


def test_it_learns_as_any_generator() -> None:
    trained = run({"optimizer.generator.lr": 0.02, "optimizer.discriminator.lr": 0.02})
    for _ in range(300):
        trained.advance()
    assert weights(trained)[1][0] > 0.5


def test_a_setting_moves_it_at_once_and_leaves_the_other_where_training_put_it() -> None:
    trained = run({"ema.half_life": 1000.0})
    for _ in range(20):
        trained.advance()
    (((scale,),), _) = weights(trained)
    assert scale != 0.5
    trained.edit({"generator.mean": [0.25]})
    assert weights(trained) == ([[scale]], [0.25])
    assert trained.game.average.network.module.bias.item() == 0.25
    trained.advance()
    trained.edit({"generator.std": [2.0]})
    assert weights(trained)[0] == [[2.0]]
    assert trained.step == 21


def test_naming_the_value_that_stands_in_the_experiment_brings_it_back() -> None:
    trained = run()
    for _ in range(20):
        trained.advance()
    assert weights(trained)[1] != [-1.0]
    trained.edit({"generator.mean": [-1.0]})
    assert weights(trained)[1] == [-1.0]


def test_other_edits_leave_its_weights_alone() -> None:
    trained = run()
    trained.advance()
    before = weights(trained)
    trained.edit({"optimizer.generator.lr": 0.5, "data.means": [3.0]})
    assert weights(trained) == before


def test_a_moved_gaussian_keeps_the_layout_and_another_kind_or_mode_does_not() -> None:
    moved = run()
    moved.edit({"data.means": [3.0], "generator.mean": [1.0]})
    assert (moved.standing.layout, moved.standing.edits) == (0, 1)
    moved.edit({"data": {"kind": "mixture_1d"}})
    assert moved.standing.layout == 1


def test_more_values_than_dimensions_are_refused() -> None:
    with pytest.raises(ExperimentError, match="one mean"):
        run({"generator.mean": [0.0, 1.0]})
    trained = run()
    with pytest.raises(ExperimentError, match="one mean"):
        trained.edit({"generator.std": [0.5, 1.0]})


def test_another_kind_of_generator_still_needs_a_new_start() -> None:
    with pytest.raises(ExperimentError, match="new start"):
        run().edit({"generator.kind": "mlp"})
    with pytest.raises(ExperimentError, match="new start"):
        Run(Experiment()).edit({"generator": {"kind": "affine", "mean": [1.0]}})
