"""What figures see of a run: the same probes and studies that the window's panels look through."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.engine.checkup import snapshot_of
from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.probes import PROBES, Box, Picture, View
from ganlab_desktop.measure.probes import fits as sees
from ganlab_desktop.measure.studies import STUDIES, suits

LOOKS = 24  # at states that the document kept
_COARSE = 32  # points a side of views that are not shown

Tell = Callable[[float, str], None]  # how far it has come, from 0 to 1, and what is being done


def view_of(game: Game, box: Box, resolution: int, label: int = 0) -> View:
    """A view of a box, four zeros for what fits the data. Raises ExportError for one that shows nothing."""
    left, right, bottom, top = box if any(box) else game.data.box
    if not (left < right and bottom < top and np.isfinite([left, right, bottom, top]).all()):
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
    """What a probe sees of the game as it stands. Raises ExportError where it sees nothing in such a game."""
    if not sees(probe, visit.run.game):
        raise ExportError(visit.run.game.objective.reason)
    return PROBES[probe](visit.run.game)(view)


def look(visit: Visit, study: str, view: View) -> Picture:
    """What a study sees of the networks as they stand. Raises ExportError where it asks a discriminator that there is
    not."""
    kind, objective = STUDIES[study], visit.run.game.objective
    if kind.JUDGES and not objective.judges:
        raise ExportError(objective.reason)
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


def measured(
    visit: Visit, study: str, tell: Tell, first: int = 0
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float32]]]:
    """Steps (n,) and columns (n,) by name of a study's time series; where the run was not looked at while it trained,
    of looks at some of the states that its document kept."""
    steps, columns = history(visit, study, first)
    if len(steps) > 1:
        visit.measured[study] = steps.tolist()
        return steps, columns
    chosen, rows = _kept_steps(visit, first), []
    visit.measured[study] = chosen
    view = view_of(visit.run.game, (0.0, 0.0, 0.0, 0.0), _COARSE)
    kind, known = STUDIES[study], None
    with visit.elsewhere():
        for number, step in enumerate(chosen):
            tell(0.1 + 0.5 * number / len(chosen), f"looking at step {step:,}")
            visit.go(step)
            snapshot = snapshot_of(visit.run, view)
            snapshot = snapshot if kind.WHOLE else snapshot.of_shown_class()
            if known is None or known.data is not snapshot.data:
                known = kind(snapshot.data, snapshot.experiment.seed)
            rows.append(known.look(snapshot)[1])
    values = np.array(rows, np.float32)
    return np.array(chosen), {name: values[:, place] for place, name in enumerate(kind.COLUMNS)}


def _kept_steps(visit: Visit, first: int) -> list[int]:
    """Some of the steps whose states are kept, evenly chosen, and the one where the run stands."""
    here = visit.run.step
    kept = {keyframe.step for keyframe in visit.run.timeline.keyframes if first <= keyframe.step <= here}
    steps = sorted(kept | {here})
    return [steps[place] for place in np.unique(np.linspace(0, len(steps) - 1, LOOKS).round().astype(int))]


def fits(visit: Visit, study: str) -> bool:
    """Whether a study has anything to see in the game as it stands."""
    return suits(STUDIES[study], visit.run.game)
