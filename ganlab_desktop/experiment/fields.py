"""What a field of a spec is called, what it may hold and what it means, read from its one definition."""

from functools import cache
from typing import Any, Literal, cast

import msgspec
from msgspec import Struct, inspect

from ganlab_desktop.experiment.drawing import EMPTY, FEWEST, HEAVIEST, MOST
from ganlab_desktop.experiment.spec import Spec

Shape = Literal[
    "integer", "number", "text", "switch", "choice", "integers", "numbers", "raster", "variant", "variants", "section"
]


class Bounds(Struct, frozen=True):
    """Allowed range of a number, or of each number in a list. None means unbounded."""

    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None

    def __str__(self) -> str:
        symbols = ((">", self.gt), (">=", self.ge), ("<", self.lt), ("<=", self.le))
        return " and ".join(f"{symbol} {_plain(bound)}" for symbol, bound in symbols if bound is not None)


def _plain(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"


class FieldInfo(Struct, frozen=True):
    """One field of a spec, as the inspector, ``--set``, the help and error messages need it.

    `variants` maps each kind to its spec class where the field is a variant (one of several specs), variants
    (a list of them) or a section (exactly one spec). `suffixes` are the endings of the files that the field may name,
    and `folder` tells that it names a folder. A hidden field is filled in by the program: forms do not ask for it.
    """

    name: str
    shape: Shape
    title: str = ""
    help: str = ""
    unit: str = ""
    bounds: Bounds = Bounds()
    choices: tuple[str | int, ...] = ()
    suffixes: tuple[str, ...] = ()
    folder: bool = False
    hidden: bool = False
    variants: dict[str, type[Spec]] = {}
    length: tuple[int | None, int | None] = (None, None)
    default: Any = None

    @property
    def allowed(self) -> str:
        """What the field may hold, as the end of the sentence "must be ..."."""
        if self.shape == "choice":
            return "one of " + ", ".join(map(str, self.choices))
        if self.shape == "switch":
            return "true or false"
        if self.shape == "text":
            return "text"
        if self.shape == "raster":
            return f"{FEWEST} to {MOST} rows of as many marks each, {EMPTY} or a digit from 1 to {HEAVIEST}"
        if self.shape in ("variant", "variants"):
            return "one of " + ", ".join(self.variants)
        if self.shape == "section":
            return "a section"
        noun = {"integer": "an integer", "number": "a number", "integers": "integers", "numbers": "numbers"}[self.shape]
        if self.shape in ("integers", "numbers"):
            low, high = self.length
            noun = f"a list of {low} {noun}" if low is not None and low == high else f"a list of {noun}"
        bounds = str(self.bounds)
        return f"{noun} {bounds}" if bounds else noun


@cache
def fields_of(spec: type[Spec]) -> dict[str, FieldInfo]:
    """The fields of a spec class by name, in order of definition."""
    info = inspect.type_info(spec)
    assert isinstance(info, inspect.StructType)
    return {field.name: _field_info(field) for field in info.fields}


def _field_info(field: inspect.Field) -> FieldInfo:
    kind = field.type
    schema: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    while isinstance(kind, inspect.Metadata):
        schema = {**(kind.extra_json_schema or {}), **schema}
        extra = {**(kind.extra or {}), **extra}
        kind = kind.type
    default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    return FieldInfo(
        name=field.name,
        title=schema.get("title", field.name.replace("_", " ").capitalize()),
        help=schema.get("description", ""),
        unit=extra.get("unit", ""),
        suffixes=extra.get("suffixes", ()),
        folder=extra.get("folder", False),
        hidden=extra.get("hidden", False),
        default=default,
        **_shape(kind),
    )


def _shape(kind: inspect.Type) -> dict[str, Any]:
    match kind:
        case inspect.BoolType():
            return {"shape": "switch"}
        case inspect.IntType():
            return {"shape": "integer", "bounds": _bounds(kind)}
        case inspect.FloatType():
            return {"shape": "number", "bounds": _bounds(kind)}
        case inspect.StrType():
            return {"shape": "text"}
        case inspect.LiteralType():
            return {"shape": "choice", "choices": tuple(kind.values)}
        case inspect.StructType():
            return {"shape": "section", "variants": _variants((kind,))}
        case inspect.UnionType():
            return {"shape": "variant", "variants": _variants(kind.types)}
        case inspect.VarTupleType():
            item, length = kind.item_type, (kind.min_length, kind.max_length)
        case inspect.TupleType():
            item, length = kind.item_types[0], (len(kind.item_types), len(kind.item_types))
        case _:  # a spec with a type that the project has no form for is a programming error
            raise TypeError(f"no form for a field of type {kind}")
    while isinstance(item, inspect.Metadata):
        item = item.type
    match item:
        case inspect.UnionType():
            return {"shape": "variants", "variants": _variants(item.types), "length": length}
        case inspect.StrType():
            return {"shape": "raster", "length": length}
        case inspect.IntType():
            return {"shape": "integers", "bounds": _bounds(item), "length": length}
        case inspect.FloatType():
            return {"shape": "numbers", "bounds": _bounds(item), "length": length}
        case _:
            raise TypeError(f"no form for a list of {item}")


def _bounds(kind: inspect.IntType | inspect.FloatType) -> Bounds:
    return Bounds(gt=kind.gt, ge=kind.ge, lt=kind.lt, le=kind.le)


def _variants(types: tuple[inspect.Type, ...]) -> dict[str, type[Spec]]:
    structs = [kind for kind in types if isinstance(kind, inspect.StructType)]
    return {str(struct.tag or ""): cast(type[Spec], struct.cls) for struct in structs}


def kind_of(spec: Spec) -> str:
    """The kind of a spec as TOML names it, for example "wasserstein"; empty for a plain section."""
    tag = type(spec).__struct_config__.tag
    return str(tag) if tag is not None else ""
