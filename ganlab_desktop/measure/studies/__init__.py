"""One study per kind of slow measurement. A new one adds its file and one entry here."""

from ganlab_desktop.measure.studies.coverage import Coverage
from ganlab_desktop.measure.studies.study import Row, Snapshot, Study

STUDIES: dict[str, type[Study]] = {"coverage": Coverage}

__all__ = ["STUDIES", "Row", "Snapshot", "Study"]
