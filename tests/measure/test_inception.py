"""Scores in the terms of Inception v3, by torch-fidelity: with random weights, so that none are fetched."""

import builtins
import json
import os
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest
import torch
from scipy.special import softmax

from ganlab_desktop.cli.app import run as command
from ganlab_desktop.experiment.data import Ring
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.images import Digits, as_bytes
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.distribution import Distribution, FloatArray, Samples
from ganlab_desktop.measure.inception import NAMES, caution, inception_v3
from ganlab_desktop.measure.metrics.frechet_distance import feature_distance
from ganlab_desktop.measure.metrics.inception_score import inception_score
from ganlab_desktop.measure.metrics.kernel_distance import kernel_distance
from ganlab_desktop.measure.metrics.manifold_coverage import manifold_coverage
from ganlab_desktop.scripting.run import Run, open_run

try:
    import torch_fidelity
except (ImportError, RuntimeError):
    torch_fidelity = None
installed = pytest.mark.skipif(torch_fidelity is None, reason="torch-fidelity is not installed (extra: vision)")

FEW = Digits(n_train=1757)  # of 1,797
CPU = torch.device("cpu")
FILE = "weights-inception-2015-12-05-6726825d.pth"
SMALL = ("data.n_train=1757", "generator.maps=4", "discriminator.maps=4", "schedule.batch_size=16")

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """torch-fidelity's network with random weights, under which its features are of the size of 1, and their file."""
    kind = torch_fidelity.FeatureExtractorInceptionV3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "load", lambda *_, **__: {})
        patch.setattr(kind, "load_state_dict", lambda *_: None)
        made = kind("random", ["2048", "logits_unbiased"], feature_extractor_weights_path="none")
    rng = torch.Generator().manual_seed(0)
    for weights in made.parameters():
        if weights.ndim > 1:
            weights.normal_(0.0, (2 / weights[0].numel()) ** 0.5, generator=rng)
    made.file = tmp_path_factory.mktemp("weights") / "random.pth"
    torch.save(made.state_dict(), made.file)
    return made


@pytest.fixture
def weights(network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_INCEPTION", str(network.file))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inception") / "digits.ganlab"
    settings = [word for setting in SMALL for word in ("--set", setting)]
    assert command(["train", "digits-dcgan", "--out", str(path), "--steps", "3", *settings]) == 0
    return path


def features_of(network: Any, images: Samples) -> tuple[FloatArray, FloatArray]:
    """Features (N, 2048) and logits (N, 1008) of grey images of 8 x 8 pixels, as they are stored."""
    stored = np.repeat(as_bytes(images, (1, 8, 8)), 3, axis=3).transpose(0, 3, 1, 2)
    features, logits = network(torch.from_numpy(stored))
    return features.numpy(), logits.numpy()


@installed
@pytest.mark.usefixtures("weights")
def test_a_run_is_scored_as_by_torch_fidelity_and_by_our_own_metrics(
    network: Any, trained: Path, capsys: Capture
) -> None:
    from torch_fidelity.metric_isc import isc_features_to_metric
    from torch_fidelity.metric_kid import kid_features_to_metric
    from torch_fidelity.metric_prc import prc_features_to_metric

    capsys.readouterr()
    assert command(["evaluate", str(trained), "--samples", "100", "--json", "--inception"]) == 0
    told = capsys.readouterr()
    scores = json.loads(told.out)
    assert set(NAMES) < set(scores)
    assert scores["inception_v3"].startswith("inception-v3-compat, other weights (random.pth, SHA-256 ")
    assert scores["inception_v3_real"] == 40
    assert "100 generated and 40 held-out ones" in told.err
    assert told.err.count("\n") == 1

    with open_run(trained, readonly=True) as run:
        made = run.sample(100)
    fake, logits = features_of(network, made)
    real, _ = features_of(network, build(FEW).held_out_images[:])
    assert scores["inception_v3_fid"] == pytest.approx(feature_distance(real, fake), rel=1e-4)
    x, y = torch.from_numpy(fake), torch.from_numpy(real)
    kid = kid_features_to_metric(x, y, kid_subset_size=40, verbose=False)
    assert (scores["inception_v3_kid"], scores["inception_v3_kid_std"]) == pytest.approx(tuple(kid.values()), rel=1e-4)
    rng = np.random.RandomState(2020)  # torch-fidelity's
    drawn = [
        kernel_distance(real[rng.choice(40, 40, replace=False)], fake[places])
        for places in (rng.choice(100, 40, replace=False) for _ in range(100))
    ]
    assert scores["inception_v3_kid"] == pytest.approx(np.mean(drawn), rel=1e-4)
    isc = isc_features_to_metric(torch.from_numpy(logits))
    assert scores["inception_v3_score"] == pytest.approx(isc["inception_score_mean"], rel=1e-4)
    shuffled = logits[np.random.RandomState(2020).permutation(100)]
    ours = inception_score(softmax(shuffled.astype(np.float64), axis=1))
    assert (scores["inception_v3_score"], scores["inception_v3_score_std"]) == pytest.approx(tuple(ours), rel=1e-4)
    prc = prc_features_to_metric(x, y, verbose=False)
    found = manifold_coverage(real, fake, (3,))[0]
    for name in ("precision", "recall"):
        assert scores[f"inception_v3_{name}"] == pytest.approx(prc[name]) == pytest.approx(getattr(found, name))


