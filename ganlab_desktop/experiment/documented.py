"""An experiment as TOML in which every setting is explained."""

from typing import Any

import tomli_w

from ganlab_desktop.experiment.fields import FieldInfo, fields_of, kind_of
from ganlab_desktop.experiment.spec import Spec


def documented_toml(spec: Spec) -> str:
    """TOML text that loads as this experiment, or another spec, each line with its meaning, range and unit, each
    section with its kinds."""
    lines: list[str] = []
    _section(spec, "", lines)
    return "\n".join(lines).strip() + "\n"


def _section(spec: Spec, path: str, lines: list[str]) -> None:
    nested: list[tuple[FieldInfo, Any]] = []
    if kind_of(spec):
        lines.append(f"kind = {_value(kind_of(spec))}  # {_sentence(type(spec))}")
    for field in fields_of(type(spec)).values():
        value = getattr(spec, field.name)
        if field.shape in ("variant", "variants", "section"):
            nested.append((field, value))
        else:
            lines.append(f"{field.name} = {_value(value)}  # {_comment(field)}")
    for field, value in nested:
        name = f"{path}.{field.name}" if path else field.name
        lines.append("")
        if field.shape != "section" and len(field.variants) > 1:
            lines.append(f"# {name}: {' | '.join(field.variants)}")
        if field.shape == "variants":
            for entry in value:
                lines.append(f"[[{name}]]")
                _section(entry, name, lines)
        else:
            lines.append(f"[{name}]")
            _section(value, name, lines)


def _value(value: Any) -> str:
    if isinstance(value, tuple) and not any(isinstance(item, str) for item in value):  # rows of text: a line each
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return tomli_w.dumps({"v": value}).removeprefix("v = ").strip()


def _comment(field: FieldInfo) -> str:
    allowed = str(field.bounds) if field.shape in ("integer", "number") else ""
    allowed = field.allowed if field.shape in ("choice", "integers", "numbers") else allowed
    extras = [text for text in (allowed, field.unit) if text]
    return f"{field.help or field.title} ({'; '.join(extras)})" if extras else field.help or field.title


def _sentence(spec: type[Spec]) -> str:
    return " ".join((spec.__doc__ or "").split())
