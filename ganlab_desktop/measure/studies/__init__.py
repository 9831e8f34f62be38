"""One study per kind of slow measurement. A new one adds its file and one entry here."""

from ganlab_desktop.measure.studies.best_response import BestResponse
from ganlab_desktop.measure.studies.coverage import Coverage
from ganlab_desktop.measure.studies.critic_slopes import CriticSlopes
from ganlab_desktop.measure.studies.dynamics import Dynamics
from ganlab_desktop.measure.studies.gaussians import Gaussians
from ganlab_desktop.measure.studies.health import Health
from ganlab_desktop.measure.studies.image_plane import ImagePlane
from ganlab_desktop.measure.studies.latent_path import LatentPath
from ganlab_desktop.measure.studies.latent_plane import LatentPlane
from ganlab_desktop.measure.studies.likelihood import Likelihood
from ganlab_desktop.measure.studies.likeness import Likenesses
from ganlab_desktop.measure.studies.lipschitz import Lipschitz
from ganlab_desktop.measure.studies.memory import Memory
from ganlab_desktop.measure.studies.mode_history import ModeHistory
from ganlab_desktop.measure.studies.pairs import Pairs
from ganlab_desktop.measure.studies.path import Path
from ganlab_desktop.measure.studies.quality import Quality
from ganlab_desktop.measure.studies.singular_values import SingularValues
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study, suits
from ganlab_desktop.measure.studies.style_mixing import StyleMixing
from ganlab_desktop.measure.studies.transport import Transport
from ganlab_desktop.measure.studies.truth import Truth
from ganlab_desktop.measure.studies.velocities import Velocities

STUDIES: dict[str, type[Study]] = {
    "coverage": Coverage,
    "modes": ModeHistory,
    "gaussians": Gaussians,
    "health": Health,
    "truth": Truth,
    "transport": Transport,
    "dynamics": Dynamics,
    "lipschitz": Lipschitz,
    "critic_slopes": CriticSlopes,
    "velocities": Velocities,
    "singular_values": SingularValues,
    "path": Path,
    "quality": Quality,
    "best_response": BestResponse,
    "memory": Memory,
    "likeness": Likenesses,
    "pairs": Pairs,
    "likelihood": Likelihood,
    "latent_plane": LatentPlane,
    "latent_path": LatentPath,
    "style_mixing": StyleMixing,
    "image_plane": ImagePlane,
}

__all__ = ["STUDIES", "Row", "Snapshot", "Study", "suits"]
