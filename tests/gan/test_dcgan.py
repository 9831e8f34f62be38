"""Convolutional networks, and the images that they learn."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from torch import nn

from ganlab_desktop.experiment.convolutions import DcganDiscriminator, DcganGenerator
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.images import Digits, image_shape
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.networks.build import build_discriminator, build_generator
from ganlab_desktop.gan.networks.maps import Images, Maps


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 16, 16), (1, 32, 32)])
@pytest.mark.parametrize("upsampling", ["transposed", "resize"])
def test_a_generator_makes_flat_images_in_range(shape: tuple[int, int, int], upsampling: str) -> None:
    generator = build_generator(DcganGenerator(maps=4, upsampling=upsampling), 5, shape, rng())  # type: ignore[arg-type]
    made = generator(torch.randn(6, 5))
    assert made.shape == (6, np.prod(shape))
    assert made.abs().max() <= 1.0


@pytest.mark.parametrize("spec", [DcganDiscriminator(maps=4), DcganDiscriminator(maps=4, norm="layer")])
def test_a_discriminator_judges_each_image_on_its_own(spec: DcganDiscriminator) -> None:
    judge = build_discriminator(spec, (3, 16, 16), 0, rng())
    images = torch.randn(6, 3 * 256)
    torch.testing.assert_close(judge(images), torch.cat([judge(image[None]) for image in images]))


@pytest.mark.parametrize("beside", [0, 2])
def test_the_channels_of_a_place_lie_side_by_side_in_all_maps_on_a_cpu(beside: int) -> None:
    maps = Images((3, 8, 8), beside=beside)(torch.randn(4, 3 * 64 + beside))
    features = Maps((6, 4, 4))(torch.randn(4, 6 * 16))
    for made in (maps, nn.Conv2d(3 + beside, 5, 3)(maps), features, nn.ConvTranspose2d(6, 5, 4, 2, 1)(features)):
        assert made.is_contiguous(memory_format=torch.channels_last)
    plain = nn.Unflatten(1, (6, 4, 4))
    numbers = torch.randn(4, 6 * 16)
    assert_array_equal(Maps((6, 4, 4))(numbers), plain(numbers))


def test_flat_images_become_maps_with_what_is_told_beside_them() -> None:
    images, told = torch.randn(2, 2 * 3 * 4 * 5), torch.tensor([[7.0, 8.0], [9.0, 10.0]])
    maps = Images((3, 4, 5), count=2, beside=2)(torch.cat((images, told), 1))
    assert maps.shape == (2, 8, 4, 5)
    torch.testing.assert_close(maps[:, :6].flatten(1), images)
    assert bool((maps[1, 7] == 10.0).all())


def test_spectral_norm_holds_every_kernel_as_a_matrix_at_one() -> None:
    judge = build_discriminator(DcganDiscriminator(maps=8, spectral_norm=True), (1, 16, 16), 0, rng())
    with torch.no_grad():
        for _ in range(200):
            judge(torch.zeros(1, 256))
    for layer in judge.eval().modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            largest = torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)
            assert float(largest) == pytest.approx(1.0, rel=2e-3)


def test_sides_that_cannot_be_halved_are_refused() -> None:
    with pytest.raises(ValueError, match="side 28"):
        build_generator(DcganGenerator(), 4, (1, 28, 28), rng())


def test_digits_are_those_of_scikit_learn_and_a_fifth_is_left_out() -> None:
    data, found = build(Digits()), load_digits()
    assert data.image == image_shape(Digits()) == (1, 8, 8)
    assert data.classes == 10
    assert data.train_points is not None
    assert len(data.train_points) == 1438
    known = {image.tobytes(): label for image, label in zip(found.data.astype(np.float32), found.target, strict=True)}
    seen = {}
    for draw in (data.labelled, data.labelled_held_out):
        images, labels = draw(rng(), 5000)
        assert images.min() == -1.0
        assert images.max() == 1.0
        for image, label in zip(np.rint((images + 1.0) * 8.0), labels, strict=True):
            assert known[image.tobytes()] == label
        seen[draw] = {image.tobytes() for image in images}
    trained, held_out = seen.values()
    assert not trained & held_out
    assert_array_equal(data.sample(rng(1), 50), data.labelled(rng(1), 50)[0])
    only = data.of_class(3)
    assert only.train_points is not None
    assert {known[image.tobytes()] for image in np.rint((only.train_points + 1.0) * 8.0)} == {3}


def test_training_images_may_be_fewer_but_not_more_than_there_are() -> None:
    few = build(Digits(n_train=100))
    assert few.train_points is not None
    assert len(few.train_points) == 100
    with pytest.raises(ExperimentError, match="<= 1797"):
        build(Digits(n_train=1798))
