"""The classes of samples: from the same draw, of the right mode, and as likely as they should be."""

from typing import get_args

import numpy as np
import pytest

from ganlab_desktop.experiment.classes import classes_of
from ganlab_desktop.experiment.data import (
    Circles,
    DataSpec,
    Disjoint,
    Ellipse,
    GanLab,
    Gaussians,
    Grid,
    Line,
    Mixture,
    Mixture1D,
    Moons,
    Pinwheel,
    Points,
    Ring,
    Spiral,
    SwissRoll,
)
from ganlab_desktop.experiment.images import Idx, ImageFolder, Npz, TorchVision
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.labels import draw_labels

FROM_FILES = {Points, ImageFolder, Idx, Npz, TorchVision}
DEFAULTS = [kind() for kind in get_args(DataSpec) if kind not in FROM_FILES]
LABELLED = [
    Ring(),
    Grid(side=3),
    Mixture(),
    Gaussians(share=0.2),
    Disjoint(),
    Moons(),
    Circles(),
    Spiral(arms=3),
    Pinwheel(),
    Mixture1D(means=(-2.0, 0.0, 2.0), sigmas=(0.3, 0.2, 0.3), weights=(1.0, 2.0, 5.0)),
    GanLab(shape="gaussians"),
]


def drawn(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("n_train", [0, 64])
@pytest.mark.parametrize("spec", LABELLED, ids=lambda spec: type(spec).__name__)
def test_labelled_samples_are_those_of_the_same_draw(spec: DataSpec, n_train: int) -> None:
    data = build(type(spec)(**{**{f: getattr(spec, f) for f in spec.__struct_fields__}, "n_train": n_train}))
    for plain, labelled in ((data.sample, data.labelled), (data.held_out, data.labelled_held_out)):
        samples, labels = labelled(drawn(), 300)
        assert (samples == plain(drawn(), 300)).all()
        assert labels.shape == (300,)
        assert labels.dtype == np.int64
        assert 0 <= labels.min() < labels.max() < data.classes


@pytest.mark.parametrize("spec", LABELLED, ids=lambda spec: type(spec).__name__)
def test_the_class_is_the_part_that_the_sample_came_from(spec: DataSpec) -> None:
    data = build(spec)
    samples, labels = data.labelled(drawn(), 4000)
    shares = np.bincount(labels, minlength=data.classes) / 4000
    assert shares == pytest.approx(data.class_weights, abs=0.05)
    assert (data.classify(samples.astype(np.float64)) == labels).mean() > 0.95  # parts of a pinwheel touch
    x = samples[:50].astype(np.float64)
    parts = [data.of_class(label) for label in range(data.classes)]
    whole = np.log(sum(w * np.exp(part.log_density(x)) for w, part in zip(data.class_weights, parts, strict=True)))
    np.testing.assert_allclose(whole, data.log_density(x), rtol=1e-6)
    one = parts[1].sample(drawn(), 500).astype(np.float64)
    assert (data.classify(one) == 1).mean() > 0.9
    assert parts[1] is data.of_class(1)
    assert parts[1].box == data.box


def test_a_training_set_keeps_the_classes_of_its_points() -> None:
    data = build(Ring(n_train=100))
    samples, labels = data.labelled(drawn(), 500)
    assert (data.classify(samples.astype(np.float64)) == labels).all()
    assert (data.classify(data.train_points.astype(np.float64)) == data.train_labels).all()


@pytest.mark.parametrize(
    "spec", [*LABELLED, *(kind() for kind in get_args(DataSpec) if kind not in FROM_FILES)], ids=repr
)
def test_specs_and_distributions_agree_on_the_number_of_classes(spec: DataSpec) -> None:
    assert classes_of(spec) == build(spec).classes


@pytest.mark.parametrize("spec", [Ring(modes=1), Ellipse(), Line(), SwissRoll()], ids=repr)
def test_one_class_is_none(spec: DataSpec) -> None:
    assert build(spec).classes == 0


def test_asked_classes_are_as_likely_as_their_weights() -> None:
    labels = draw_labels(np.array([0.1, 0.6, 0.3]), drawn(), 20_000)
    assert np.bincount(labels) / 20_000 == pytest.approx([0.1, 0.6, 0.3], abs=0.02)
