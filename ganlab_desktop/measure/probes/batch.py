"""The samples that the phase at hand works on."""

import numpy as np
from numpy.typing import NDArray

from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.plans import Player
from ganlab_desktop.measure.probes.probe import Picture, View, to_numpy

_MOST = 1000  # samples of a side that are shown


class Batch:
    """real (B, dim) and fake (B, dim), as far as the player who moved last has drawn them in this update, and of an
    autoencoder as far as they are drawn; nothing between iterations. phase: how many phases of the iteration have
    run."""

    def __init__(self, game: Game) -> None:
        self._game = game

    def __call__(self, view: View) -> Picture:
        game = self._game
        drawn: dict[str, tuple[Player, int]] = {}  # who drew what there is, in which update
        turn = None
        for phase in game.phases[: game.position]:
            turn = phase.player, phase.update
            if phase.name == "real batch":
                drawn["real"] = turn
            elif phase.name in ("fake batch", "decode") or (phase.player == "generator" and phase.name == "forward"):
                drawn["fake"] = turn
        together = game.experiment.autoencodes
        arrays: dict[str, NDArray[np.generic]] = {
            name: to_numpy(game.batch[name][:_MOST]) for name, drawer in drawn.items() if together or drawer == turn
        }
        return Picture(arrays, {"phase": float(game.position)})
