"""Networks as ONNX graphs, for programs that know no PyTorch.

A graph is a function of its inputs alone. What a network draws of its latents (see gan.networks.chance) is an input of
its own, and so is what it is told. The rest is constant: normalised weights are the weights that act, a network that
grows is the one of its step, and layers that compare samples judge each beside the reference batch of the run.

Networks say x.shape[0] for the size of a batch: len(x) is an integer of Python's, which would be recorded as it is.
"""

import copy
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from importlib.util import find_spec
from io import StringIO
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized, type_before_parametrizations

from ganlab_desktop.export.checkpoint import network_of
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.origin import header, origin_of
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.chance import Draw, drawn, noticed, supplied
from ganlab_desktop.gan.networks.conditioning import given
from ganlab_desktop.gan.networks.growth import Growth
from ganlab_desktop.gan.networks.reference import beside, judged
from ganlab_desktop.gan.streams import Stream, Streams

LIBRARIES = ("onnx", "onnxscript", "onnxruntime")

RELATIVE, ABSOLUTE = 1e-4, 1e-5  # by which ONNX Runtime may differ from PyTorch
_TRIED = (1, 2, 7)  # batch sizes that a graph is tried with
_RECORDED = 3  # and the one that it is recorded with: a size of 1 or one of a layer's own would be taken for a constant


class Drawing(nn.Module):
    """A generator of latents (B, L), what it is told where it is told something, and the numbers that it would draw."""

    def __init__(self, network: nn.Module, draws: Sequence[Draw]) -> None:
        super().__init__()
        self.network, self.draws = network, draws

    def forward(self, *inputs: Tensor) -> Tensor:
        taken = inputs[: len(inputs) - len(self.draws)]
        numbers = inputs[len(taken) :]
        with supplied({draw.salt: own for draw, own in zip(self.draws, numbers, strict=True)}):
            samples: Tensor = self.network(*taken)
        return samples


class Judging(nn.Module):
    """A discriminator that judges samples (B, D) each on its own, under what it is told: raw scores (B, 1)."""

    def __init__(self, network: nn.Module, packing: int) -> None:
        super().__init__()
        self.network, self.packing = network, packing

    def forward(self, *inputs: Tensor) -> Tensor:
        samples, *told = inputs
        return judged(given(self.network, told[0] if told else None), samples, self.packing, None)


