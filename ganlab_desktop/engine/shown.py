"""What probes and studies look at."""

from typing import Protocol

from ganlab_desktop.engine.timeline import Standing
from ganlab_desktop.gan.game import Game


class Shown(Protocol):
    """A game to be looked at, and what holds where it stands."""

    @property
    def game(self) -> Game: ...

    @property
    def standing(self) -> Standing: ...
