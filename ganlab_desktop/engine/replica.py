"""A game of its own that stands at any moment of a run's past."""

from time import perf_counter

import torch

from ganlab_desktop.engine.rewind import Rewind
from ganlab_desktop.engine.sampling import Sampling
from ganlab_desktop.engine.timeline import Standing, Timeline
from ganlab_desktop.gan.games import build_game
from ganlab_desktop.gan.state import GameState


class Replica(Sampling):
    """Goes to a step of a timeline, and within the iteration after it to a phase, by playing from the nearest keyframe.
    On the way back it remembers what it plays, so that the steps before come at once.

    `exact` tells whether every keyframe that it came by was met bit for bit. For the thread that trains.
    """

    def __init__(self, timeline: Timeline, device: torch.device) -> None:
        self.timeline = timeline
        self.exact = True
        self.standing: Standing = timeline.standing(0)
        self.game = build_game(self.standing.experiment, device)
        self.step, self.phase = -1, 0  # where it is to go
        self._lost = True  # whether the game stands nowhere on the timeline
        self._rewind = Rewind()
        self._goes_back = False

    @property
    def arrived(self) -> bool:
        """Whether the game stands where it is to go."""
        return not self._lost and (self.game.step, self.game.position) == (self.step, self.phase)

    @property
    def aimed_at(self) -> tuple[int, int] | None:
        """The step and the phase that it is on its way to."""
        return None if self.arrived else (self.step, self.phase)

    def stay(self) -> None:
        """Go no further."""
        self.step, self.phase = self.game.step, self.game.position

    @property
    def layout(self) -> int:
        """How often the data had changed by where it stands."""
        return self.standing.layout

    def aim(self, step: int, phase: int = 0) -> None:
        """Set out for a step, and so many phases into its iteration. Raises LookupError where nothing is known of it.

        It then stands at the nearest keyframe before, or stays where it is if no more than one iteration lies between.
        """
        keyframe = self.timeline.nearest(step)
        self.step, self.phase = step, phase
        game, edits = self.game, self.timeline.edits_until(step)
        behind = (game.step, game.position) <= (step, phase) and self.standing.edits <= edits
        if self._lost or not behind or game.step + 1 < keyframe.step:
            self._goes_back = not self._lost and game.step - 1 <= step <= game.step
            known = self._rewind.get(step, edits)
            if known is not None:
                self._stand(step, edits, known)
            else:
                keyframe, state = self.timeline.last_sound(step)
                self._stand(keyframe.step, keyframe.edits, state)

    def work(self, seconds: float) -> bool:
        """Play on towards the aim for about so many seconds; whether it is reached."""
        until = perf_counter() + seconds
        while not self.arrived:
            if self.game.step < self.step:
                self._iterate()
            elif self.phase >= len(self.game.phases):  # an edit on the way has left the iteration fewer of them
                self.phase = len(self.game.phases) - 1
            else:
                self.game.run_phase()
            if perf_counter() >= until:
                break
        return self.arrived

    def _stand(self, step: int, edits: int, state: GameState) -> None:
        self._lost = True
        game, self.standing = self.game, self.timeline.standing(step, edits)
        if game.position:
            game.restore(game.state())
        if self.standing.experiment != game.experiment:
            game.edit(self.standing.experiment, game.accept(self.standing.experiment))
        game.restore(state)
        self._lost = False
        self._take_edits()

    def _iterate(self) -> None:
        game = self.game
        game.iterate(self.timeline.alone(game.step + 1))
        keyframe = self.timeline.at(game.step, self.standing.edits)
        if keyframe is not None and self.exact:
            state = self.timeline.sound_state(keyframe)
            self.exact = state is None or game.state().equals(state)
        self._take_edits()
        if self._goes_back:
            self._rewind.keep(game.step, self.standing.edits, game.state())

    def _take_edits(self) -> None:
        """Take the edits that were made at this step, one after the other."""
        game, timeline = self.game, self.timeline
        count = timeline.edits_until(game.step)
        if count > self.standing.edits:
            for edit in timeline.edits[self.standing.edits : count]:
                edit.take(game, game.accept(edit.experiment))
            self.standing = timeline.standing(game.step)