class Encoding(nn.Module):
    """An encoder of samples (B, D): means and log variances (B, 2 L)."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, *inputs: Tensor) -> Tensor:
        posterior: Tensor = self.network(*inputs)
        return posterior


def onnx_of(game: Game, part: str, run: int = 1) -> bytes:
    """A network of a game, `generator`, `average` or `discriminator`, as an ONNX model that ONNX Runtime has computed
    to the same as PyTorch. It holds the texts that the header of a checkpoint holds.

    Inputs, with the batch as their first axis: `latents` (B, L) or `samples` (B, D); `labels` (B,), int64, or `images`
    (B, D') where the network is told them; standard normal numbers `normal_0` (B, n), ... and uniform ones `uniform_0`,
    ... where it draws some. Output: `samples` (B, D) or `scores` (B, 1); of the encoder that an autoencoder has in the
    discriminator's place `posterior` (B, 2 L), means and log variances.

    Raises ExportError where there is no such network, libraries are missing, or the two do not agree.
    """
    if missing := [name for name in LIBRARIES if find_spec(name) is None]:
        raise ExportError(f"ONNX needs {', '.join(missing)}: pip install 'ganlab-desktop[onnx]'")
    network = _settled(network_of(game, part).module)
    inputs = _inputs(game, part)
    if part == "discriminator" and game.experiment.autoencodes:
        return _exported(Encoding(network), inputs, "posterior", header(origin_of(game, run, part)))
    if part == "discriminator":
        reference = None if game.reference is None else game.reference.cpu()
        module: nn.Module = Judging(network, game.experiment.discriminator.packing)
        with beside(network, reference) if reference is not None else nullcontext():
            return _exported(module, inputs, "scores", header(origin_of(game, run, part)))
    with noticed() as draws, torch.no_grad():
        network(*inputs.values())
    latents = inputs["latents"]
    inputs |= {f"{draw.kind}_{index}": drawn(draw, latents) for index, draw in enumerate(draws)}
    return _exported(Drawing(network, draws), inputs, "samples", header(origin_of(game, run, part)))


def _settled(network: nn.Module) -> nn.Module:
    """A copy on the CPU in eval mode, as a function that no step and no parametrisation changes any more."""
    settled = copy.deepcopy(network).cpu().eval()
    for module in list(settled.modules()):
        if isinstance(module, Growth):
            module.settle()
        if is_parametrized(module):
            _settle(module)
    return settled


def _settle(module: nn.Module) -> None:
    """Put the tensors that act in the place of those that they are computed from. PyTorch's own way to do so takes them
    from the class, which copies of a module share."""
    acting = {name: getattr(module, name).detach() for name in cast(nn.ModuleDict, module.parametrizations)}
    plain = type_before_parametrizations(module)
    del module.parametrizations
    module.__class__ = plain
    for name, tensor in acting.items():
        module.register_parameter(name, nn.Parameter(tensor))


def _inputs(game: Game, part: str) -> dict[str, Tensor]:
    """Inputs by name, as many as the largest batch that is tried."""
    experiment, data, streams = game.experiment, game.data, Streams(game.experiment.seed)
    count, rng = max(*_TRIED, _RECORDED), streams.at(0, Stream.SAMPLED_LABELS)
    judges = part == "discriminator"
    inputs, told = {}, None
    if experiment.translates or (experiment.tells_discriminator if judges else experiment.conditional):
        samples, told = data.told(rng, count)
    else:
        samples = data.sample(rng, count)
    if judges:
        inputs["samples"] = torch.from_numpy(samples)
    else:
        rng = streams.at(0, Stream.SAMPLED_LATENT)
        inputs["latents"] = torch.from_numpy(draw_latent(experiment.latent, rng, count))
    if told is not None:
        inputs["images" if experiment.translates else "labels"] = torch.from_numpy(told)
    return inputs


def _exported(module: nn.Module, inputs: dict[str, Tensor], output: str, texts: dict[str, str]) -> bytes:
    """The model of a module, once it is found to compute the same."""
    import onnx

    batch = torch.export.Dim("batch")
    shapes = tuple({0: batch} for _ in inputs)
    recorded = tuple(tensor[:_RECORDED] for tensor in inputs.values())
    with _quiet():
        program = torch.onnx.export(
            module.eval(),
            recorded,
            input_names=list(inputs),
            output_names=[output],
            dynamic_shapes=(shapes,),
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    onnx.helper.set_model_props(model, texts)
    made: bytes = model.SerializeToString()
    _compare(made, module, inputs)
    return made


def _compare(model: bytes, module: nn.Module, inputs: dict[str, Tensor]) -> None:
    """Raise ExportError where ONNX Runtime does not compute what PyTorch does."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    for count in _TRIED:
        taken = {name: tensor[:count] for name, tensor in inputs.items()}
        with torch.no_grad():
            wanted = module(*taken.values()).numpy()
        (found,) = session.run(None, {name: tensor.numpy() for name, tensor in taken.items()})
        if found.shape != wanted.shape or not np.allclose(found, wanted, RELATIVE, ABSOLUTE):
            far = float(np.abs(found - wanted).max()) if found.shape == wanted.shape else float("nan")
            problem = f"ONNX Runtime computes another result than PyTorch, by {far:.2g} for a batch of {count}"
            raise ExportError(f"{problem}: no model is kept")


@contextmanager
def _quiet() -> Iterator[None]:
    """A block in which the exporter keeps its progress and its advice to itself."""
    logger: Any = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with redirect_stdout(StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
