"""What the user chose for exports the last time, kept in the settings."""

from pathlib import Path

import msgspec
from PySide6.QtCore import QSettings, QStandardPaths

from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.exports.page import Export
from ganlab_desktop.experiment.exports.table import EXPORTS, read_export

_OF_THE_RUN = ("view", "class_shown", "first", "steps", "runs", "corners")  # what would not suit another run


class ExportChoices:
    """Settings and format of each kind, the kind itself, and the folder."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def recalled(self, kind: str) -> Export:
        """The export of a kind as it was made last; as it is by default where nothing sound is stored."""
        try:
            return read_export(msgspec.json.decode(str(self._settings.value(f"export/{kind}", "{}"))) | {"kind": kind})
        except (ExperimentError, msgspec.DecodeError, TypeError):
            return EXPORTS[kind]()

    def keep(self, export: Export) -> None:
        """Remember the settings of a kind, but for what belongs to the run at hand."""
        raw = {name: value for name, value in paths.as_dict(export).items() if name not in _OF_THE_RUN}
        self._settings.setValue(f"export/{raw['kind']}", msgspec.json.encode(raw).decode())
        self._settings.setValue("export/chosen", raw["kind"])

    @property
    def kind(self) -> str:
        """The kind that was exported last."""
        kind = str(self._settings.value("export/chosen", ""))
        return kind if kind in EXPORTS else next(iter(EXPORTS))

    def ending(self, kind: str) -> str:
        """The format that a kind was written in last."""
        endings = EXPORTS[kind].endings
        ending = str(self._settings.value(f"export/{kind}.ending", endings[0]))
        return ending if ending in endings else endings[0]

    def keep_ending(self, kind: str, ending: str) -> None:
        self._settings.setValue(f"export/{kind}.ending", ending)

    @property
    def folder(self) -> Path:
        """Where the last file was written."""
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return Path(str(self._settings.value("export/folder", documents)))

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._settings.setValue("export/folder", str(folder))
