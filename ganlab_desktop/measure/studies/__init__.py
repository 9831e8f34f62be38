"""One study per kind of slow measurement. A new one adds its file and one entry here."""

from ganlab_desktop.measure.studies.coverage import Coverage
from ganlab_desktop.measure.studies.dynamics import Dynamics
from ganlab_desktop.measure.studies.gaussians import Gaussians
from ganlab_desktop.measure.studies.health import Health
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.studies.transport import Transport
from ganlab_desktop.measure.studies.truth import Truth

STUDIES: dict[str, type[Study]] = {
    "coverage": Coverage,
    "gaussians": Gaussians,
    "health": Health,
    "truth": Truth,
    "transport": Transport,
    "dynamics": Dynamics,
}

__all__ = ["STUDIES", "Row", "Snapshot", "Study"]
