"""Draws are pure functions of (seed, step, stream)."""

import numpy as np
import pytest

from ganlab_desktop.gan.streams import Stream, Streams


def draw(seed: int, step: int, stream: Stream, index: int = 0) -> np.ndarray:
    return Streams(seed).at(step, stream, index).standard_normal(64)


def test_a_draw_does_not_depend_on_what_was_drawn_before() -> None:
    streams = Streams(7)
    expected = streams.at(5, Stream.REAL).standard_normal(64)
    streams.at(6, Stream.REAL).integers(0, 8, 33)  # leaves half a word behind
    streams.at(5, Stream.PENALTY).random(11, dtype=np.float32)
    np.testing.assert_array_equal(streams.at(5, Stream.REAL).standard_normal(64), expected)
    np.testing.assert_array_equal(draw(7, 5, Stream.REAL), expected)


@pytest.mark.parametrize(
    "other", [(8, 5, Stream.REAL, 0), (7, 6, Stream.REAL, 0), (7, 5, Stream.PENALTY, 0), (7, 5, Stream.REAL, 1)]
)
def test_seed_step_stream_and_index_each_change_the_draw(other: tuple[int, int, Stream, int]) -> None:
    first = draw(7, 5, Stream.REAL)
    assert abs(np.corrcoef(first, draw(*other))[0, 1]) < 0.5
    assert not np.isin(draw(*other), first).any()


def test_long_draws_of_neighbouring_steps_do_not_overlap() -> None:
    streams = Streams(0)
    first = streams.at(0, Stream.REAL).integers(0, 2**63, 100_000)
    second = streams.at(1, Stream.REAL).integers(0, 2**63, 100_000)
    assert np.intersect1d(first, second).size == 0


def test_large_seeds_and_steps_are_taken() -> None:
    assert np.isfinite(draw(2**63 - 1, 10**8, Stream.REAL)).all()
