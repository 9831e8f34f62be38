"""What lies between images: a panel of several pages."""

from ganlab_desktop.ui.panels.latent.latent import Latent

__all__ = ["Latent"]
