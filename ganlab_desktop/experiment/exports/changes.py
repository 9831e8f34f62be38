"""Exports with some settings changed, and their settings as the command line takes them."""

import json
from collections.abc import Mapping
from typing import Any

from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.exports.page import Export
from ganlab_desktop.experiment.exports.table import read_export


def changed(export: Export, changes: Mapping[str, Any]) -> Export:
    """The export with the values at some paths replaced. Raises ExperimentError; the original is untouched."""
    raw = paths.as_dict(export)
    for path, value in changes.items():
        paths.put(raw, path, value)
    return read_export(raw)


def settings_of(export: Export) -> list[str]:
    """What is not the default, as name=value for `--set`, the value in TOML."""
    usual, here = paths.as_dict(type(export)()), paths.as_dict(export)
    return [f"{name}={_toml(value)}" for name, value in here.items() if value != usual.get(name)]


def _toml(value: Any) -> str:
    """A value on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)  # of plain values, JSON is TOML
