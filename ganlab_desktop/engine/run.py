"""A run: an experiment, its game and its history. The server, the command line and scripts all drive this."""

import math
from collections.abc import Mapping
from time import perf_counter
from typing import Any
from uuid import uuid4

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.engine.history import History
from ganlab_desktop.engine.machine import machine
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.sampling import Sampling
from ganlab_desktop.engine.threads import threads
from ganlab_desktop.engine.timeline import Edit, Standing, Timeline
from ganlab_desktop.experiment import files
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import image_shape
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.data.contents import pinned
from ganlab_desktop.gan.device import keep_freed_memory, prefer_exactness, resolve_device
from ganlab_desktop.gan.game import SCALARS
from ganlab_desktop.gan.games import build_game
from ganlab_desktop.gan.plans import Player
from ganlab_desktop.gan.state import GameState
from ganlab_desktop.gan.weights import Weights, begin_with
from ganlab_desktop.measure.moves import Moves
from ganlab_desktop.measure.studies import STUDIES

_LOSSES = 2  # the first of SCALARS
_LOST = 16  # steps without a finite loss after which a run has diverged
_FLUSH_EVERY = 256  # iterations whose scalars wait on the device before they are read together


class Run(Sampling):
    """One run; `diverged` once its parameters or losses are no longer finite numbers, `standing` what holds now.

    It begins with the weights that the seed draws, or with others that are given: `origin` then says where they come
    from. Belongs to the thread that trains; set `torch.set_num_threads(run.threads)` in that thread.
    """

    def __init__(self, experiment: Experiment, device: str | None = None, weights: Weights | None = None) -> None:
        prefer_exactness()
        keep_freed_memory()
        self.id = uuid4().hex
        self.device = device
        images = image_shape(experiment.data) is not None
        self.game = build_game(experiment, resolve_device(device or experiment.device, images=images))
        self.origin: Mapping[str, str] = {}
        if weights is not None:
            begin_with(self.game, weights)
            self.origin = {**weights.origin, "networks": " ".join(weights.networks)}
        self.history = {"step": History(SCALARS), "moves": History(Moves.COLUMNS)}
        self.history["selection"] = History(("score",))
        self.history |= {name: History(kind.COLUMNS) for name, kind in STUDIES.items() if kind.COLUMNS}
        self.take_threads(None)
        self.timeline = Timeline(experiment)
        self.timeline.keep(self.game)
        self.standing = self.timeline.standing(0)
        self.events: dict[tuple[int, str], str] = {}  # by step and kind: what was found to go wrong, and what to try
        self._rows: list[Tensor] = []
        self._first_row_step = 0
        self.diverged = False
        self.made_on: Mapping[str, Any] = {}  # the machine that reached the state from which it goes on

    @property
    def experiment(self) -> Experiment:
        """The experiment with all edits so far."""
        return self.game.experiment

    @property
    def step(self) -> int:
        """Finished iterations."""
        return self.game.step

    def advance(self, only: Player | None = None) -> None:
        """Run one iteration to its end. That a run has diverged shows once its scalars are brought to the history."""
        started = perf_counter()
        row = self.game.iterate(only)
        self._keep(row, perf_counter() - started, only)

    def advance_phase(self) -> None:
        """Run the next phase of the iteration."""
        started = perf_counter()
        row = self.game.run_phase()
        if row is not None:
            self._keep(row, perf_counter() - started)

    def finish_iteration(self) -> None:
        """Run the phases that are left of an iteration begun phase by phase."""
        if self.game.position:
            self.advance()

    def _keep(self, row: Tensor, seconds: float, only: Player | None = None) -> None:
        self.timeline.passed(self.game, seconds, only)
        if not self._rows:
            self._first_row_step = self.game.step
        self._rows.append(row)
        if len(self._rows) >= _FLUSH_EVERY:
            self.flush()

    @property
    def diverged_at(self) -> int:
        """The first step whose losses are not finite numbers; of a run whose losses all are, the step at hand."""
        steps, values = self.history["step"].after(0)
        losses = values[:, :_LOSSES]  # NaN also of a player that did not move
        bad = np.flatnonzero(~np.isfinite(losses).any(1) | np.isinf(losses).any(1))
        if not len(bad):
            return self.step
        recovered = np.flatnonzero(np.diff(bad) > _LOST)  # what went wrong before was another story
        return int(steps[bad[recovered[-1] + 1] if len(recovered) else bad[0]])

    def flush(self, *, check: bool = True) -> None:
        """Bring the scalars that still wait on the device into the history. Whether the run has diverged is looked at
        where the newest losses are no finite numbers, and always if wanted to `check`."""
        if not self._rows:
            return
        values = torch.stack(self._rows).cpu().numpy()
        steps = np.arange(self._first_row_step, self._first_row_step + len(values))
        self._rows.clear()
        self.history["step"].append(steps, values)
        if check or not np.isfinite(values[-1, :_LOSSES]).any():
            self.diverged = self.diverged or not self.game.finite or self._lost

    @property
    def _lost(self) -> bool:
        """Whether the losses of the last steps are no finite numbers, however finite the weights still are."""
        _, values = self.history["step"].after(max(len(self.history["step"]) - _LOST, 0))
        return len(values) == _LOST and not np.isfinite(values[:, :_LOSSES]).any()

    def edit(self, changes: Mapping[str, Any]) -> None:
        """Change settings by path, from the next iteration on; one at hand is finished first.

        Naming a setting that stands for weights sets them, even to what the experiment says already: training has
        moved them. Raises ExperimentError, and then no setting has changed.
        """
        experiment = with_changes(self.experiment, changes)
        if experiment.data != self.experiment.data:
            experiment = pinned(experiment)
        accepted = self.game.accept(experiment)
        self.finish_iteration()
        edit = Edit(self.step, experiment, dict(changes))
        edit.take(self.game, accepted)
        self.timeline.edits.append(edit)
        self.standing = self.timeline.standing(self.step)

    # --- what is saved ------------------------------------------------------------------------------------------------

    def state(self) -> tuple[int, dict[str, NDArray[np.generic]], dict[str, Any]]:
        """Step, arrays by name and plain facts at the last iteration boundary."""
        return self.saved(self.game.state(), self.standing)

    def saved(self, state: GameState, standing: Standing) -> tuple[int, dict[str, NDArray[np.generic]], dict[str, Any]]:
        """The same of a state in the run's past."""
        arrays = {name: tensor.cpu().numpy() for name, tensor in state.tensors.items()}
        facts = {
            "game": state.facts,
            "experiment": files.to_toml(standing.experiment),
            "edits": standing.edits,
            "machine": self.machine(),
        }
        return state.facts["step"], arrays, facts

    def restore(self, arrays: Mapping[str, NDArray[np.generic]], facts: Mapping[str, Any]) -> None:
        """Go to a saved state, and take the edits of the timeline that were made there after it was saved.

        Raises ValueError where it does not fit the experiment.
        """
        self._rows.clear()
        self.diverged = False
        state, timeline = GameState.of(arrays, facts["game"]), self.timeline
        step = int(facts["game"]["step"])
        self.standing = timeline.standing(step, facts.get("edits"))
        self.game.edit(self.standing.experiment, self.game.accept(self.standing.experiment))
        self.game.restore(state)
        self.made_on = facts.get("machine", {})
        self.take_threads(self.made_on.get("threads"))
        for edit in timeline.edits[self.standing.edits : timeline.edits_until(step)]:
            edit.take(self.game, self.game.accept(edit.experiment))
        self.standing = timeline.standing(step)

    def go_back(self, step: int, past: Replica | None = None) -> None:
        """Stand where the run stood after a step, to be looked at; its history stays. A replica of one's own makes many
        visits fast. Raises ValueError where nothing is known of the step."""
        if step == self.step:
            return
        try:
            past = past or Replica(self.timeline, self.game.device)
            past.aim(step)
        except LookupError as error:
            raise ValueError(str(error)) from None
        past.work(math.inf)
        _, arrays, facts = self.saved(past.game.state(), past.standing)
        self.restore(arrays, facts)

    def take_threads(self, begun: object) -> None:
        """Train on as many threads as it was `begun` with, or, where that is not known or cannot be, as suit it."""
        parameters = len(self.game.generator.vector) + len(self.game.discriminator.vector)
        self.threads = threads(parameters, begun=begun)

    def machine(self) -> dict[str, Any]:
        """What a replay must have in common with this run to be bit-exact."""
        images = self.game.data.digest
        return machine(self.game.device, self.threads) | ({"images": images} if images else {})
