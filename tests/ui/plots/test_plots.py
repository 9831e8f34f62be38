"""The parts that pictures are made of, against closed forms and brute force."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from scipy.interpolate import RegularGridInterpolator

from ganlab_desktop.palette import DARK, LIGHT
from ganlab_desktop.ui.plots.contours import contour
from ganlab_desktop.ui.plots.fields import quiver
from ganlab_desktop.ui.plots.grids import at, refined
from ganlab_desktop.ui.plots.plot import Plot
from ganlab_desktop.ui.plots.steady import SteadyRange, SteadyValue
from ganlab_desktop.ui.plots.strokes import arrows, ellipses, net
from ganlab_desktop.ui.plots.tables import cividis, diverging
from ganlab_desktop.ui.plots.text import fixed, percent

BOX = (-2.0, 2.0, -1.0, 3.0)


def grid(function, side: int = 61) -> np.ndarray:
    x, y = np.meshgrid(np.linspace(BOX[0], BOX[1], side), np.linspace(BOX[2], BOX[3], side))
    return function(x, y)


def test_contour_of_a_cone_is_a_circle():
    x, y = contour(grid(lambda x, y: np.hypot(x, y - 1)), 1.3, BOX)
    assert np.allclose(np.hypot(x, y - 1), 1.3, atol=1e-3)
    length = np.hypot(x[1::2] - x[::2], y[1::2] - y[::2]).sum()
    assert length == pytest.approx(2 * np.pi * 1.3, rel=1e-3)


def test_contour_is_closed_away_from_the_edge():
    x, y = contour(grid(lambda x, y: np.hypot(x, y - 1)), 1.3, BOX)
    ends, meetings = np.unique(np.round(np.stack([x, y], 1), 9), axis=0, return_counts=True)
    assert np.all(meetings == 2), "every end of a segment is the start of another"
    assert len(ends) == len(x) // 2


@pytest.mark.parametrize("seed", range(5))
def test_contour_passes_through_the_level_on_any_surface_saddles_included(seed):
    values = np.random.default_rng(seed).normal(size=(14, 11))
    x, y = contour(values, 0.1, BOX)
    rows, columns = np.linspace(BOX[2], BOX[3], 14), np.linspace(BOX[0], BOX[1], 11)
    bilinear = RegularGridInterpolator((rows, columns), values)
    assert np.allclose(bilinear(np.stack([y.clip(*BOX[2:]), x.clip(*BOX[:2])], 1)), 0.1, atol=1e-9)
    above = values > 0.1
    crossings = np.count_nonzero(np.diff(above, axis=0)) + np.count_nonzero(np.diff(above, axis=1))
    inner = np.count_nonzero(np.diff(above[:, 1:-1], axis=0)) + np.count_nonzero(np.diff(above[1:-1], axis=1))
    assert len(x) == crossings + inner, "inner edges are met from both sides, outer ones from one"


def test_contour_leaves_out_what_is_not_finite():
    values = grid(lambda x, y: x)
    values[10:20] = np.nan
    x, y = contour(values, 0.5, BOX)
    assert np.allclose(x, 0.5)
    assert np.isfinite(y).all()
    assert len(contour(np.full((5, 5), np.nan), 0.0, BOX)[0]) == 0


def test_refined_picture_passes_through_its_points_and_is_exact_for_planes():
    values = grid(lambda x, y: 2 * x - 3 * y + 1, 9).astype(np.float32)
    fine = refined(values, 3)
    assert fine.flags.c_contiguous
    assert np.allclose(fine[::3, ::3], values)
    exact = grid(lambda x, y: 2 * x - 3 * y + 1, 25)
    assert np.allclose(fine[3:-3, 3:-3], exact[3:-3, 3:-3], atol=1e-5)


def test_refined_picture_comes_closer_to_a_smooth_function_than_linear_interpolation():
    def wave(x, y):
        return np.sin(2 * x) * np.cos(2 * y)

    coarse, exact = grid(wave, 21), grid(wave, 61)
    places = np.stack(np.meshgrid(np.arange(61) / 3, np.arange(61) / 3, indexing="ij"), -1)
    linear = RegularGridInterpolator((np.arange(21), np.arange(21)), coarse)(places)
    inner = slice(3, -3)
    assert np.abs(refined(coarse) - exact)[inner, inner].max() < 0.3 * np.abs(linear - exact)[inner, inner].max()


def test_value_between_points_is_bilinear_and_unknown_outside():
    values = np.random.default_rng(0).normal(size=(5, 7))
    rows, columns = np.linspace(BOX[2], BOX[3], 5), np.linspace(BOX[0], BOX[1], 7)
    reference = RegularGridInterpolator((rows, columns), values)
    for x, y in [(-2.0, -1.0), (2.0, 3.0), (0.3, 1.7), (1.99, -0.2)]:
        assert at(values, BOX, x, y) == pytest.approx(float(reference((y, x))))
    assert np.isnan(at(values, BOX, 2.1, 0.0))


def test_arrows_have_a_shaft_and_two_symmetric_sides_of_the_head():
    x, y = arrows(np.array([[1.0, 1.0], [np.nan, 0.0]]), np.array([[2.0, 0.0], [1.0, 1.0]]))
    assert len(x) == 6
    assert (x[0], y[0], x[1], y[1]) == (1.0, 1.0, 3.0, 1.0)
    assert (x[2], x[4]) == (3.0, 3.0)
    assert y[3] - 1 == pytest.approx(1 - y[5])
    assert x[3] == pytest.approx(x[5])
    assert x[3] < 3.0


def test_ellipses_lie_at_three_standard_deviations_of_tilted_modes():
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    covariance = turn @ np.diag([0.5, 0.02]) @ turn.T
    x, y = ellipses(np.array([[1.0, -2.0]]), covariance[None])
    offset = np.stack([x - 1.0, y + 2.0], axis=1)
    squared = np.einsum("ni,ij,nj->n", offset, np.linalg.inv(covariance), offset)
    assert np.allclose(squared, 9.0)


def test_net_has_every_edge_once():
    side = np.arange(4.0)
    points = np.stack(np.meshgrid(side, side[:3]), axis=2)
    (x, _), length = net(points)
    assert len(length) == 3 * 3 + 2 * 4 == len(x) // 2
    assert np.all(length == 1.0)
    assert len(net(points[:1])[1]) == 3, "a one-dimensional latent gives one row"


def test_quiver_leaves_out_specks_and_what_is_not_finite():
    field = np.array([[[1.0, 0.0], [0.01, 0.0]], [[np.nan, 1.0], [0.0, 0.0]]])
    x, _ = quiver(field, BOX, 1.0)
    assert len(x) == 6


def test_steady_value_starts_at_once_and_then_glides():
    value = SteadyValue(settling=1.0)
    assert value.follow(4.0, 10.0) == 4.0
    assert value.follow(8.0, 10.5) == pytest.approx(8 - 4 * np.exp(-0.5))
    assert value.follow(np.nan, 11.0) == pytest.approx(8 - 4 * np.exp(-0.5))


def test_steady_range_ignores_small_changes_and_follows_large_ones():
    shown = SteadyRange(margin=0.1)
    first = shown.follow(0.0, 1.0, 0.0)
    assert first == pytest.approx((-0.1, 1.1))
    assert shown.follow(0.05, 0.95, 1.0) == first
    low, high = shown.follow(0.0, 5.0, 1.1)
    assert 1.1 < high < 5.0
    assert not shown.settled
    assert shown.follow(0.0, 5.0, 60.0)[1] == pytest.approx(5.5)
    assert shown.settled
    assert low == pytest.approx(-0.1, abs=0.2)


def test_steady_range_of_nothing_is_a_range():
    assert SteadyRange().follow(np.nan, np.nan, 0.0) == (0.0, 1.0)


@pytest.mark.parametrize("colours", [DARK, LIGHT])
def test_diverging_colours_are_neutral_in_the_middle_and_leave_the_ends_to_the_points(colours):
    table = diverging(colours)
    assert len(table) == 256
    middle, panel = QColor(int(table[128])).getRgb(), QColor(colours.panel).getRgb()
    assert max(abs(a - b) for a, b in zip(middle, panel, strict=True)) <= 3
    for end, full in ((table[0], colours.fake), (table[-1], colours.real)):
        assert QColor(int(end)).name() != full.lower()


def test_cividis_grows_lighter_all_the_way():
    inks = [QColor(int(colour)) for colour in cividis()[::8]]
    luminance = [0.2126 * ink.redF() + 0.7152 * ink.greenF() + 0.0722 * ink.blueF() for ink in inks]
    assert np.all(np.diff(luminance) > 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.3863, "1.39"),
        (-0.5, "−0.50"),
        (123.4, "123.4"),
        (0.0, "0.00"),
        (1e-5, "1.0e−05"),
        (1e6, "1.0e+06"),
        (np.nan, "–"),
        (np.inf, "∞"),
    ],
)
def test_numbers_keep_their_width(value, text):
    assert fixed(value) == text


def test_shares_are_whole_percents():
    assert percent(0.843) == "84 %"
    assert percent(np.nan) == "–"


@pytest.fixture
def plot(qtbot):
    """Makes a plot of a size, on a window system that shows nothing."""

    def make(width: int, height: int = 120, **options) -> Plot:
        made = Plot(**options)
        qtbot.addWidget(made)
        made.resize(width, height)
        with qtbot.waitExposed(made):
            made.show()
        return made

    return make


def labels(axis) -> list:
    """An axis's labels as it draws them: rectangles and texts."""
    canvas = QImage(1, 1, QImage.Format.Format_RGB32)
    painter = QPainter(canvas)
    *_, texts = axis.generateDrawSpecs(painter)
    painter.end()
    return [(rectangle, text) for rectangle, _, text in texts]


