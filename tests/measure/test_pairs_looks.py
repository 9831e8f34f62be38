"""What is seen of games from images to images: held-out pairs, always the same, each under its own input."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from ganlab_desktop.engine.checkup import snapshot_of
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.data.images import PairedImages
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.evaluation import evaluate
from ganlab_desktop.measure.judgement import judgement_of
from ganlab_desktop.measure.metrics.ssim import psnr, ssim
from ganlab_desktop.measure.pairs import nearness
from ganlab_desktop.measure.probes import PROBES, View
from ganlab_desktop.measure.studies import STUDIES

PAIRS: dict[str, Any] = {
    "data": {"kind": "paired", "source": {"kind": "shapes", "size": 16, "count": 200}},
    "generator": {"kind": "unet", "maps": 4},
    "discriminator": {"kind": "patch", "patch": "16", "maps": 4},
    "schedule.batch_size": 8,
}


@pytest.fixture(scope="module")
def run() -> Run:
    torch.set_num_threads(1)
    made = Run(with_changes(Experiment(), deepcopy(PAIRS)))
    for _ in range(3):
        made.advance()
    return made


def data_of(run: Run) -> PairedImages:
    assert isinstance(run.game.data, PairedImages)
    return run.game.data


def view(chosen: int = -1) -> View:
    return View((-1.0, 1.0, -1.0, 1.0), 8, chosen=chosen)


def test_the_wall_and_a_close_look_show_held_out_pairs(run: Run) -> None:
    data = data_of(run)
    targets, inputs = data.shown_pairs
    trained = {row.tobytes() for row in data.points[:]}
    assert not trained & {row.tobytes() for row in targets}
    wall = PROBES["wall"](run.game)(view()).arrays
    assert wall["images"].shape == wall["targets"].shape == (24, 16, 16, 3)
    assert_array_equal(wall["targets"], as_bytes(targets[:24], (3, 16, 16)))
    assert_array_equal(wall["inputs"], as_bytes(inputs[:24], (1, 16, 16)))
    close = PROBES["closeup"](run.game)(view(7))
    for name, shown in (("image", "images"), ("inputs", "inputs"), ("targets", "targets")):
        assert_array_equal(close.arrays[name][0], wall[shown][7])
    assert 0.0 < close.numbers["output"] < 1.0
    assert close.arrays["saliency"].shape == (16, 16)
    assert close.arrays["saliency"].max() > 0.0


def test_what_a_close_look_says_of_d_is_under_the_pair_s_own_input(run: Run) -> None:
    close, wall = PROBES["closeup"](run.game)(view(7)), PROBES["wall"](run.game)(view())
    inputs = torch.from_numpy(data_of(run).shown_pairs[1])
    image = torch.from_numpy(wall.arrays["images"][7].transpose(2, 0, 1).reshape(1, -1) / np.float32(127.5) - 1)
    with run.game.observed(), torch.no_grad():
        own, other = (torch.sigmoid(run.game.judge(image, inputs[index : index + 1])) for index in (7, 8))
    assert close.numbers["output"] == pytest.approx(float(own), abs=1e-3)
    assert abs(float(own) - float(other)) > 1e-5


def test_likeness_of_pairs_is_the_mean_beside_that_of_the_inputs_themselves() -> None:
    rng = np.random.default_rng(0)
    targets = rng.uniform(-1, 1, (5, 3, 16, 16)).astype(np.float32)
    made = np.clip(targets + rng.normal(0, 0.2, targets.shape), -1, 1).astype(np.float32)
    inputs = targets.mean(1, keepdims=True)
    found = nearness(*(x.reshape(5, -1) for x in (made, targets, inputs)), (3, 16, 16), (1, 16, 16))
    assert found.ssim == pytest.approx(ssim(made, targets).mean())
    assert found.psnr == pytest.approx(psnr(made, targets).mean())
    assert found.l1 == pytest.approx(np.abs(made - targets).mean())
    assert found.ssim_input == pytest.approx(ssim(np.repeat(inputs, 3, 1), targets).mean())
    assert found.l1_input == pytest.approx(np.abs(inputs - targets).mean())
    assert found.ssim_input < found.ssim < 1.0


def test_the_study_looks_at_what_is_made_of_the_shown_inputs(run: Run) -> None:
    data, snapshot = data_of(run), snapshot_of(run)
    picture, row = STUDIES["pairs"](data, 0).look(snapshot)
    targets, inputs = data.shown_pairs
    with torch.no_grad():
        made = run.game.generator.module.eval()(snapshot.latents(len(inputs)), torch.from_numpy(inputs)).numpy()
    run.game.generator.module.train()
    expected = nearness(made, targets, inputs, (3, 16, 16), (1, 16, 16))
    assert row == pytest.approx(tuple(expected), rel=1e-5)
    assert picture.numbers["ssim"] == row[0]


@pytest.mark.parametrize("name", ["health", "likeness", "critic_slopes"])
def test_studies_of_images_look_at_pairs_too(run: Run, name: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    _, row = STUDIES[name](run.game.data, 0).look(snapshot_of(run))
    assert np.isfinite(row[:3]).all()


def test_health_judges_each_image_beside_its_own_input(run: Run) -> None:
    snapshot, data = snapshot_of(run), data_of(run)
    targets, inputs = (torch.from_numpy(part[:9]) for part in data.shown_pairs)
    with torch.no_grad():
        together = snapshot.judge(targets, inputs)
        alone = torch.cat([snapshot.judge(targets[k : k + 1], inputs[k : k + 1]) for k in range(9)])
        torch.testing.assert_close(together, alone)
        assert_array_equal(snapshot.judge(targets), together)  # it is given the shown inputs
        assert not torch.allclose(snapshot.judge(targets, inputs.flip(0)), together)
    _, given = data.told_held_out(Streams(0).at(0, Stream.MEASURED_REAL, 4), 128)
    told = torch.from_numpy(given)
    with torch.no_grad():
        v = snapshot.judge_fake(torch.from_numpy(snapshot.generate(128, condition=told)), told)
    found, _ = STUDIES["health"](data, 0).look(snapshot)
    assert found.numbers["fake_output"] == pytest.approx(float(torch.sigmoid(v).mean()), abs=1e-7)


def test_evaluate_compares_samples_with_the_targets_of_their_own_inputs(run: Run) -> None:
    scores = evaluate(run.game.data, run.sample, 100, 0, judgement_of(snapshot_of(run)), pairs=run.pairs)
    targets, inputs = run.pairs(100, 0)
    expected = nearness(run.sample(100, 0), targets, inputs, (3, 16, 16), (1, 16, 16))
    for name in ("ssim", "psnr", "ssim_input", "psnr_input"):
        assert scores[name] == pytest.approx(getattr(expected, name))
    assert scores["accuracy_real"] is not None
    assert scores["slope"] is None
    assert_array_equal(inputs, data_of(run).inputs(targets))
