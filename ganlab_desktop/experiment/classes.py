"""How many classes the samples of each kind of data belong to: their modes, branches or blades."""

from functools import singledispatch

from ganlab_desktop.experiment.data import (
    Circles,
    DataSpec,
    Disjoint,
    GanLab,
    Gaussians,
    Grid,
    Mixture,
    Mixture1D,
    Moons,
    Pinwheel,
    Ring,
    Spiral,
)
from ganlab_desktop.experiment.images import (
    Digits,
    Glyphs,
    Idx,
    ImageFolder,
    Npz,
    Paired,
    Shapes,
    StackedDigits,
    TorchVision,
)
from ganlab_desktop.experiment.images.files import PUBLISHED

_GANLAB_SETS = {"gaussians": 2, "disjoint": 3}


def classes_of(data: DataSpec) -> int | None:
    """The number of classes; 0 where samples belong to none, or all to one, None where only the files tell."""
    count = _parts(data)
    return 0 if count == 1 else count


@singledispatch
def _parts(data: DataSpec) -> int | None:
    return 1


@_parts.register(Ring)
@_parts.register(Mixture)
def _modes(data: Ring | Mixture) -> int:
    return data.modes


@_parts.register
def _grid(data: Grid) -> int:
    return data.side**2


@_parts.register(Gaussians)
@_parts.register(Disjoint)
@_parts.register(Moons)
@_parts.register(Circles)
def _pair(data: Gaussians | Disjoint | Moons | Circles) -> int:
    return 2


@_parts.register
def _spiral(data: Spiral) -> int:
    return data.arms


@_parts.register
def _pinwheel(data: Pinwheel) -> int:
    return data.blades


@_parts.register
def _mixture_1d(data: Mixture1D) -> int:
    return len(data.means)


@_parts.register
def _ganlab(data: GanLab) -> int:
    return _GANLAB_SETS.get(data.shape, 1)


@_parts.register(Digits)
@_parts.register(Glyphs)
def _digits(data: Digits | Glyphs) -> int:
    return 10


@_parts.register
def _shapes(data: Shapes) -> int:
    return 4


@_parts.register
def _stacked(data: StackedDigits) -> int:
    return 1000


@_parts.register(ImageFolder)
@_parts.register(Idx)
@_parts.register(Npz)
def _in_files(data: ImageFolder | Idx | Npz) -> None:
    return None


@_parts.register
def _published(data: TorchVision) -> int:
    return PUBLISHED[data.name].classes


@_parts.register
def _paired(data: Paired) -> int | None:
    return _parts(data.source)
