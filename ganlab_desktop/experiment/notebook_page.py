"""An experiment as a page of a notebook."""

from html import escape
from typing import Any

from msgspec import structs

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.fields import kind_of
from ganlab_desktop.experiment.spec import Spec


def experiment_page(experiment: Experiment) -> str:
    """An experiment as HTML: its sections, each with its kind and the settings that are not the usual ones."""
    rows = []
    for name, value in structs.asdict(experiment).items():
        parts = value if isinstance(value, tuple) else (value,)
        text = "; ".join(_section(part) for part in parts)
        if text and name not in ("format", "title"):
            rows.append(f"<tr><th align='left'>{escape(name)}</th><td align='left'>{escape(text)}</td></tr>")
    return f"<b>{escape(experiment.title or 'Experiment')}</b><table>{''.join(rows)}</table>"


def _section(part: Any) -> str:
    """A section in words: its kind, then what differs from the defaults."""
    if not isinstance(part, Spec):
        return str(part)
    usual = type(part)()
    changed = [f"{name} = {value}" for name, value in structs.asdict(part).items() if value != getattr(usual, name)]
    return ": ".join(filter(None, (kind_of(part), ", ".join(changed))))
