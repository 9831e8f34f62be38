"""The layout of a film's frames: found once, and such as each frame alone would have."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

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


@pytest.fixture(scope="module")
def frames(ring: Path) -> tuple[list[Figure], list[Figure]]:
    """Frames that are laid out together, and the same each alone."""
    film: Any = export_of("video", SETTINGS.items())
    assert isinstance(film, Film)
    ink = Ink(film.page)
    with visit(ring) as visited, ink.set_up():
        seen = [film_file._seen(visited, film, step) for step in STEPS]
        together, alone = ([film_file._drawn(sheets, film, ink, "a film") for sheets in seen] for _ in range(2))
        layout = FilmLayout.of(together)
        together = [film_file._drawn(sheets, film, ink, "a film", layout) for sheets in seen]
        for figure in (*together, *alone):
            figure.draw_without_rendering()
    return together, alone


def headings(figure: Figure) -> list[tuple[str, tuple[float, float]]]:
    """The film's and the panels' letters, and where they lie in pixels."""
    parts = [figure, *(part for row in figure.subfigs for part in (row, *row.subfigs))]
    words: list[Text] = [text for part in parts for text in part.texts]
    return [(text.get_text(), tuple(text.get_window_extent().min)) for text in words]


def test_axes_and_headings_hold_still_in_all_frames(frames: tuple[list[Figure], list[Figure]]) -> None:
    together, alone = frames
    first = together[0]
    assert {"a film", "(a)", "(b)", "(c)", "(d)"} == {words for words, _ in headings(first)}
    for figure in together[1:]:
        assert headings(figure) == headings(first)
        for axes, same in zip(figure.axes, first.axes, strict=True):
            assert axes.get_position().bounds == same.get_position().bounds
            assert (axes.get_xlim(), axes.get_ylim()) == (same.get_xlim(), same.get_ylim())
    assert any(axes.get_xlim() != same.get_xlim() for axes, same in zip(alone[0].axes, alone[-1].axes, strict=True))


def test_a_frame_lies_about_where_it_would_alone(frames: tuple[list[Figure], list[Figure]]) -> None:
    for together, alone in zip(*frames, strict=True):
        for axes, by_itself in zip(together.axes, alone.axes, strict=True):
            np.testing.assert_allclose(axes.get_position().bounds, by_itself.get_position().bounds, atol=NEAR)
        for (words, place), (same, there) in zip(headings(together), headings(alone), strict=True):
            assert words == same
            np.testing.assert_allclose(place, there, atol=NEAR * together.bbox.width)


def test_limits_hold_all_that_any_frame_shows(frames: tuple[list[Figure], list[Figure]]) -> None:
    together, alone = frames
    for figure in alone:
        for axes, held in zip(figure.axes, together[0].axes, strict=True):
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