@pytest.mark.parametrize("last", [30, 900, 6_000, 8_400, 12_500, 99_000, 480_000, 1_200_000, 7_500_000])
@pytest.mark.parametrize("width", [130, 170, 345])
def test_step_labels_never_touch(plot, width, last):
    made = plot(width, counting=True)
    made.show_range(-0.004 * last, 1.3 * last, 0.0, 1.0)
    shown = labels(made.bottom)
    assert 1 <= len(shown) <= 8
    for (before, _), (after, _) in pairwise(shown):
        assert after.left() - before.right() >= 8
    assert all(len(text) <= 5 for _, text in shown)


@pytest.mark.parametrize("reach", [0.03, 2.0, 15.0, 3_000.0])
def test_labels_of_a_narrow_plane_never_touch(plot, reach):
    made = plot(150)
    made.show_range(-reach, reach, 0.0, 1.0)
    shown = labels(made.bottom)
    assert shown
    for (before, _), (after, _) in pairwise(shown):
        assert after.left() - before.right() >= 8


def test_counts_are_whole_and_shortened_from_a_thousand_on(plot):
    made = plot(345, counting=True)
    for right, texts in [(1.7, {"1"}), (4_300.0, {"1k", "2k", "3k", "4k"}), (3_200_000.0, {"1M", "2M", "3M"})]:
        made.show_range(0.3, right, 0.0, 1.0)
        assert {text for _, text in labels(made.bottom)} == texts


@pytest.mark.parametrize("caption", ["", "JSD"])
def test_highest_label_is_not_cut(plot, caption):
    made = plot(300, 150)
    made.set_caption(caption)
    made.show_range(0.0, 1.0, 0.0, 1.501)
    made.grab()
    rectangle, text = max(labels(made.side), key=lambda shown: float(shown[1]))
    assert text == "1.5"
    assert made.side.mapRectToScene(rectangle).top() >= 0.0
