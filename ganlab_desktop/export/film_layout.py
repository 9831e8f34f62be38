"""What holds still from frame to frame of a film: the limits of all axes, and where everything lies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox, Transform

from ganlab_desktop.export.ink import Canvas, fold_labels

Limits = tuple[float, float]


@dataclass(frozen=True)
class _Held:
    """Of a pair of axes: their limits, and where they lie, in shares of the figure."""

    x: Limits
    y: Limits
    place: Bbox


@dataclass(frozen=True)
class FilmLayout:
    """Found once: to lay a figure out takes as long as to draw it."""

    axes: Sequence[_Held]
    words: Sequence[tuple[float, float]]  # where headings lie, in shares of the figure

    @classmethod
    def of(cls, figures: Sequence[Figure]) -> Self:
        """With limits that hold all that some frames show, laid out as in the last of them."""
        last = figures[-1]
        like = [figure.axes for figure in figures if len(figure.axes) == len(last.axes)]
        limits = [
            (_union([axes.get_xlim() for axes in each]), _union([axes.get_ylim() for axes in each]))
            for each in zip(*like, strict=True)
        ]
        for axes, (x, y) in zip(last.axes, limits, strict=True):
            _limit(axes, x, y)
        for _ in range(2):  # labels that are broken need other room
            last.draw_without_rendering()
            fold_labels(last)
        places = [axes.get_position(True).transformed(_to_whole(axes)) for axes in last.axes]
        held = [_Held(x, y, place) for (x, y), place in zip(limits, places, strict=True)]
        return cls(held, [_moved(text.get_position(), _to_whole(text)) for text in _headings(last)])

    def hold(self, figure: Figure) -> None:
        """Lay out a frame; one with other axes is left as it is."""
        headings = list(_headings(figure))
        if (len(figure.axes), len(headings)) != (len(self.axes), len(self.words)):
            return
        figure.set_layout_engine("none")
        for axes, held in zip(figure.axes, self.axes, strict=True):
            _limit(axes, held.x, held.y)
            axes.set_position(held.place.transformed(_to_whole(axes).inverted()))
        for text, place in zip(headings, self.words, strict=True):
            text.set_position(_moved(place, _to_whole(text).inverted()))
        fold_labels(figure)


def _limit(axes: Axes, x: Limits, y: Limits) -> None:
    axes.set_xlim(x)
    axes.set_ylim(y)


def _headings(canvas: Canvas) -> Iterator[Text]:
    """Of the figure and the panels in it."""
    yield from canvas.texts
    for part in canvas.subfigs:
        yield from _headings(part)


def _to_whole(artist: Axes | Text) -> Transform:
    """From shares of the panel that something lies in, which a layout moves too, to shares of the figure."""
    panel = artist.figure
    return panel.transSubfigure - panel.transFigure


def _moved(place: tuple[float, float], by: Transform) -> tuple[float, float]:
    x, y = by.transform(place)
    return float(x), float(y)


def _union(limits: Sequence[Limits]) -> Limits:
    """Limits that hold all of these, in their direction."""
    low, high = min(map(min, limits)), max(map(max, limits))
    return (low, high) if limits[-1][0] <= limits[-1][1] else (high, low)
