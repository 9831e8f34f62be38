"""The past of a run: what happened to it, and the states from which the rest is played again."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from ganlab_desktop.engine.budget import Budget
from ganlab_desktop.engine.budget import budget as allowed
from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.data import DataSpec
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.data.build import build
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.networks.affine import set_weights
from ganlab_desktop.gan.plans import Player
from ganlab_desktop.gan.state import GameState
from ganlab_desktop.runfile.errors import DamagedFileError

SPACING = 0.05  # seconds of training between keyframes: a replay to any step costs no more
COST_SHARE = 0.02  # of the training time that keyframes may take
MOST = 20_000  # keyframes, however small
_ENTRY = 100  # bytes that a tensor's name and shape take
RECENT = 1000  # steps before the newest one, whose keyframes go last


class Edit(NamedTuple):
    """Settings changed by path between iterations: the experiment from step `step` on."""

    step: int
    experiment: Experiment
    changes: Mapping[str, Any]

    def take(self, game: Game, data: Distribution) -> None:
        """Change a game, which stands at the step, with the data that it accepted."""
        game.edit(self.experiment, data)
        named = [str(keys[1]) for keys in map(paths.split, self.changes) if keys[0] == "generator" and len(keys) > 1]
        if set_weights(self.experiment.generator, game.generator.module, named):
            game.average.restart()


class LoneMoves(NamedTuple):
    """Iterations first + 1 .. last, in which one player moved alone."""

    first: int
    last: int
    player: Player


@dataclass(eq=False)
class Keyframe:
    """A state of the game at a step, after so many edits. `state` is None while only the file holds it."""

    step: int
    edits: int
    size: int
    state: GameState | None
    row: int | None = None  # in the file


class Standing(NamedTuple):
    """What holds at a step: the experiment, after so many edits; how often data of another shape had come by then, and
    the steps from which on these data and this objective have been in play."""

    experiment: Experiment
    edits: int
    layout: int
    data_since: int
    objective_since: int


class Timeline:
    """Edits, lone moves and keyframes of one run, in the order of their steps.

    Keyframes lie so close that a replay from one to the next takes SPACING; where they outgrow the budget, the densest
    go first, counted by their age, so that the past grows coarser the longer ago it is.
    """

    def __init__(self, first: Experiment, *, budget: Budget | None = None) -> None:
        self.edits: list[Edit] = []
        self.moves: list[LoneMoves] = []
        self.bookmarks: dict[int, str] = {}  # notes by step, whose keyframes stay
        self.best: int | None = None  # the step that scores best, whose keyframe stays too
        self.keyframes: list[Keyframe] = []
        self.dropped: list[Keyframe] = []  # since the file, where there is one, was last told
        self.fetch: Callable[[Keyframe], GameState] | None = None  # a keyframe's state from the file
        self.thinned = False  # whether the budget has taken keyframes since it was opened
        self.lost: list[Keyframe] = []  # found to be damaged since somebody was last told
        self.first = first
        self.budget = budget or allowed()
        self._size = 0
        self._played = 0.0  # seconds of training since the newest keyframe
        self._copying = 0.0  # seconds that taking it took

    # --- what happens -------------------------------------------------------------------------------------------------

    def passed(self, game: Game, seconds: float, only: Player | None) -> None:
        """An iteration has ended after so many seconds of training, in which `only` one player may have moved."""
        if only is not None:
            self._moved_alone(game.step, only)
        self._played += seconds
        if self._played >= max(SPACING, self._copying / COST_SHARE):
            self.keep(game)

    def keep(self, game: Game) -> None:
        """Take a keyframe of the game as it is, unless this state has one."""
        newest = self.keyframes[-1] if self.keyframes else None
        if newest is not None and (newest.step, newest.edits) == (game.step, len(self.edits)):
            return
        started = perf_counter()
        self.add(_keyframe(game, len(self.edits)))
        self._copying, self._played = perf_counter() - started, 0.0
        while (self._size > self.budget.keyframes or len(self.keyframes) > MOST) and self._thin():
            pass

    def insert(self, game: Game, edits: int) -> None:
        """Take a keyframe of a game that stands in the past, after so many edits, unless this state has one."""
        if self.at(game.step, edits) is None:
            keyframe = _keyframe(game, edits)
            key = (keyframe.step, keyframe.edits)
            place = bisect_right(self.keyframes, key, key=lambda known: (known.step, known.edits))
            self.keyframes.insert(place, keyframe)
            self._size += keyframe.size

    def add(self, keyframe: Keyframe) -> None:
        """Append a keyframe."""
        self.keyframes.append(keyframe)
        self._size += keyframe.size

    def release(self) -> None:
        """Let go of the older keyframes' states that the file has too, as the budget asks."""
        held = 0
        for keyframe in reversed(self.keyframes):
            if keyframe.state is None:
                continue
            held += keyframe.size
            if held > self.budget.in_memory and keyframe.row is not None and self.fetch is not None:
                keyframe.state = None

    def _moved_alone(self, step: int, player: Player) -> None:
        last = self.moves[-1] if self.moves else None
        if last is not None and (last.last, last.player) == (step - 1, player):
            self.moves[-1] = LoneMoves(last.first, step, player)
        else:
            self.moves.append(LoneMoves(step - 1, step, player))

    def _thin(self) -> bool:
        """Drop the keyframe whose neighbours lie closest to each other for its age; never the first, the newest, the
        best or one at a bookmark. False where there is no other."""
        steps = np.array([keyframe.step for keyframe in self.keyframes])
        gaps = (steps[2:] - steps[:-2]) / np.maximum(steps[-1] - steps[1:-1], RECENT)
        kept = [*self.bookmarks, *(() if self.best is None else (self.best,))]
        gaps[np.isin(steps[1:-1], kept)] = np.inf
        if not np.isfinite(gaps).any():
            return False
        dropped = self.keyframes.pop(1 + int(gaps.argmin()))
        self._size -= dropped.size
        self.thinned = True
        if self.fetch is not None:
            self.dropped.append(dropped)
        return True

    # --- what was -----------------------------------------------------------------------------------------------------

    def standing(self, step: int, edits: int | None = None) -> Standing:
        """What held at a step, after all edits that were made there, or after so many of all edits."""
        count = self.edits_until(step) if edits is None else edits
        experiment, layout, data_since, objective_since = self.first, 0, 0, 0
        for edit in self.edits[:count]:
            if edit.experiment.data != experiment.data:
                layout += _shape(edit.experiment.data, experiment.seed) != _shape(experiment.data, experiment.seed)
                data_since = edit.step
            if edit.experiment.objective != experiment.objective:
                objective_since = edit.step
            experiment = edit.experiment
        return Standing(experiment, count, layout, data_since, objective_since)

    def until(self, step: int, edits: int) -> "Timeline":
        """This past up to a step, after so many edits, as if nothing had come since."""
        earlier = Timeline(self.first, budget=self.budget)
        earlier.edits, earlier.moves, earlier.fetch = self.edits[:edits], self.moves, self.fetch
        earlier.keyframes = [known for known in self.keyframes if (known.step, known.edits) <= (step, edits)]
        return earlier

    def edits_until(self, step: int) -> int:
        """How many edits had been made by a step, those at it included."""
        return bisect_right(self.edits, step, key=lambda edit: edit.step)

    def alone(self, step: int) -> Player | None:
        """The player who moved alone in the iteration that led to a step; None where both moved."""
        place = bisect_right(self.moves, step - 1, key=lambda move: move.first) - 1
        return self.moves[place].player if place >= 0 and step <= self.moves[place].last else None

    def nearest(self, step: int) -> Keyframe:
        """The last keyframe at or before a step. Raises LookupError where there is none."""
        place = bisect_right(self.keyframes, step, key=lambda keyframe: keyframe.step) - 1
        if place < 0:
            raise LookupError(f"nothing of the run is known at step {step:,}")
        return self.keyframes[place]

    def at(self, step: int, edits: int) -> Keyframe | None:
        """The keyframe of just this state."""
        place = bisect_right(self.keyframes, step, key=lambda keyframe: keyframe.step) - 1
        if place >= 0 and (self.keyframes[place].step, self.keyframes[place].edits) == (step, edits):
            return self.keyframes[place]
        return None

    def last_sound(self, step: int) -> tuple[Keyframe, GameState]:
        """The last keyframe at or before a step that can be read, and its state; damaged ones are given up. Raises
        LookupError where there is none."""
        while True:
            keyframe = self.nearest(step)
            state = self.sound_state(keyframe)
            if state is not None:
                return keyframe, state

    def sound_state(self, keyframe: Keyframe) -> GameState | None:
        """A keyframe's state; None where it is damaged, and then the keyframe is given up."""
        try:
            return self.state(keyframe)
        except DamagedFileError:
            self.keyframes.remove(keyframe)
            self._size -= keyframe.size
            self.lost.append(keyframe)
            return None

    def take_lost(self) -> str:
        """A line about the keyframes that were given up since the last call; empty where there are none."""
        lost, self.lost = self.lost, []
        steps = ", ".join(f"{keyframe.step:,}" for keyframe in lost)
        return f"damaged: keyframes of step {steps}; what follows is played from earlier ones" if lost else ""

    def state(self, keyframe: Keyframe) -> GameState:
        """A keyframe's state, from memory or from the file. Raises what reading the file raises."""
        state = keyframe.state  # the writer's snapshot may let go of it while others look
        if state is not None:
            return state
        assert self.fetch is not None
        return self.fetch(keyframe)


def _keyframe(game: Game, edits: int) -> Keyframe:
    state = game.state().on_cpu()
    size = sum(tensor.nbytes + _ENTRY for tensor in state.tensors.values())
    return Keyframe(game.step, edits, size, state)


@lru_cache(maxsize=64)
def _shape(spec: DataSpec, seed: int) -> tuple[type, int]:
    """What must stay for pictures of the data before to make sense: its kind and the number of its modes."""
    modes = build(spec, seed).modes
    return type(spec), 0 if modes is None else len(modes.weights)
