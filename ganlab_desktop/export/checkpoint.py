"""Trained networks as safetensors: named tensors, and the experiment in the header."""

import json
from pathlib import Path
from typing import NamedTuple

import safetensors.torch
import torch
from torch import Tensor, nn

from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.origin import Origin, from_header, header, origin_of
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.networks.flat import FlatNetwork
from ganlab_desktop.gan.weights import NETWORKS, Tensors, named_tensors, read

PARTS = (*NETWORKS, "run")


class Checkpoint(NamedTuple):
    """Tensors on the CPU by name, what they are, and the counters of the game.

    Those of one network bear the names of its modules, `0.weight`; those of a run the network's before it,
    `generator.0.weight`, and beside the networks what the optimisers remember of each parameter,
    `optimizer.generator.mean.0.weight`, and whatever else training goes on with.
    """

    tensors: Tensors
    origin: Origin
    counters: dict[str, int]

    def packed(self) -> bytes:
        """The file: safetensors, whose header holds the experiment as TOML and where in the run this was."""
        texts = {**header(self.origin), "counters": json.dumps(self.counters)}
        return safetensors.torch.save(self.tensors, texts)


def network_of(game: Game, part: str) -> FlatNetwork:
    """One of the networks of a game, by its name (NETWORKS). Raises ExportError where there is none such."""
    if part == "average" and not game.averages:
        raise ExportError("this run keeps no moving average of the generator (ema.half_life = 0)")
    return _networks(game)[part]


def checkpoint_of(game: Game, part: str, run: int = 1) -> Checkpoint:
    """A part (PARTS) of a game between two iterations. Raises ExportError where there is none such."""
    if part not in PARTS:
        raise ExportError(f"part: must be one of {', '.join(PARTS)}, got {part!r}")
    state = game.state()
    tensors = _whole(game) if part == "run" else named_tensors(network_of(game, part).module)
    return Checkpoint(tensors, origin_of(game, run, part), state.facts)


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file of this program. Raises ExperimentError, which names the file."""
    tensors, texts = read(path)
    origin = from_header(texts, str(path))
    try:
        counters = {str(name): int(value) for name, value in json.loads(texts["counters"]).items()}
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        counters = {}
    return Checkpoint(tensors, origin, counters)


def _networks(game: Game) -> dict[str, FlatNetwork]:
    return {"generator": game.generator, "average": game.average.network, "discriminator": game.discriminator}


def _whole(game: Game) -> Tensors:
    """All that a game remembers, by the names of the networks' modules."""
    owners = _networks(game)
    tensors = {
        f"{owner}.{name}": tensor
        for owner, network in owners.items()
        for name, tensor in named_tensors(network.module).items()
    }
    for name, tensor in game.state().on_cpu().tensors.items():
        owner, kind, *rest = name.split(".")
        if owner not in owners:
            tensors[name] = tensor
        elif kind not in ("parameters", "buffers"):
            stem = ".".join((kind, owner, *rest))
            apart = tensor.shape == owners[owner].vector.shape
            tensors |= _by_parameter(stem, tensor, owners[owner].module) if apart else {stem: tensor}
    return tensors


def _by_parameter(stem: str, vector: Tensor, network: nn.Module) -> Tensors:
    """A vector (P,) with a number for each of a network's parameters, by their names."""
    named = dict(network.named_parameters())
    pieces = torch.split(vector, [parameter.numel() for parameter in named.values()])
    return {
        f"{stem}.{name}": piece.view_as(parameter).clone()
        for (name, parameter), piece in zip(named.items(), pieces, strict=True)
    }
