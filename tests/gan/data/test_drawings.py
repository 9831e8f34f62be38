"""What is drawn by hand is the distribution: its samples, its density, and where up is."""

import numpy as np
import pytest
from scipy.stats import chi2, norm

from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.data import Drawn
from ganlab_desktop.experiment.drawing import heart, rows_of, weights_of
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import validate
from ganlab_desktop.gan.data.build import build

STAIRS = ("9...", ".3..", ".31.", "1...")  # the top row first; extent 1 makes cells of side 1/2
WEIGHTS = np.array([[1, 0, 0, 0], [0, 3, 1, 0], [0, 3, 0, 0], [9, 0, 0, 0]])  # from the bottom row up
SPEC = Drawn(raster=STAIRS, extent=2.0, scale=2.0)


def test_cells_receive_samples_by_their_weight_with_the_top_row_on_top() -> None:
    samples = build(SPEC).sample(np.random.default_rng(0), 50_000).astype(np.float64)
    column, row = np.floor((samples + 1) / 0.5).astype(int).T
    counts = np.zeros((4, 4))
    np.add.at(counts, (row, column), 1)
    expected = 50_000 * WEIGHTS / WEIGHTS.sum()
    assert not counts[WEIGHTS == 0].any()
    statistic = ((counts - expected)[WEIGHTS > 0] ** 2 / expected[WEIGHTS > 0]).sum()
    assert chi2.sf(statistic, np.count_nonzero(WEIGHTS) - 1) > 1e-4
    quarters = np.floor((samples + 1) / 0.25).astype(int) % 2  # even within a cell
    shares = np.bincount(quarters @ [1, 2], minlength=4)
    assert chi2.sf(((shares - 12_500) ** 2 / 12_500).sum(), 3) > 1e-4


def test_density_is_constant_in_a_cell_and_integrates_to_one() -> None:
    data = build(SPEC)
    middles = (np.stack(np.meshgrid(np.arange(4), np.arange(4)), -1).reshape(-1, 2) + 0.5) * 0.5 - 1
    density = np.exp(data.log_density(middles))
    assert density == pytest.approx(WEIGHTS.ravel() / WEIGHTS.sum() / 0.25)
    assert density.sum() * 0.25 == pytest.approx(1)
    assert np.exp(data.log_density(middles + 0.2)) == pytest.approx(density)
    assert data.log_density(np.array([[1.1, 0.0], [0.0, -7.0]])).tolist() == [-np.inf, -np.inf]
    assert data.detail == 0.5


def test_smoothed_density_is_the_sum_of_smoothed_cells() -> None:
    data, h = build(SPEC), 0.2
    x = np.random.default_rng(1).uniform(-1.5, 1.5, (60, 2))
    brute = np.zeros(60)
    for row, column in np.argwhere(WEIGHTS):
        inside = [
            norm.cdf(edge + 0.5 - x[:, axis], scale=h) - norm.cdf(edge - x[:, axis], scale=h)
            for axis, edge in enumerate((column * 0.5 - 1, row * 0.5 - 1))
        ]
        brute += WEIGHTS[row, column] / WEIGHTS.sum() * inside[0] * inside[1] / 0.25
    assert np.exp(data.smoothed_log_density(x, h)) == pytest.approx(brute, rel=1e-9)
    noisy = data.sample(np.random.default_rng(2), 200_000) + h * np.random.default_rng(3).standard_normal((200_000, 2))
    near = (np.abs(noisy - x[0]) < 0.05).all(1).mean() / 0.01
    assert np.exp(data.smoothed_log_density(x[:1], h)) == pytest.approx(near, abs=0.04)


def test_a_drawing_is_text_that_reads_back() -> None:
    assert rows_of(weights_of(STAIRS)) == list(STAIRS)
    experiment = Experiment(data=Drawn(raster=heart(8)))
    text = files.to_toml(experiment)
    assert '    ".999999.",\n' in text  # a line for each row
    assert files.from_toml(text) == experiment


@pytest.mark.parametrize(
    ("raster", "said"),
    [
        (["9.", "9x"], r"^data\.raster\[1\]: must be 2 to 64 rows .* got '9x'"),
        (["9.", "9\n"], r"^data\.raster\[1\]: must be 2 to 64 rows"),
        (["9" * 65] * 65, r"^data\.raster: must be 2 to 64 rows"),
        ("99", r"^data\.raster: must be 2 to 64 rows .* got '99'"),
    ],
)
def test_what_is_no_drawing_is_refused_with_the_reason(raster: object, said: str) -> None:
    with pytest.raises(ExperimentError, match=said):
        validate({"data": {"kind": "drawn", "raster": raster}})
