"""How far both players move in one iteration, and whether successive moves agree."""

from collections import deque
from dataclasses import dataclass
from time import monotonic
from typing import ClassVar

import numpy as np
from torch import Tensor

from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure.theory.paths import update_cosines, update_norms

REST = 0.2  # seconds between two rows, where iterations are quicker than that
SHARE = 0.01  # the most of the training thread's time that comparing them takes
_STATES = 3  # which make two updates


@dataclass(frozen=True)
class _State:
    step: int
    players: tuple[Tensor, Tensor]


class Moves:
    """The length of each player's update and its cosine with the one before, now and then.

    An update is all that an iteration changes in a player's parameters, however many steps it takes. `take` is called
    on the thread that trains, between iterations; it copies parameters and leaves no trace.
    """

    COLUMNS: ClassVar = ("generator_norm", "discriminator_norm", "generator_cosine", "discriminator_cosine")

    def __init__(self, game: Game) -> None:
        self._game = game
        self._states: deque[_State] = deque(maxlen=_STATES)  # of successive steps
        self._rest_until = 0.0

    def take(self) -> tuple[float, ...] | None:
        """The row (see COLUMNS) of the update that has just ended; None while there is nothing to tell.

        A cosine is NaN where a player has rested.
        """
        game, started = self._game, monotonic()
        newest = self._states[-1].step if self._states else None
        if game.position or newest == game.step or started < self._rest_until:
            return None
        if newest != game.step - 1:
            self._states.clear()
        players = (game.generator.vector.detach().clone(), game.discriminator.vector.detach().clone())
        self._states.append(_State(game.step, players))
        if len(self._states) < _STATES:
            return None
        norms, cosines = [], []
        for vectors in zip(*(state.players for state in self._states), strict=True):
            points = np.stack([vector.cpu().double().numpy() for vector in vectors])
            norms.append(float(update_norms(points)[-1]))
            cosines.append(float(update_cosines(points)[-1]))
        ended = monotonic()
        self._rest_until = ended + max(REST, (ended - started) / SHARE)
        return (*norms, *cosines)
