"""Naming a setting by its path ("optimizer.generator.lr", "penalties[0].weight") and changing it."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.fields import FieldInfo, fields_of, kind_of
from ganlab_desktop.experiment.spec import Spec

_PART = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[([0-9]{1,9})\])?(?:\.(?=.)|$)")

Key = str | int


def split(path: str) -> list[Key]:
    """The keys and list positions along a path. Raises ExperimentError for text that is no path."""
    keys: list[Key] = []
    position = 0
    while position < len(path):
        match = _PART.match(path, position)
        if match is None:
            raise ExperimentError(path, "not a setting's path such as optimizer.generator.lr or penalties[0].weight")
        keys.append(match[1])
        if match[2] is not None:
            keys.append(int(match[2]))
        position = match.end()
    if not keys:
        raise ExperimentError("", "a setting's path is empty; write for example schedule.steps=500")
    return keys


def join(keys: Iterable[Key]) -> str:
    """The path of keys and list positions."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def value_at(experiment: Experiment, path: str) -> Any:
    """The value at a path. A spec's "kind" is its tag. Raises ExperimentError where the path leads nowhere."""
    here: Any = experiment
    walked: list[Key] = []
    for key in split(path):
        if isinstance(key, int):
            if not isinstance(here, tuple) or key >= len(here):
                count = len(here) if isinstance(here, tuple) else 0
                raise ExperimentError(path, f"no such entry; {join(walked)} has {count}")
            here = here[key]
        elif key == "kind" and isinstance(here, Spec) and kind_of(here):
            here = kind_of(here)
        elif isinstance(here, Spec) and key in here.__struct_fields__:
            here = getattr(here, key)
        else:
            raise unknown_key(join([*walked, key]), key, list(here.__struct_fields__) if isinstance(here, Spec) else [])
        walked.append(key)
    return here


def field_at(experiment: Experiment, path: str) -> FieldInfo | None:
    """The definition of the field at a path, None for a list entry or a kind."""
    keys = split(path)
    if isinstance(keys[-1], int) or keys[-1] == "kind":
        return None
    owner = value_at(experiment, join(keys[:-1])) if len(keys) > 1 else experiment
    return fields_of(type(owner)).get(keys[-1]) if isinstance(owner, Spec) else None


def put(raw: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a path of a nested dict in place.

    Choosing a kind takes that kind's defaults: the settings of the kind before do not fit it. Choosing a file forgets
    what the one before held. A list takes one new entry at its end.
    Whether keys and values are allowed is for the validation that follows.
    """
    keys = split(path)
    here: Any = raw
    for position, key in enumerate(keys[:-1]):
        if isinstance(key, int) != isinstance(here, list):
            problem = f"{join(keys[:position])} is a list" if isinstance(here, list) else "no such entry"
            raise ExperimentError(path, problem)
        if isinstance(key, int):
            if key == len(here):
                here.append({})
            if key > len(here) - 1:
                raise ExperimentError(path, f"no such entry; {join(keys[:position])} has {len(here)}")
            here = here[key]
        else:
            default: Any = [] if isinstance(keys[position + 1], int) else {}
            here = here.setdefault(key, default)
        if not isinstance(here, dict | list):
            raise ExperimentError(path, f"{join(keys[: position + 1])} is a single value")
    last = keys[-1]
    if isinstance(last, int):
        if not isinstance(here, list) or last > len(here):
            raise ExperimentError(path, "no such entry")
        here[last : last + 1] = [value]
    elif isinstance(here, list):
        raise ExperimentError(path, f"{join(keys[:-1])} is a list; write {join(keys[:-1])}[0].{last}")
    elif last == "kind":
        if here.get("kind") != value:
            here.clear()
        here["kind"] = value
    else:
        if last == "path":
            here.pop("content", None)
        here[last] = value


def parse_setting(text: str) -> tuple[str, Any]:
    """The path and value of "a.b=v". The value is read as TOML; what is not TOML is taken as plain text."""
    path, equals, value = text.partition("=")
    if not equals:
        raise ExperimentError("", f"--set {text}: must be path=value, for example schedule.steps=500")
    try:
        return path.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return path.strip(), value.strip()


def as_dict(spec: Spec) -> dict[str, Any]:
    """An experiment or a part of one as nested dicts, lists and plain values, kinds included."""
    raw: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(spec))
    return raw


def flatten(experiment: Experiment) -> dict[str, Any]:
    """Every single value of the experiment by its path."""
    flat: dict[str, Any] = {}

    def visit(value: Any, keys: list[Key]) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                visit(inner, [*keys, key])
        elif isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            for index, inner in enumerate(value):
                visit(inner, [*keys, index])
        else:
            flat[join(keys)] = value

    visit(as_dict(experiment), [])
    return flat


def differences(old: Experiment, new: Experiment) -> dict[str, tuple[Any, Any]]:
    """The paths at which two experiments differ, each with its old and new value (None where absent)."""
    before, after = flatten(old), flatten(new)
    paths = [*before, *(path for path in after if path not in before)]
    return {path: (before.get(path), after.get(path)) for path in paths if before.get(path) != after.get(path)}


def unknown_key(path: str, key: str, allowed: Iterable[str]) -> ExperimentError:
    """The error for a key that does not exist, with the nearest name if one is near."""
    names: Mapping[str, None] = dict.fromkeys(allowed)
    near = difflib.get_close_matches(key, names, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return ExperimentError(path, f"unknown key; {hint}allowed: {', '.join(names)}")
