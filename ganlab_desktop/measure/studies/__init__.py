"""One study per kind of slow measurement. A new one adds its file and one entry here."""

from ganlab_desktop.measure.studies.best_response import BestResponse
from ganlab_desktop.measure.studies.coverage import Coverage
from ganlab_desktop.measure.studies.dynamics import Dynamics
from ganlab_desktop.measure.studies.health import Health
from ganlab_desktop.measure.studies.memory import Memory
from ganlab_desktop.measure.studies.mode_history import ModeHistory
from ganlab_desktop.measure.studies.quality import Quality
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study
from ganlab_desktop.measure.studies.transport import Transport
from ganlab_desktop.measure.studies.truth import Truth

STUDIES: dict[str, type[Study]] = {
    "coverage": Coverage,
    "modes": ModeHistory,
    "health": Health,
    "truth": Truth,
    "transport": Transport,
    "dynamics": Dynamics,
    "quality": Quality,
    "best_response": BestResponse,
    "memory": Memory,
}

__all__ = ["STUDIES", "Row", "Snapshot", "Study"]
