"""Tensors by name: how networks give and take them, and how they come out of files that may be anybody's."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.gan.game import Game

Tensors = dict[str, Tensor]

PART = "part"  # the entry of a header that says whose tensors they are
NETWORKS = ("generator", "average", "discriminator")

_FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2)
_WHOLE = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)  # counters and masks
_NUMBERS = frozenset((*_FLOATS, *_WHOLE))

_TOLD = 3  # tensors that do not fit, named one by one
_STEP = "growth.step"  # how far a growing network had come: a run that begins, begins small


class Weights(NamedTuple):
    """Weights to begin with: tensors by network (NETWORKS) and name, and where they come from."""

    networks: dict[str, Tensors]
    origin: Mapping[str, str]


def named_tensors(network: nn.Module) -> Tensors:
    """Copies of a network's parameters and buffers on the CPU, by the names of its modules."""
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in network.state_dict().items()}


def load_tensors(network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Give a network the tensors that `misfits` has no word against, in the place of its own."""
    own = network.state_dict()
    with torch.no_grad():
        for name, tensor in tensors.items():
            own[name].copy_(tensor)


def misfits(network: nn.Module, tensors: Mapping[str, Tensor], optional: Iterable[str] = ()) -> list[str]:
    """Why tensors are not a network's: one line for each that has another shape, no place, or is missing, but for those
    that are optional. Empty where they fit."""
    own = network.state_dict()
    shapes = [
        f"{name} is {_shape(tensors[name])}, needed {_shape(tensor)}"
        for name, tensor in own.items()
        if name in tensors and tensors[name].shape != tensor.shape
    ]
    missing = [name for name in own if name not in tensors and name not in set(optional)]
    return [
        *shapes,
        *(f"{name} {_shape(own[name])} is missing" for name in missing),
        *(f"{name} {_shape(tensor)} has no place" for name, tensor in tensors.items() if name not in own),
    ]


def told(lines: list[str]) -> str:
    """The first of some misfits in one line, and how many others there are."""
    rest = len(lines) - _TOLD
    return "; ".join(lines[:_TOLD]) + (f"; and {rest} more" if rest > 0 else "")


def read(path: Path) -> tuple[Tensors, dict[str, str]]:
    """The tensors of a safetensors file by name, and the texts in its header. Nothing else is read, pickles never.
    Raises ExperimentError, which names the file."""
    try:
        if not path.is_file():
            raise ExperimentError(str(path), "is not a file" if path.exists() else "no such file")
        with safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
            return tensors, dict(file.metadata() or {})
    except SafetensorError as error:
        raise ExperimentError(str(path), f"is no sound safetensors file ({' '.join(str(error).split())})") from None
    except OSError as error:
        raise ExperimentError(str(path), error.strerror or "cannot be read") from None


def read_weights(path: Path) -> Weights:
    """The weights in a safetensors file: a checkpoint of this program; or any whose names begin with `generator.`,
    `discriminator.` or `average.`; or those of a generator. Raises ExperimentError, which names the file."""
    tensors, header = read(path)
    if not tensors:
        raise ExperimentError(str(path), "holds no tensors")
    if odd := [name for name, tensor in tensors.items() if tensor.dtype not in _NUMBERS]:
        kind = str(tensors[odd[0]].dtype).removeprefix("torch.")
        raise ExperimentError(str(path), f"holds {kind} numbers, which are not read, in {odd[0]}")
    if bad := [name for name, tensor in tensors.items() if not tensor.float().isfinite().all()]:
        raise ExperimentError(str(path), f"holds numbers that are not finite, in {bad[0]}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Weights(_by_network(tensors, header.get(PART, "")), {"file": path.name, "sha256": digest})


def _by_network(tensors: Tensors, part: str) -> dict[str, Tensors]:
    """Tensors by the network that they are of; `part` is what a checkpoint says of itself."""
    if part in NETWORKS:
        return {"discriminator" if part == "discriminator" else "generator": tensors}
    split = {name: name.partition(".") for name in tensors}
    named = {name for name, (owner, _, _) in split.items() if owner in NETWORKS}
    if not named or (part != "run" and len(named) < len(tensors)):
        return {"generator": tensors}
    networks: dict[str, Tensors] = {}
    for name in named:
        owner, _, rest = split[name]
        networks.setdefault(owner, {})[rest] = tensors[name]
    return networks


def modules_of(game: Game) -> dict[str, nn.Module]:
    """The networks of a game by name (NETWORKS)."""
    return {
        "generator": game.generator.module,
        "average": game.average.network.module,
        "discriminator": game.discriminator.module,
    }


def begin_with(game: Game, weights: Weights) -> None:
    """Give the networks of a game at step 0 these weights, in the place of those that its seed draws. A generator's
    average begins at it unless it has weights of its own, and statistics that no file tells are as new; nothing is
    known of optimisers. Raises ExperimentError where weights do not fit, and then all is as before."""
    modules = modules_of(game)
    fitting = {
        owner: {name: tensor for name, tensor in tensors.items() if not name.endswith(_STEP)}
        for owner, tensors in weights.networks.items()
    }
    for owner, tensors in fitting.items():
        buffers = [name for name, _ in modules[owner].named_buffers()]
        if lines := misfits(modules[owner], tensors, buffers):
            raise ExperimentError(weights.origin["file"], f"does not fit the {owner}: {told(lines)}")
    for owner, tensors in fitting.items():
        load_tensors(modules[owner], tensors)
    if "average" not in fitting:
        game.average.restart()


def _shape(tensor: Tensor) -> str:
    return f"({', '.join(map(str, tensor.shape))})"
