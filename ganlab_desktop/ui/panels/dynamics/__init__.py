"""Whether the game comes to rest: the smallest game of its kind, this one, and the players' updates."""

from ganlab_desktop.ui.panels.dynamics.dynamics import Dynamics

__all__ = ["Dynamics"]
