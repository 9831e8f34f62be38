"""The curves of a run as a table."""

from typing import BinaryIO

import numpy as np

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.curves import Table
from ganlab_desktop.export.about import about
from ganlab_desktop.export.data_file import write_sheets
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.looking import Tell, history
from ganlab_desktop.export.sheets import Column, Sheet, Sheets


def write_table(visit: Visit, export: Table, ending: str, stream: BinaryIO, tell: Tell) -> None:
    """Write the curves. Raises ExportError where nothing was measured."""
    tell(0.3, "collecting")
    sheets = gather(visit, export)
    tell(0.8, "writing")
    write_sheets(sheets, about(visit, export), ending, stream)


def gather(visit: Visit, export: Table) -> Sheets:
    """One sheet, with a row for each step at which anything was measured."""
    wanted = list(visit.run.history) if export.series == "all" else [export.series]
    found = {name: history(visit, name, export.first) for name in wanted}
    found = {name: rows for name, rows in found.items() if len(rows[0])}
    if not found:
        raise ExportError("there are no rows: nothing of the kind was measured in this run")
    steps = np.unique(np.concatenate([rows[0] for rows in found.values()]))
    columns: dict[str, Column] = {"step": steps}
    for name, (at, values) in found.items():
        places = np.searchsorted(steps, at)
        for column, measured in values.items():
            spread = np.full(len(steps), np.nan, np.float32)
            spread[places] = measured
            columns[f"{name}.{column}"] = spread
    return Sheets({"curves": Sheet(columns, {"step": "iterations"})})
