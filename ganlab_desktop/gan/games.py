"""What plays an experiment."""

import torch

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.autoencoding import Autoencoding
from ganlab_desktop.gan.game import Game


def build_game(experiment: Experiment, device: torch.device) -> Game:
    """The game of an experiment, or the autoencoder in its place."""
    return (Autoencoding if experiment.autoencodes else Game)(experiment, device)
