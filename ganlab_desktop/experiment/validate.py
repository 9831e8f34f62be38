"""From nested dicts to a checked experiment, with errors that name the place and what is allowed there."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from ganlab_desktop.experiment import paths, rules
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import FORMAT, Experiment
from ganlab_desktop.experiment.fields import FieldInfo, fields_of
from ganlab_desktop.experiment.spec import Spec

_PLACE = re.compile(r"^(?P<problem>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
AnySpec = TypeVar("AnySpec", bound=Spec)

_UNKNOWN = re.compile(r"unknown field `(.*)`")


def validate(raw: Mapping[str, Any]) -> Experiment:
    """The experiment that a nested dict describes. Raises ExperimentError with a path and what is allowed."""
    version = raw.get("format", FORMAT)
    if isinstance(version, int) and version > FORMAT:
        raise ExperimentError("format", f"this file was written by a newer version (format {version}, known {FORMAT})")
    return rules.check(read(raw, Experiment))


def read(raw: Mapping[str, Any], kind: type[AnySpec]) -> AnySpec:
    """The spec of a class that a nested dict describes. Raises ExperimentError with a path and what is allowed."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise _explain(str(error), raw, kind) from None


def with_changes(experiment: Experiment, changes: Mapping[str, Any]) -> Experiment:
    """The experiment with the values at some paths replaced. Raises ExperimentError; the original is untouched."""
    raw = paths.as_dict(experiment)
    for path, value in changes.items():
        paths.put(raw, path, value)
    return validate(raw)


def _explain(message: str, raw: Mapping[str, Any], root: type[Spec]) -> ExperimentError:
    """Say in the user's terms what msgspec found; only the place and the unknown field's name are taken from it."""
    match = _PLACE.match(message)
    assert match is not None
    keys = paths.split(match["path"]) if match["path"] else []
    unknown = _UNKNOWN.search(match["problem"])
    owner, field = _definition(keys, raw, root)
    if unknown is not None:
        name = unknown[1]
        allowed = (["kind"] if _is_kind(owner) else []) + list(fields_of(owner) if owner else ())
        return paths.unknown_key(paths.join([*keys, name]), name, allowed)
    path, value = paths.join(keys), _value(keys, raw)
    if (keys and keys[-1] == "kind") or "required field `kind`" in match["problem"]:
        place = path if keys[-1] == "kind" else f"{path}.kind"
        kinds = ", ".join(field.variants) if field is not None else ""
        got = f", got {value!r}" if keys[-1] == "kind" else ", it is missing"
        return ExperimentError(place, f"must be one of {kinds}{got}")
    if field is None:
        return ExperimentError(path, match["problem"])
    if field.name == "device":
        return ExperimentError(path, f"must be auto, cpu, mps, cuda or cuda:N, got {value!r}")
    return ExperimentError(path, f"must be {_allowed(field, value, isinstance(keys[-1], int))}, got {_short(value)}")


def _allowed(field: FieldInfo, value: Any, is_entry: bool) -> str:
    """What may stand at a place; for a number out of range the range alone."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and str(field.bounds) and (is_entry or field.shape in ("integer", "number")):
        whole = isinstance(value, int) or field.shape in ("number", "numbers")
        return str(field.bounds) if whole else f"an integer {field.bounds}"
    return field.allowed


def _is_kind(owner: type[Spec] | None) -> bool:
    return owner is not None and owner.__struct_config__.tag is not None


def _definition(
    keys: list[paths.Key], raw: Mapping[str, Any], root: type[Spec]
) -> tuple[type[Spec] | None, FieldInfo | None]:
    """The spec class that owns the place, and the field there, following the kinds that `raw` names from the root."""
    owner: type[Spec] | None = root
    field: FieldInfo | None = None
    here: Any = raw
    for key in keys:
        here = _step(here, key)
        if isinstance(key, str) and key != "kind" and owner is not None:
            field = fields_of(owner).get(key)
        if field is not None and field.variants:
            kind = here.get("kind", "") if isinstance(here, Mapping) else ""
            only = next(iter(field.variants.values())) if len(field.variants) == 1 else None
            if key != "kind":
                owner = field.variants.get(kind if isinstance(kind, str) else "", only)
    return owner, field


def _value(keys: list[paths.Key], raw: Mapping[str, Any]) -> Any:
    here: Any = raw
    for key in keys:
        here = _step(here, key)
    return here


def _step(here: Any, key: paths.Key) -> Any:
    try:
        return here[key]
    except (KeyError, IndexError, TypeError):
        return None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
