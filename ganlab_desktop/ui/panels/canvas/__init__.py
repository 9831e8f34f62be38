"""The central picture: what the discriminator says, where the data are, and where the generator puts its samples."""

from ganlab_desktop.ui.panels.canvas.canvas import Canvas

__all__ = ["Canvas"]