@installed
@pytest.mark.usefixtures("weights")
def test_images_that_are_not_finite_or_too_few_are_not_shown_to_it() -> None:
    shown: list[int] = []
    judge = inception_v3(build(FEW))
    lost = judge.scores(np.full((12, 64), np.nan, np.float32), CPU, lambda: shown.append(1))
    assert (lost["inception_v3_real"], lost["inception_v3_fid"], len(shown)) == (40, None, 0)
    with pytest.raises(ExperimentError, match="at least 10 generated images, got 9"):
        judge.scores(np.zeros((9, 64), np.float32), CPU)


@installed
def test_weights_that_are_not_there_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_INCEPTION", str(tmp_path / "none.pth"))
    with pytest.raises(ExperimentError, match=rf"none\.pth: No such file.*get https://github\.com.*{FILE}"):
        inception_v3(build(FEW))

    def offline(*_: object) -> None:
        raise URLError("Name or service not known")

    monkeypatch.delenv("GANLAB_INCEPTION")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "download_url_to_file", offline)
    with pytest.raises(ExperimentError) as told:
        inception_v3(build(FEW))
    where = tmp_path / "hub" / "checkpoints"
    assert f"{FILE} is not in {where} and cannot be fetched (" in str(told.value)
    assert "not known" in str(told.value)
    assert "GANLAB_INCEPTION" in str(told.value)


class Hostile:
    """What runs a command where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.trace),)


@installed
@pytest.mark.parametrize("content", ["hostile", "another network", "damaged"])
def test_a_file_that_holds_other_things_than_weights_is_refused(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, trace = tmp_path / "file.pth", tmp_path / "trace"
    if content == "damaged":
        file.write_bytes(bytes(1000))
    else:
        torch.save(Hostile(trace) if content == "hostile" else {"fc.weight": torch.zeros(1000, 2048)}, file)
    monkeypatch.setenv("GANLAB_INCEPTION", str(file))
    with pytest.raises(ExperimentError, match=r"file\.pth: holds no weights of this network"):
        inception_v3(build(FEW))
    assert not trace.exists()


def test_without_torch_fidelity_the_way_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "torch_fidelity":
            raise ModuleNotFoundError(name)
        return plain(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ExperimentError, match=r"not installed; the extra vision brings it"):
        inception_v3(build(FEW))


@pytest.mark.parametrize(
    ("data", "reason"),
    [(build(Ring()), "these data are points"), (build(Digits(n_train=1797)), "no images are held out")],
    ids=["points", "none held out"],
)
def test_data_that_it_cannot_judge_are_refused(data: Distribution, reason: str) -> None:
    with pytest.raises(ExperimentError, match=rf"^inception: .*{reason}"):
        inception_v3(data)


def test_a_script_is_refused_before_anything_is_measured() -> None:
    with pytest.raises(ExperimentError, match="these data are points"):
        Run(load_preset("ring-ns")).evaluate(inception=True)


def test_fewer_images_than_papers_take_are_told() -> None:
    assert caution({"samples": 50_000, "inception_v3_real": 50_000}) == ""
    assert "50,000 generated and 10,000 held-out" in caution({"samples": 50_000, "inception_v3_real": 10_000})
