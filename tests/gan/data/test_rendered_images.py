"""Images that are drawn by rule: what they show is what their labels and factors say."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.images import Glyphs, Shapes, StackedDigits, image_shape
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.images import glyphs, read_pictures, shapes, watching
from ganlab_desktop.gan.data.images.strokes import centres, coverage, distances, hues, inside

RENDERED = [
    Glyphs(size=16, count=300),
    Glyphs(size=32, colour="rgb", count=300),
    Shapes(size=16, count=300),
    StackedDigits(count=300),
    StackedDigits(source="glyphs", size=16, count=300),
]


def drawn_again(spec, labels, factors):
    if isinstance(spec, Shapes):
        return shapes.drawn(labels, factors, spec.size)
    return glyphs.drawn(labels, factors, spec.size, image_shape(spec)[0])


@pytest.mark.parametrize("spec", RENDERED, ids=repr)
def test_images_are_of_the_shape_and_range_that_the_spec_says(spec) -> None:
    data = build(spec)
    assert data.image == image_shape(spec)
    assert data.dim == np.prod(image_shape(spec))
    images, labels = data.labelled(np.random.default_rng(0), 200)
    assert images.shape == (200, data.dim)
    assert images.dtype == np.float32
    assert images.flags.c_contiguous
    assert images.min() == -1.0
    assert 0.8 < images.max() <= 1.0
    assert 0 <= labels.min() < labels.max() < data.classes
    assert_array_equal(data.sample(np.random.default_rng(0), 200), images)


@pytest.mark.parametrize("spec", RENDERED, ids=repr)
def test_no_held_out_image_is_trained_on(spec) -> None:
    data = build(spec)
    assert data.train_points is not None
    assert len(data.train_points) == 240
    trained = {image.tobytes() for image in data.train_points[:]}
    held_out = {image.tobytes() for image in data.held_out(np.random.default_rng(0), 2000)}
    assert len(held_out) == 60
    assert not trained & held_out


@pytest.mark.parametrize("spec", RENDERED, ids=repr)
def test_an_image_depends_on_the_seed_and_its_number_alone(spec) -> None:
    kind = type(spec)
    settings = {name: getattr(spec, name) for name in spec.__struct_fields__}
    some, more = (read_pictures(kind(**settings | {"count": count})) for count in (300, 1500))
    assert_array_equal(more.images[:300], some.images)
    assert_array_equal(more.labels[:300], some.labels)
    other = read_pictures(kind(**settings | {"seed": 1}))
    assert not np.array_equal(other.images, some.images)


@pytest.mark.parametrize("spec", RENDERED[:3], ids=repr)
def test_images_are_what_their_labels_and_factors_draw(spec) -> None:
    found = read_pictures(spec)
    assert found.factors.shape == (300, len(found.factor_names))
    assert_array_equal(drawn_again(spec, found.labels, found.factors), found.images)
    one = slice(17, 18)
    assert_array_equal(drawn_again(spec, found.labels[one], found.factors[one]), found.images[one])
    data = build(spec)
    assert data.factor_names == found.factor_names
    again = drawn_again(spec, data.train_labels, data.train_factors)
    np.testing.assert_allclose(data.train_points[:], again / 127.5 - 1, atol=1e-6)


def moments(images, size):
    """Mass, and mean x and y, of grey images from 0 to 1: (N,) each."""
    mass = images.sum((1, 2))
    at = centres(size)
    return mass, (images.sum(1) @ at) / mass, (images.sum(2) @ at) / mass


def test_factors_of_glyphs_move_what_they_are_called_after() -> None:
    names = list(glyphs.FACTORS)
    plain = np.array([[0.0, 0.2, 0.6, 1.0, 0.0, 0.0, 0.0, 0.0, 0.5]])

    def drawn(digit, **changes):
        factors = plain.copy()
        for name, value in changes.items():
            factors[0, names.index(name)] = value
        return glyphs.drawn(np.array([digit]), factors, 64, 1).reshape(1, 64, 64) / 255

    for digit in range(10):
        mass, x, y = moments(drawn(digit), 64)
        thick, _, _ = moments(drawn(digit, thickness=0.3), 64)
        assert thick / mass == pytest.approx(1.5, abs=0.15)  # a stroke's area grows as its width
        _, moved_x, moved_y = moments(drawn(digit, x=0.125, y=-0.0625), 64)
        assert moved_x - x == pytest.approx(0.125, abs=1e-5)
        assert moved_y - y == pytest.approx(-0.0625, abs=1e-5)
        leaning = drawn(digit, slant=20.0)[0]
        top, bottom = (moments(part[None], 64)[1] for part in (leaning[:32].repeat(2, 0), leaning[32:].repeat(2, 0)))
        straight = drawn(digit)[0]
        was = [moments(part[None].repeat(2, 1), 64)[1] for part in (straight[:32], straight[32:])]
        assert top - was[0] > 0.05  # to the right above the middle, to the left below
        assert bottom - was[1] < -0.05
    narrow, wide = (drawn(0, width=width)[0].max(0) > 0.5 for width in (0.7, 1.3))
    assert wide.sum() > 1.4 * narrow.sum()


def test_without_variation_all_glyphs_of_a_digit_are_the_same() -> None:
    found = read_pictures(Glyphs(size=16, count=200, slant=0.0, jitter=0.0))
    kinds = {(label, image.tobytes()) for label, image in zip(found.labels, found.images, strict=True)}
    assert len(kinds) == len({image for _, image in kinds}) == 10


@pytest.mark.parametrize(("label", "area"), [(0, np.pi * 0.81), (1, 2.56), (2, 3 * np.sqrt(3) / 4), (3, None)])
def test_shapes_have_the_area_place_and_colour_of_their_factors(label: int, area: float | None) -> None:
    rng = np.random.default_rng(0)
    size, x, y = rng.uniform(0.3, 0.6, 20), rng.uniform(-0.2, 0.2, 20), rng.uniform(-0.2, 0.2, 20)
    hue = rng.uniform(0, 1, 20)
    factors = np.stack((size, x, y, rng.uniform(0, 90, 20), hue), 1)
    images = shapes.drawn(np.full(20, label), factors, 64).reshape(20, 3, 64, 64) / 255
    brightest = images.max((2, 3))
    np.testing.assert_allclose(brightest, hues(hue.astype(np.float32)), atol=0.01)
    mass, mean_x, mean_y = moments(images.sum(1) / brightest.sum(1)[:, None, None], 64)
    np.testing.assert_allclose(mean_x, x, atol=0.01)
    np.testing.assert_allclose(mean_y, y, atol=0.01)
    if area is None:  # ten triangles between neighbouring corners and the middle
        area = 10 * 0.5 * 0.45 * np.sin(np.pi / 5)
    np.testing.assert_allclose(mass * (2 / 64) ** 2, area * size**2, rtol=0.03)


def test_a_turn_by_its_symmetry_leaves_a_shape_as_it_is() -> None:
    for label, turn in ((1, 90.0), (2, 120.0), (3, 72.0)):
        same = np.array([[0.5, 0.1, 0.0, 10.0, 0.2], [0.5, 0.1, 0.0, 10.0 + turn, 0.2], [0.5, 0.1, 0.0, 40.0, 0.2]])
        first, turned, other = shapes.drawn(np.full(3, label), same, 32).astype(int)
        assert abs(first - turned).max() <= 1
        assert abs(first - other).max() > 100


def test_distances_to_segments_are_those_of_a_plain_search() -> None:
    rng = np.random.default_rng(0)
    starts, ends = (rng.uniform(-1, 1, (3, 4, 2)).astype(np.float32) for _ in range(2))
    ends[0, 0] = starts[0, 0]  # a point
    found = distances(starts, ends, 8)
    points = np.stack(np.meshgrid(centres(8), centres(8)), -1)
    along = np.linspace(0, 1, 2001)[:, None]
    for image in range(3):
        dense = np.concatenate([a + along * (b - a) for a, b in zip(starts[image], ends[image], strict=True)])
        nearest = np.linalg.norm(points[:, :, None] - dense, axis=-1).min(-1)
        np.testing.assert_allclose(found[image], nearest, atol=1e-3)


def test_inside_is_even_odd_and_coverage_half_at_the_border() -> None:
    square = np.array([[(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]], np.float32)
    at = abs(centres(8)) < 0.5
    assert_array_equal(inside(square, 8)[0], at[:, None] & at)
    assert_array_equal(coverage(np.zeros((1, 4, 4), np.float32)), 0.5)


def test_stacked_digits_are_three_digits_and_their_mode_names_them() -> None:
    spec = StackedDigits(count=2000)
    found = read_pictures(spec)
    assert found.names[7] == "007"
    singles = build_singles()
    for image, mode in zip(found.images[:200].reshape(200, 3, 64), found.labels, strict=False):
        assert [singles[channel.tobytes()] for channel in image] == [mode // 100, mode // 10 % 10, mode % 10]
    assert len(np.unique(found.labels)) > 800  # 2,000 draws of 1,000 modes miss 135
    assert build(spec).classes == 1000


def build_singles() -> dict[bytes, int]:
    from sklearn.datasets import load_digits

    found = load_digits()
    return {
        np.rint(image * 255 / 16).astype(np.uint8).tobytes(): int(label)
        for image, label in zip(found.data, found.target, strict=True)
    }


def test_stacked_glyphs_are_glyphs() -> None:
    found = read_pictures(StackedDigits(source="glyphs", size=16, count=50))
    single = read_pictures(Glyphs(size=16))
    known = {image.tobytes(): label for image, label in zip(single.images, single.labels, strict=True)}
    for image, mode in zip(found.images.reshape(50, 3, 256), found.labels, strict=True):
        assert f"{mode:03}" == "".join(str(known[channel.tobytes()]) for channel in image)


def test_a_class_without_images_gives_none_of_others() -> None:
    data = build(StackedDigits(count=10))
    missing = next(mode for mode in range(1000) if mode not in read_pictures(StackedDigits(count=10)).labels)
    assert data.of_class(missing).sample(np.random.default_rng(0), 5).shape == (0, 192)
    present = int(data.train_labels[0])
    assert data.of_class(present).sample(np.random.default_rng(0), 5).shape == (5, 192)


def test_drawing_tells_how_far_it_is_and_stops_when_asked() -> None:
    told = []

    def progress(done: int, count: int) -> bool:
        told.append((done, count))
        return len(told) < 3

    with watching(progress), pytest.raises(ExperimentError, match="was stopped after"):
        read_pictures(Glyphs(size=16, count=5001))
    assert len(told) == 3
    assert told[0] == (0, 5001)
    assert sorted(told) == told
    assert len(read_pictures(Glyphs(size=16, count=5001)).images) == 5001
