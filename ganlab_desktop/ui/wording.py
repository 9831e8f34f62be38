"""The form's names of settings in the place of the file's keys, in what is said in the window."""

import re
from collections.abc import Iterator
from functools import cache

from PySide6.QtCore import QCoreApplication

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.fields import FieldInfo, fields_of
from ganlab_desktop.experiment.spec import Spec

_KEY = re.compile(r"\b[a-z]\w*(?:\[\d+\])?(?:\.[a-z]\w*(?:\[\d+\])?)*")
_PLACE = re.compile(rf"^({_KEY.pattern}): ")
_ENTRY = re.compile(r"\[\d+\]")


def heads() -> dict[str, str]:
    """Heads of sections whose place in the experiment does not already say it well."""
    translate = QCoreApplication.translate
    return {
        "optimizer": translate("form", "Optimisers"),
        "optimizer.generator": translate("form", "Optimiser of G"),
        "optimizer.discriminator": translate("form", "Optimiser of D"),
        "ema": translate("form", "Averaging"),
        "schedule": translate("form", "Training"),
        "game": translate("form", "Descent"),
    }


def head_of(path: str, info: FieldInfo) -> str:
    """The head of a section."""
    return heads().get(path) or QCoreApplication.translate("experiment", info.title)


def in_words(text: str) -> str:
    """A sentence about an experiment as the form would say it: "schedule.batch_size: must be a multiple of
    discriminator.packing" becomes "Batch size (Training): must be a multiple of Packing (Discriminator)"."""
    names, place = _names(), _PLACE.match(text)
    before = ""
    if place is not None and _plain(place[1]) in names:
        before, text = f"{names[_plain(place[1])]}: ", text[place.end() :]
    return before + _KEY.sub(lambda found: _named(found[0], names), text)


def _named(key: str, names: dict[str, str]) -> str:
    """The name of a key; single words without an underscore may be words of the sentence."""
    plain = _plain(key)
    if "." in plain or "_" in plain:
        return names.get(plain, key)
    return key


def _plain(key: str) -> str:
    return _ENTRY.sub("", key)


@cache
def _names() -> dict[str, str]:
    """By path the names of settings with their section, of sections alone; and by kind and key what is written so."""
    names: dict[str, str] = {}
    for path, title, section in _settings(Experiment, "", ""):
        names.setdefault(path, f"{title} ({section})" if section else title)
        names.setdefault(path.rpartition(".")[2], title)
    for written, title in _written(Experiment):
        names[written] = title
    return names


def _settings(spec: type[Spec], prefix: str, section: str) -> Iterator[tuple[str, str, str]]:
    """Path, title and section of all that the experiment consists of."""
    for name, info in fields_of(spec).items():
        path = f"{prefix}{name}"
        if not info.variants:
            yield path, QCoreApplication.translate("experiment", info.title), section
            continue
        head = head_of(path, info)
        yield path, head, ""
        yield f"{path}.kind", QCoreApplication.translate("form", "Kind"), head
        for variant in info.variants.values():
            yield from _settings(variant, f"{path}.", head)


def _written(spec: type[Spec]) -> Iterator[tuple[str, str]]:
    """How kinds and choices are written in files, and how they are shown."""
    for info in fields_of(spec).values():
        yield from ((choice, choice.replace("_", " ")) for choice in info.choices if isinstance(choice, str))
        for kind, variant in info.variants.items():
            yield kind, QCoreApplication.translate("experiment", getattr(variant, "title", "") or kind)
            yield from _written(variant)
