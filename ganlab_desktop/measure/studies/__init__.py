"""One study per kind of slow measurement. A new one adds its file and one entry here."""

from ganlab_desktop.measure.studies.coverage import Coverage
from ganlab_desktop.measure.studies.dynamics import Dynamics
from ganlab_desktop.measure.studies.health import Health
from ganlab_desktop.measure.studies.path import Path
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.studies.transport import Transport
from ganlab_desktop.measure.studies.truth import Truth

STUDIES: dict[str, type[Study]] = {
    "coverage": Coverage,
    "health": Health,
    "truth": Truth,
    "transport": Transport,
    "dynamics": Dynamics,
    "path": Path,
}

__all__ = ["STUDIES", "Row", "Snapshot", "Study"]
