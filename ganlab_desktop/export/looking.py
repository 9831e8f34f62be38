"""What figures see of a run: the same probes and studies that the window's panels look through."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.engine.checkup import snapshot_of
from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes import PROBES, Box, Picture, View
from ganlab_desktop.measure.studies import STUDIES

Tell = Callable[[float, str], None]  # how far it has come, from 0 to 1, and what is being done


def view_of(game: Game, box: Box, resolution: int, label: int = 0) -> View:
    """A view of a box, four zeros for what fits the data. Raises ExportError for one that shows nothing."""
    left, right, bottom, top = box if any(box) else game.data.box
    if not (left < right and bottom < top):
        raise ExportError(f"view: left must be below right and bottom below top, got {list(box)}")
    classes = game.data.classes if game.experiment.conditional else 0
    if label and label >= classes:
        raise ExportError(
            f"class_shown: this run has classes 0 to {classes - 1}"
            if classes
            else "class_shown: this run has no classes"
        )
    return View((left, right, bottom, top), resolution, label)


def see(visit: Visit, probe: str, view: View) -> Picture:
    """What a probe sees of the game as it stands."""
    return PROBES[probe](visit.run.game)(view)


def look(visit: Visit, study: str, view: View) -> Picture:
    """What a study sees of the networks as they stand."""
    kind = STUDIES[study]
    snapshot = snapshot_of(visit.run, view)
    snapshot = snapshot if kind.WHOLE else snapshot.of_shown_class()
    picture, _ = kind(snapshot.data, snapshot.experiment.seed).look(snapshot)
    return picture


def history(visit: Visit, series: str, first: int = 0) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float32]]]:
    """Steps (n,) and columns (n,) by name of a time series, from a step up to where the run stands."""
    rows = visit.run.history[series]
    steps, values = rows.after(0)
    kept = (steps >= first) & (steps <= visit.run.step)
    return steps[kept], {name: values[kept, place] for place, name in enumerate(rows.columns)}


def exploring(view: View, **wishes: object) -> View:
    """The view with other wishes about what lies between images."""
    return replace(view, exploration=type(view.exploration)(**wishes))  # type: ignore[arg-type]
