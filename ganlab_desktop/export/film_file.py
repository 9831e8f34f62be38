"""Films as files: the same figure at many steps, with the same axes and ranges of colours in all."""

import io
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from fractions import Fraction
from typing import Any, BinaryIO, Protocol

import av
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from msgspec.structs import replace
from numpy.typing import NDArray
from PIL import Image

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.films import Film
from ganlab_desktop.export.about import About, about
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.figure_file import size_of
from ganlab_desktop.export.figures import composed
from ganlab_desktop.export.film_layout import FilmLayout
from ganlab_desktop.export.ink import Ink
from ganlab_desktop.export.looking import Tell
from ganlab_desktop.export.sheets import Sheets
from ganlab_desktop.palette import diverging, rgb

Pixels = NDArray[np.uint8]  # (height, width, 4): red, green, blue and an opacity that is full

_MEASURED = 8  # frames whose axes and ranges hold for all
_CANDIDATES = 3  # times as many steps are looked at as there are frames, to space them by change
_LARGEST_FONT, _FONT_ACROSS = 15.0, 27.0  # points: a panel's, and what the panels of a row share
_GIF_SHADES = 128  # of the surface, among the 256 colours that a GIF may have
_GIF_SHORTEST = 20  # milliseconds of a frame, in tens; browsers show shorter ones for 100
_GIF_PIXELS = 800_000_000  # of all frames, which lie in memory until the file is written
_CONSTANT_QUALITY = "18"  # of x264, at which what is drawn looks as it was


class _Encoder(Protocol):
    """Takes frames in order and writes the film; `size` is that of what it has made so far, in bytes."""

    size: int

    def add(self, pixels: Pixels) -> None: ...

    def finish(self, stream: BinaryIO) -> None: ...


def write_film(visit: Visit, film: Film, ending: str, stream: BinaryIO, tell: Tell) -> None:
    """Write a film of the run up to the step where it stands. Raises ExportError where there are not enough steps."""
    font = film.page.font_size or min(_LARGEST_FONT, _FONT_ACROSS / film.columns)
    film = replace(film, page=replace(film.page, font_size=font))
    ink = Ink(film.page)
    height, width = _pixels_of(film)
    if ending == "gif" and film.frames * height * width > _GIF_PIXELS:
        most = _GIF_PIXELS // (height * width)
        raise ExportError(f"frames: a GIF of {width} x {height} pixels may have {most}; write .mp4, or a smaller page")
    title = visit.run.experiment.title or visit.file.path.name
    with visit.elsewhere(), ink.set_up():
        steps = _steps(visit, film, tell)
        layout, ranges = _measured(visit, film, ink, title, steps, tell)
        visit.go(steps[-1])
        made = about(visit, film)  # after the first replays, of which it tells whether they are exact
        encoder = _ENCODERS[ending](film.rate, made, ink)
        with ThreadPoolExecutor(1, "encoder") as beside:  # one frame is encoded while the next one is drawn
            added: Future[None] = beside.submit(lambda: None)
            for place, step in enumerate(steps):
                sheets = _ranged(_seen(visit, film, step), ranges)
                pixels = _pixels(_drawn(sheets, film, ink, _heading(title, step), layout))
                added.result()
                added = beside.submit(encoder.add, pixels)
                share = (place + 1) / len(steps)
                size = f", {encoder.size / share / 1e6:.1f} MB in the end" if encoder.size else ""
                tell(0.2 + 0.8 * share, f"frame {place + 1:,} of {len(steps):,}{size}")
            added.result()
        encoder.finish(stream)


def _steps(visit: Visit, film: Film, tell: Tell) -> list[int]:
    """The steps of the frames, ascending; the first one is the earliest at which every panel has something to show."""
    first, last = max(film.first, visit.first), visit.run.step
    if last - first < 1:
        raise ExportError(f"first: a film needs a step after {first:,}; this run stands at step {last:,}")
    even = _between(_earliest(visit, film, _between(first, last, film.frames)), last, film.frames)
    return even if film.spacing == "even" else _by_change(visit, film, even[0], last, tell)


def _earliest(visit: Visit, film: Film, steps: list[int]) -> int:
    """The first of some steps that can be shown. Raises ExportError where the last one cannot."""
    for step in steps[:-1]:
        with suppress(ExportError):  # no curve has a point at step 0
            _seen(visit, film, step)
            return step
    _seen(visit, film, steps[-1])
    return steps[-1]


def _by_change(visit: Visit, film: Film, first: int, last: int, tell: Tell) -> list[int]:
    """Steps between which about the same changes, of several times as many that are looked at."""
    candidates = _between(first, last, _CANDIDATES * film.frames)
    before, change = _seen(visit, film, first), [0.0]
    for place, step in enumerate(candidates[1:], 1):
        tell(0.1 * place / len(candidates), f"looking at step {step:,}")
        seen = _seen(visit, film, step)
        change.append(_difference(before, seen))
        before = seen
    passed = np.cumsum(change)
    chosen = np.searchsorted(passed, np.linspace(0.0, passed[-1], film.frames))
    return [candidates[place] for place in chosen.clip(0, len(candidates) - 1)]


def _between(first: int, last: int, count: int) -> list[int]:
    return [int(step) for step in np.linspace(first, last, count).round()]


def _difference(before: Sheets, after: Sheets) -> float:
    """How much of two pictures differs: the distance of all numbers over grids and of all points, each in units of its
    own spread; curves, which grow, tell of nothing."""
    total = 0.0
    for name, sheet in after.sheets.items():
        if name not in before or "step" in sheet:
            continue
        for column, values in sheet.columns.items():
            old, new = before[name][column], values
            if old.shape == new.shape and new.dtype.kind in "fiu" and new.size:
                then, now = old.astype(np.float64), new.astype(np.float64)
                known = np.isfinite(then) & np.isfinite(now)
                if known.any():
                    spread = float(now[known].std()) or 1.0
                    total += float(np.sqrt(((now - then)[known] ** 2).mean())) / spread
    return total


