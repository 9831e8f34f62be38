"""What the window is told: scenes of a run, and frames that answer its credits."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.engine.checkup import Checkup
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.measuring import Measurement, Meter
from ganlab_desktop.engine.pace import ProbeSchedule
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment import files, rules
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.measure.moves import Moves
from ganlab_desktop.measure.probes import Box, View
from ganlab_desktop.measure.probes import Picture as Seen
from ganlab_desktop.measure.studies import STUDIES
from ganlab_desktop.measure.studies.lipschitz import no_bound
from ganlab_desktop.measure.studies.truth import no_density, no_optimum, no_value
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Chunk, Finding, Frame, Grant, Modes, PhaseInfo, Picture, Scene

ROWS_PER_FRAME = 20_000
SHOWN_REAL = 512
_RESOLUTION = 64  # points a side, before the window has told what it wants
_LANES = [[name for name, study in STUDIES.items() if not study.SLOW], *([n] for n, s in STUDIES.items() if s.SLOW)]
_ALWAYS = tuple(name for name, study in STUDIES.items() if study.ALWAYS)


def scene_of(document: Document) -> Scene:
    """The run of a document as the window is told of it."""
    run = document.run
    game, data = run.game, run.game.data
    rng, labels = Streams(run.experiment.seed).at(0, Stream.SHOWN_REAL), None
    if run.experiment.conditional:
        real, labels = data.labelled(rng, SHOWN_REAL)
    else:
        real = data.sample(rng, SHOWN_REAL)
    modes = data.modes
    return Scene(
        run=run.id,
        branch=0,
        layout=run.layout,
        step=run.step,
        experiment=files.to_toml(run.experiment),
        dim=data.dim,
        box=data.box,
        real=Array.of(real),
        output=game.objective.output,
        phases=tuple(PhaseInfo(phase.player, phase.name, phase.update) for phase in game.phases),
        device=str(game.device),
        threads=run.threads,
        path=str(document.path or ""),
        objective_since=run.objective_since,
        data_since=run.data_since,
        untitled=document.untitled,
        modes=None
        if modes is None
        else Modes(Array.of(modes.centres), Array.of(modes.covariances), Array.of(modes.weights)),
        warnings=(*document.notices, *rules.warnings(run.experiment)),
        kept=document.kept,
        neutral=game.objective.neutral,
        no_density=no_density(run.experiment, data),
        no_optimum=no_optimum(run.experiment, data, game.objective),
        no_bound=no_bound(run.experiment),
        no_value=no_value(run.experiment, data, game.objective),
        classes=data.classes if run.experiment.conditional else 0,
        real_labels=None if labels is None else Array.of(labels.astype(np.int32)),
    )


class FrameMaker:
    """Makes the frames of one run. For the training thread; `on_measured` is called from the measuring ones."""

    def __init__(self, run: Run, on_measured: Callable[[], None]) -> None:
        self._run = run
        self._probes = ProbeSchedule(run)
        self._moves = Moves(run.game)
        self._meters = [Meter(run, lane, on_measured) for lane in _LANES]
        self._checkup = Checkup(run)
        self._measured: dict[str, Measurement] = {}
        self._sent: dict[str, Measurement] = {}
        self._told: object = None
        self._studied: tuple[str, ...] = ()
        self._moves_wanted = False
        self._view = View(run.game.data.box, _RESOLUTION)

    def measure(self, *, resting: bool) -> None:
        """Keep the studies going that panels in sight asked for, and while training those that are always wanted.

        Called after every iteration, so that successive moves can be compared.
        """
        if self._moves_wanted:
            row = self._moves.take()
            if row is not None:
                self._keep("moves", self._run.step, row)
        wanted = self._studied if resting else tuple(dict.fromkeys((*self._studied, *_ALWAYS)))
        if wanted:
            for meter in self._meters:
                meter.offer(wanted, self._view, resting=resting)
        for measured in (measured for meter in self._meters for measured in meter.take()):
            self._measured[measured.study] = measured
            if measured.row:
                self._keep(measured.study, measured.step, measured.row, STUDIES[measured.study].SPACING)
            if measured.study == "health":
                self._checkup.take(measured.step, measured.row)
        self._checkup.check_divergence()

    def make(self, grant: Grant, *, playing: bool, rate: float) -> Frame | None:
        """The frame for a credit, or None while there is nothing to tell that was not told before."""
        run = self._run
        self._studied = tuple(name for name in grant.probes if name in STUDIES)
        self._moves_wanted = "moves" in grant.probes
        label = min(max(grant.label, 0), max(run.game.data.classes - 1, 0))
        view = View(_sound_box(grant.box) or run.game.data.box, min(max(grant.resolution, 8), 512), label)
        self._view = view
        measured = {name: self._measured[name] for name in self._studied if name in self._measured}
        # A panel that is shown again has to be told again.
        self._sent = {name: sent for name, sent in self._sent.items() if name in self._studied}
        told = (run.step, run.game.position, run.edits, playing, measured)
        run.flush(check=False)  # many times a second; every snapshot for the file checks
        rows = {name: len(history) for name, history in run.history.items()}
        findings = self._checkup.findings
        news = len(findings) != grant.acknowledged.get("findings", 0)
        waiting = news or any(rows[name] > grant.acknowledged.get(name, 0) for name in rows)
        if told == self._told and not waiting and not self._probes.stale(grant.probes, view):
            return None
        pictures = self._probes.take(grant.probes, view, resting=not playing)
        shown = {name: _picture(run.step, seen) for name, seen in pictures.items()}
        for name, measurement in measured.items():
            if measurement is not self._sent.get(name):
                shown[name] = _picture(measurement.step, measurement.picture)
                self._sent[name] = measurement
        self._told = told
        return Frame(
            credit=grant.credit,
            run=run.id,
            branch=0,
            layout=run.layout,
            step=run.step,
            playing=playing,
            phase=run.game.position,
            steps_per_second=rate,
            probe_share=self._probes.share,
            chunks=tuple(self._chunks(grant)),
            pictures=shown,
            findings=tuple(Finding(*finding) for finding in findings) if news else None,
        )

    def _keep(self, series: str, step: int, row: tuple[float, ...], spacing: float = 0.0) -> None:
        """Put a row into the history, unless it is empty or comes too soon after the one before (see Study)."""
        history, values = self._run.history[series], np.array([row], np.float32)
        if not np.isnan(values).all() and step - history.last_step >= spacing * (step - self._run.data_since):
            history.append(np.array([step], np.int64), values)

    def _chunks(self, grant: Grant) -> list[Chunk]:
        chunks = []
        for name, history in self._run.history.items():
            start = min(grant.acknowledged.get(name, 0), len(history))
            if start < len(history):
                steps, values = history.after(start, ROWS_PER_FRAME)
                chunks.append(Chunk(name, start, history.columns, Array.of(steps), Array.of(values)))
        return chunks

    def close(self) -> None:
        """End the measuring threads."""
        for meter in self._meters:
            meter.close()


def _sound_box(box: Box | None) -> Box | None:
    """The box if it is one that can be looked at."""
    if box is None or not all(map(math.isfinite, box)) or not (box[0] < box[1] and box[2] < box[3]):
        return None
    return box


def _picture(step: int, seen: Seen) -> Picture:
    arrays: dict[str, NDArray[np.generic]] = seen.arrays
    return Picture(step, {name: Array.of(array) for name, array in arrays.items()}, seen.numbers)
