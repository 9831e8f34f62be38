"""How each kind of figure is made. A new kind adds its file in figures/ and one entry here."""

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.export.figures import (
    canvas,
    coverage,
    critic_field,
    dynamics,
    latent,
    losses,
    mode_history,
    runs,
    samples,
    time_strip,
    truth,
)
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell
from ganlab_desktop.export.sheets import Sheets


class Picture(NamedTuple):
    """What a figure shows, from a run and its part; its drawing into an empty canvas, a function of that data alone;
    and its height over its width."""

    gather: Callable[[Visit, Any, Tell], Sheets]
    draw: Callable[[Canvas, Sheets, Any, Ink], None]
    aspect: Callable[[Sheets, Any, Ink], float]


def _of(module: ModuleType) -> Picture:
    return Picture(module.gather, module.draw, module.aspect)


PICTURES: dict[str, Picture] = {
    "canvas": _of(canvas),
    "critic-field": _of(critic_field),
    "losses": _of(losses),
    "truth": _of(truth),
    "coverage": _of(coverage),
    "mode-history": _of(mode_history),
    "dynamics": _of(dynamics),
    "samples": _of(samples),
    "latent": _of(latent),
    "runs": _of(runs),
    "time-strip": _of(time_strip),
}
