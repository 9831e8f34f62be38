"""GAN Lab Desktop: a laboratory in which people see GANs learn."""

__version__ = "0.1.0"
