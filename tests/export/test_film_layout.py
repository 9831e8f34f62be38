"""The layout of a film's frames: found once, and such as each frame alone would have."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from ganlab_desktop.engine.visit import visit
from ganlab_desktop.experiment.exports.films import Film
from ganlab_desktop.experiment.exports.table import export_of
from ganlab_desktop.export import film_file
from ganlab_desktop.export.film_layout import FilmLayout
from ganlab_desktop.export.ink import Ink

STEPS = (30, 70, 110, 150)
PANELS = [{"kind": kind} for kind in ("canvas", "losses", "critic-field", "coverage")]
SETTINGS = {"panels": PANELS, "letters": "(a)", "page.dpi": 50, "page.font_size": 10.0}
NEAR = 0.05  # of the page: what the widest values of an axis take
EXACT = 0.01  # pixels


class Frames(NamedTuple):
    """Frames that are laid out together, the same each alone, and the one that the layout was found with."""

    together: list[Figure]
    alone: list[Figure]
    like: Figure


@pytest.fixture(scope="module")
def frames(ring: Path) -> Frames:
    film: Any = export_of("video", SETTINGS.items())
    assert isinstance(film, Film)
    ink = Ink(film.page)
    with visit(ring) as visited, ink.set_up():
        seen = [film_file._seen(visited, film, step) for step in STEPS]
        together, alone = ([film_file._drawn(sheets, film, ink, "a film") for sheets in seen] for _ in range(2))
        layout, like = FilmLayout.of(together), together[-1]
        together = [film_file._drawn(sheets, film, ink, "a film", layout) for sheets in seen]
        for figure in (*together, *alone):
            figure.draw_without_rendering()
    return Frames(together, alone, like)


def headings(figure: Figure) -> list[tuple[str, Bbox]]:
    """The film's and the panels' letters, and where they lie in pixels."""
    parts = [figure, *(part for row in figure.subfigs for part in (row, *row.subfigs))]
    return [(text.get_text(), text.get_window_extent()) for part in parts for text in part.texts]


def boxes(figure: Figure) -> np.ndarray:
    """Where axes and headings lie in pixels: left, bottom, right and top of each."""
    places = [axes.get_window_extent() for axes in figure.axes] + [box for _, box in headings(figure)]
    return np.array([box.extents for box in places])


def test_axes_and_headings_hold_still_in_all_frames(frames: Frames) -> None:
    first = frames.together[0]
    assert {"a film", "(a)", "(b)", "(c)", "(d)"} == {words for words, _ in headings(first)}
    for figure in frames.together[1:]:
        np.testing.assert_array_equal(boxes(figure), boxes(first))
        for axes, same in zip(figure.axes, first.axes, strict=True):
            assert (axes.get_xlim(), axes.get_ylim()) == (same.get_xlim(), same.get_ylim())
    alone = zip(frames.alone[0].axes, frames.alone[-1].axes, strict=True)
    assert any(axes.get_xlim() != same.get_xlim() for axes, same in alone)


def test_frames_lie_where_the_layout_was_found(frames: Frames) -> None:
    for figure in frames.together:
        np.testing.assert_allclose(boxes(figure), boxes(frames.like), rtol=0.0, atol=EXACT)


def test_a_frame_lies_about_where_it_would_alone(frames: Frames) -> None:
    for together, alone in zip(frames.together, frames.alone, strict=True):
        assert [words for words, _ in headings(together)] == [words for words, _ in headings(alone)]
        np.testing.assert_allclose(boxes(together), boxes(alone), rtol=0.0, atol=NEAR * together.bbox.width)


def test_no_letter_and_no_axes_lie_under_the_heading(frames: Frames) -> None:
    for figure in frames.together:
        (_, heading), *letters = headings(figure)
        below = [box for _, box in letters] + [axes.get_window_extent() for axes in figure.axes]
        assert max(box.y1 for box in below) <= heading.y0


def test_limits_hold_all_that_any_frame_shows(frames: Frames) -> None:
    for figure in frames.alone:
        for axes, held in zip(figure.axes, frames.together[0].axes, strict=True):
            for own, common in ((axes.get_xlim(), held.get_xlim()), (axes.get_ylim(), held.get_ylim())):
                assert min(common) <= min(own)
                assert max(common) >= max(own)


def test_a_frame_with_other_axes_is_left_as_it_is() -> None:
    figures = [Figure(layout="constrained") for _ in range(2)]
    figures[0].subplots(1, 2)
    other = figures[1].subplots()
    other.set_xlim(3.0, 4.0)
    FilmLayout.of(figures[:1]).hold(figures[1])
    assert other.get_xlim() == (3.0, 4.0)
