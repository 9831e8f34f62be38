"""How each kind of figure is made: its data gathered from a run, and drawn. A new kind adds its file and one entry."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.export.figures import canvas
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell
from ganlab_desktop.export.sheets import Sheets


class Picture(NamedTuple):
    """What a figure shows, from a run and its part; its drawing into an empty canvas, a function of that data alone;
    and its height over its width."""

    gather: Callable[[Visit, Any, Tell], Sheets]
    draw: Callable[[Canvas, Sheets, Any, Ink], None]
    aspect: Callable[[Sheets, Any], float]


PICTURES: dict[str, Picture] = {
    "canvas": Picture(canvas.gather, canvas.draw, canvas.aspect),
}
