"""The base of every specification and the few field types that many of them share.

A field is defined once, in its spec, as ``Annotated[type, Meta(bounds), label(title, help, unit)] = default``.
Validation, the inspector's form, ``--set``, the help and the documentation all read that one definition.
"""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct


class Spec(Struct, frozen=True, forbid_unknown_fields=True):
    """An immutable, validated part of an experiment."""


class Variant(Spec, frozen=True, tag_field="kind"):
    """A spec that is one of several kinds: its tag is its name in TOML, its title its name for people."""

    title: ClassVar[str] = ""


def label(title: str, description: str, unit: str = "") -> Meta:
    """Title, one-line help and unit of a field."""
    return Meta(title=title, description=description, extra={"unit": unit})


Sigma = Annotated[
    float,
    Meta(ge=1e-6, le=10.0),
    label("Sigma", "Standard deviation of the noise around each mode or curve, before scaling.", "data units"),
]
Scale = Annotated[
    float, Meta(ge=1e-3, le=1e6), label("Divide by", "Samples are divided by this before the networks see them.")
]
TrainingPoints = Annotated[
    int,
    Meta(ge=0, le=10_000_000),
    label("Training points", "Size of a fixed training set drawn once; 0 draws fresh points at every step."),
]
Content = Annotated[
    str,
    Meta(extra={"hidden": True}),
    label("Content", "SHA-256 of what the file at path held, filled in by the run; empty for what it holds now."),
]
Width = Annotated[int, Meta(ge=1, le=4096)]