def _seen(visit: Visit, film: Film, step: int) -> Sheets:
    visit.go(step)
    return composed.gather(visit, film, lambda fraction, what: None)


def _measured(
    visit: Visit, film: Film, ink: Ink, title: str, steps: list[int], tell: Tell
) -> tuple[FilmLayout, dict[str, float]]:
    """The layout and the ends of colours' ranges that hold for some of the frames, and so for all."""
    looks = []
    for place in range(_MEASURED):
        step = steps[round(place * (len(steps) - 1) / (_MEASURED - 1))]
        tell(0.1 + 0.1 * place / _MEASURED, "laying out")
        looks.append((step, _seen(visit, film, step)))
    ranges = _ranges([sheets for _, sheets in looks])
    figures = [_drawn(_ranged(sheets, ranges), film, ink, _heading(title, step)) for step, sheets in looks]
    return FilmLayout.of(figures), ranges


def _ranges(looks: list[Sheets]) -> dict[str, float]:
    """The ends of all ranges of colours, as wide as any."""
    found: dict[str, list[float]] = {}
    for sheets in looks:
        for name, value in sheets.numbers.items():
            if name.rpartition(".")[2] in ("low", "high"):
                found.setdefault(name, []).append(value)
    return {name: (min if name.endswith("low") else max)(values) for name, values in found.items()}


def _ranged(sheets: Sheets, ranges: dict[str, float]) -> Sheets:
    sheets.numbers.update({name: value for name, value in ranges.items() if name in sheets.numbers})
    return sheets


def _pixels_of(film: Film) -> tuple[int, int]:
    """Height and width of a frame: even numbers, as films need."""
    width, height = (2 * round(side * film.page.dpi / 2) for side in size_of(film.page, 9 / 16))
    return height, width


def _heading(title: str, step: int) -> str:
    return f"{title}: step {step:,}"


def _drawn(sheets: Sheets, film: Film, ink: Ink, words: str, layout: FilmLayout | None = None) -> Figure:
    """A frame, in the layout of all where that is known."""
    height, width = (side / film.page.dpi for side in _pixels_of(film))
    figure = Figure(figsize=(width, height), layout="constrained", dpi=film.page.dpi)
    if film.page.heading:
        ink.heading(figure, words)
    composed.draw(figure, sheets, film, ink)
    if layout is not None:
        layout.hold(figure)
    return figure


def _pixels(figure: Figure) -> Pixels:
    """The frame's pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]


class _Mp4:
    """H.264, which every player and browser shows."""

    def __init__(self, rate: int, made: About, ink: Ink) -> None:
        self._rate, self._stream = rate, None
        self._file = io.BytesIO()  # what stands at the beginning is known at the end, and a pipe does not go back
        self._container = av.open(self._file, "w", format="mp4")
        self._container.metadata.update(title=made.line, comment=made.json())
        self.size = 0

    def add(self, pixels: Pixels) -> None:
        stream = self._stream = self._stream or self._begun(pixels)
        self._container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgba")))
        self.size = self._file.tell()

    def finish(self, stream: BinaryIO) -> None:
        if self._stream is not None:
            self._container.mux(self._stream.encode())
        self._container.close()
        stream.write(self._file.getbuffer())

    def _begun(self, pixels: Pixels) -> Any:
        stream: Any = self._container.add_stream("libx264", rate=Fraction(self._rate))
        stream.height, stream.width = pixels.shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": _CONSTANT_QUALITY, "preset": "veryfast", "tune": "animation"}
        return stream


class _Gif:
    """A GIF that begins again at its end, with one table of colours, so that nothing flickers."""

    size = 0  # known at the end only

    def __init__(self, rate: int, made: About, ink: Ink) -> None:
        self._own = _colours_of(ink)
        shown = max(10 * round(100 / rate), _GIF_SHORTEST)
        self._told: dict[str, Any] = {"duration": shown, "loop": 0, "comment": made.line.encode()}
        self._frames: list[Image.Image] = []

    def add(self, pixels: Pixels) -> None:
        frame = Image.fromarray(pixels).convert("RGB")
        if self._frames:
            self._frames.append(frame.quantize(palette=self._frames[0], dither=Image.Dither.NONE))
        else:
            found = frame.quantize(256 - len(self._own) // 3, Image.Quantize.MEDIANCUT).getpalette() or []
            table = Image.new("P", (1, 1))
            table.putpalette([*self._own, *found][: 3 * 256])
            self._frames.append(frame.quantize(palette=table, dither=Image.Dither.NONE))

    def finish(self, stream: BinaryIO) -> None:
        first, *others = self._frames
        first.save(stream, "GIF", save_all=True, append_images=others, **self._told)


def _colours_of(ink: Ink) -> list[int]:
    """Red, green and blue, 0 to 255, of all that a figure is drawn with: its colours, halfway to the ground for the
    edges of what is drawn, and those of the surface."""
    theme = ink.colours
    drawn = (theme.panel, theme.text, theme.secondary, theme.hairline, theme.real, theme.fake, theme.discriminator)
    inks = [rgb(colour) for whole in (*drawn, theme.truth) for colour in (whole, ink.soft(whole, 0.5))]
    return [round(255 * part) for colour in (*inks, *diverging(theme, _GIF_SHADES)) for part in colour]


_ENCODERS: dict[str, Callable[[int, About, Ink], _Encoder]] = {"mp4": _Mp4, "gif": _Gif}
