"""Everything that looks at a run has something sound to say of a variational autoencoder, or is not asked."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from ganlab_desktop.engine.checkup import snapshot_of
from ganlab_desktop.engine.glance import Glance
from ganlab_desktop.engine.run import Run
from ganlab_desktop.engine.scoring import likelihood_of
from ganlab_desktop.engine.thumbnail import drawn
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.exploration import Exploration
from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.autoencoding import Autoencoding
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.probes import PROBES, View, fits
from ganlab_desktop.measure.studies import STUDIES
from ganlab_desktop.measure.studies.gaussians import Gaussians
from ganlab_desktop.measure.studies.health import Health
from ganlab_desktop.measure.studies.latent_path import LatentPath
from ganlab_desktop.measure.studies.likelihood import Likelihood
from ganlab_desktop.measure.studies.quality import Quality

POINTS: dict[str, Any] = {"objective.kind": "variational", "schedule.batch_size": 32}
LINE = POINTS | {"data.kind": "mixture_1d", "latent.dim": 1, "generator.kind": "affine"}
IMAGES = POINTS | {
    "data.kind": "digits",
    "latent.dim": 8,
    "generator": {"kind": "dcgan", "maps": 4},
    "discriminator": {"kind": "dcgan", "maps": 4},
}


def trained(changes: dict[str, Any], steps: int = 20) -> Run:
    torch.set_num_threads(1)
    run = Run(with_changes(Experiment(), changes))
    for _ in range(steps):
        run.advance()
    return run


@pytest.fixture(scope="module", params=[POINTS, LINE, IMAGES], ids=["points", "line", "images"])
def run(request: pytest.FixtureRequest) -> Run:
    return trained(request.param)


def test_every_study_that_is_asked_sees_something_and_leaves_no_trace(run: Run) -> None:
    game, before = run.game, run.game.state()
    view = View(game.data.box, 8)
    asked = [kind for kind in STUDIES.values() if not kind.JUDGES and (kind.IMAGES or game.data.image is None)]
    asked = [kind for kind in asked if kind.fits(run.experiment, game.data, game.objective)]
    assert {Likelihood, Health} <= set(asked)
    snapshot = snapshot_of(run)
    for kind in asked:
        study = kind(game.data, 0)
        picture, row = study.look(replace(snapshot, view=view))
        assert len(row) == len(kind.COLUMNS)
        of_one_gaussian = kind is Gaussians and run.experiment.latent.dim > 1
        assert picture.arrays or picture.numbers or of_one_gaussian, kind
    assert game.state().equals(before)


def test_studies_of_the_discriminator_would_fail_aloud(run: Run) -> None:
    with pytest.raises(TypeError, match="no discriminator"):
        snapshot_of(run).judge(torch.zeros(2, run.game.data.dim))


def test_every_probe_that_fits_sees_the_run_and_leaves_no_trace(run: Run) -> None:
    game, before = run.game, run.game.state()
    names = [name for name in PROBES if fits(name, game)]
    assert not {"gradients", "critic_field"} & set(names)
    view = View(game.data.box, 8, chosen=3)
    pictures = {name: PROBES[name](game)(view) for name in names}
    if game.data.image is None:
        assert set(pictures["surface"].arrays) == {"density"}
        assert len(pictures["samples"].arrays["fake"])
    else:
        assert "saliency" not in pictures["closeup"].arrays
        assert len(pictures["closeup"].arrays["nearest"])
    assert game.state().equals(before)


def test_a_thumbnail_shows_what_is_made(run: Run) -> None:
    picture = Image.open(io.BytesIO(drawn(Glance(run.game)(), None)))
    assert len(np.unique(np.asarray(picture).reshape(-1, 3), axis=0)) > 1


def test_the_batch_of_a_phase_is_shown_beside_what_is_decoded_of_it() -> None:
    run = trained(POINTS, 1)
    seen = []
    for _ in range(3):
        run.advance_phase()
        seen.append(set(PROBES["batch"](run.game)(View(run.game.data.box, 8)).arrays))
    assert seen == [{"real"}, {"real"}, {"real", "fake"}]


def test_likelihood_is_of_the_encoder_and_the_decoder_at_hand(run: Run) -> None:
    game = run.game
    assert isinstance(game, Autoencoding)
    picture, row = Likelihood(game.data, 0).look(snapshot_of(run))
    numbers = dict(zip(Likelihood.COLUMNS, row, strict=True))
    assert numbers["elbo"] == pytest.approx(numbers["reconstruction"] - numbers["divergence"])
    assert numbers["iwae"] >= numbers["elbo"] - 0.05
    assert np.isfinite(numbers["log_density"]) == game.data.has_density
    held_out = game.data.held_out(Streams(0).at(0, Stream.MEASURED_REAL, 8), 250)
    original, decoded = picture.arrays["original"], picture.arrays["decoded"]
    with game.observed(), torch.no_grad():
        expected = game.generate(game.encode(torch.from_numpy(held_out)).mean).numpy()[: len(original)]
    if game.data.image is None:
        np.testing.assert_array_equal(original, held_out[: len(original)])
        np.testing.assert_allclose(decoded, expected, atol=1e-6)
        assert numbers["iwae"] < numbers["log_density"] + 0.2
    else:
        apart = as_bytes(expected, game.data.image).astype(int) - decoded.astype(int)
        assert np.abs(apart).max() <= 1


def test_health_and_quality_speak_of_the_samples_alone() -> None:
    run = trained(POINTS)
    found = Health(run.game.data, 0).measure(snapshot_of(run))
    assert np.isnan([found.real_accuracy, found.ranked, found.generator_gradient, found.slope]).all()
    assert np.isfinite([found.reached, found.near, found.offset_1]).all()
    assert found.latent_nats > 0.0
    _, row = Quality(run.game.data, 0).look(snapshot_of(run))
    numbers = dict(zip(Quality.COLUMNS, row, strict=True))
    assert np.isnan(numbers["accuracy_real"])
    assert np.isfinite(numbers["recall"])


def test_a_path_between_encoded_images_starts_and_ends_at_what_is_decoded_of_them() -> None:
    run = trained(IMAGES, 40)
    game = run.game
    assert isinstance(game, Autoencoding)
    assert game.data.image is not None
    view = View(game.data.box, 8, exploration=Exploration(corners=(5, 9, 0), encoded=True))
    picture, _ = LatentPath(game.data, 0).look(replace(snapshot_of(run), view=view))
    shown = game.data.sample(Streams(0).at(0, Stream.SHOWN_REAL), 512)[[5, 9]]
    with game.observed(), torch.no_grad():
        ends = game.generate(game.encode(torch.from_numpy(shown)).mean)
    expected = as_bytes(ends.numpy(), game.data.image).astype(int)
    for way in ("line", "arc"):
        images = picture.arrays[f"{way}_images"].astype(int)
        assert np.abs(images[[0, -1]] - expected).max() <= 1
        assert np.isnan(picture.arrays[f"{way}_outputs"]).all()


def test_fewer_latents_are_decoded_of_an_image_than_of_a_point(run: Run) -> None:
    snapshot, decoded = snapshot_of(run), list[int]()
    snapshot.generator.register_forward_hook(lambda module, given, made: decoded.append(len(made)))
    picture, _ = Likelihood(run.game.data, 0).look(snapshot)
    images = run.game.data.image is not None
    assert sum(decoded) == 250 * (20 if images else 50) + len(picture.arrays["decoded"])
    decoded.clear()
    likelihood_of(snapshot, run.game.data.held_out(np.random.default_rng(0), 4))
    assert sum(decoded) == 4 * (100 if images else 500)


def test_a_look_at_the_likelihood_keeps_no_other_study_waiting() -> None:
    """Images are decoded thousands of times."""
    assert Likelihood.SLOW
