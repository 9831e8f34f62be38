"""A trained generator on its own: a module that anybody who knows PyTorch can use."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.export.checkpoint import Checkpoint, network_of
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.origin import Origin, origin_of
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.conditioning import given
from ganlab_desktop.gan.players import build_generator_of
from ganlab_desktop.gan.streams import Stream, Streams
from ganlab_desktop.gan.weights import Tensors, load_tensors, misfits, named_tensors, told

_REGISTERED = 4  # times that a parameter is registered at most: again for each parametrisation of a layer


class Generator(nn.Module):
    """A trained generator in eval mode, on the CPU until it is moved.

    `generator(latents)` makes samples (B, D), float32, of latents (B, L): points in network units (see `scale` of the
    data), or flat images of D = C H W numbers, -1 black and 1 white, of which `generator.images(samples)` makes
    (B, C, H, W). One that is told classes takes them too, `generator(latents, labels)`, int64 (B,); one that translates
    images takes those, `generator(latents, images)`, flat (B, D') or (B, C', H', W'). Its `origin` tells the
    experiment, the step and the shapes.
    """

    def __init__(self, origin: Origin, tensors: Tensors, name: str) -> None:
        super().__init__()
        self.origin = origin
        rng = Streams(0).at(0, Stream.GENERATOR_WEIGHTS)
        with _no_larger_than(tensors, name):
            self.network = build_generator_of(origin.experiment, origin, rng)
        if lines := misfits(self.network, tensors):
            raise ExperimentError(name, f"its tensors are not those of its experiment: {told(lines)}")
        load_tensors(self.network, tensors)
        self.eval()

    def forward(self, latents: Tensor, condition: Tensor | None = None) -> Tensor:
        experiment = self.origin.experiment
        if condition is None and (experiment.conditional or experiment.translates):
            what = "classes (B,), int64" if experiment.conditional else "images to translate (B, C, H, W)"
            raise TypeError(f"this generator is told {what}, beside latents (B, {experiment.latent.dim})")
        if condition is not None and experiment.translates:
            condition = condition.flatten(1)
        samples: Tensor = given(self.network, condition)(latents)
        return samples

    def latents(self, count: int, seed: int = 0) -> Tensor:
        """Latents (count, L), float32: those from which `ganlab sample` and `Run.sample` make the samples of a seed."""
        rng = Streams(seed).at(0, Stream.SAMPLED_LATENT)
        drawn = draw_latent(self.origin.experiment.latent, rng, count)
        return torch.from_numpy(drawn).to(next(self.parameters()).device)

    def images(self, samples: Tensor) -> Tensor:
        """Flat samples (B, D) in the shape that they have: (B, C, H, W) of images, (B, d) of points."""
        return samples.reshape(len(samples), *self.origin.shape)


@contextmanager
def _no_larger_than(tensors: Tensors, name: str) -> Iterator[None]:
    """A block that builds a network of about so many numbers. Raises ExperimentError once it grows far beyond them: the
    header of a file from elsewhere may ask for any."""
    left, here = _REGISTERED * sum(tensor.numel() for tensor in tensors.values()), get_ident()

    def count(module: nn.Module, place: str, parameter: nn.Parameter | None) -> None:
        nonlocal left
        if parameter is not None and get_ident() == here:
            left -= parameter.numel()
            if left < 0:
                raise ExperimentError(name, "its experiment asks for more parameters than it holds")

    counting = register_module_parameter_registration_hook(count)
    try:
        yield
    finally:
        counting.remove()


def generator_of(game: Game, *, average: bool | None = None, run: int = 1) -> Generator:
    """A copy of a game's generator: the moving average where one is kept, unless told otherwise. Raises ExportError
    where that is asked for and not kept."""
    part = "average" if (game.averages if average is None else average) else "generator"
    return Generator(origin_of(game, run, part), named_tensors(network_of(game, part).module), part)


def generator_in(checkpoint: Checkpoint, name: str, *, average: bool | None = None) -> Generator:
    """The generator in a checkpoint from a file of this name; of one of a whole run the moving average where one is
    kept, unless told otherwise. Raises ExportError where there is no such generator, and ExperimentError where its
    tensors are not those of its experiment."""
    origin, tensors = checkpoint.origin, checkpoint.tensors
    if origin.part == "run":
        kept = origin.experiment.ema.half_life > 0.0
        part = "average" if (kept if average is None else average) else "generator"
        if part == "average" and not kept:
            raise ExportError(f"{name}: its run keeps no moving average of the generator (ema.half_life = 0)")
        own = {key.removeprefix(f"{part}."): tensor for key, tensor in tensors.items() if key.startswith(f"{part}.")}
        return Generator(origin._replace(part=part), own, name)
    if origin.part not in ("generator", "average"):
        raise ExportError(f"{name}: holds a {origin.part}, no generator")
    if average is not None and average != (origin.part == "average"):
        raise ExportError(f"{name}: holds the {_TITLES[origin.part]} alone")
    return Generator(origin, tensors, name)


_TITLES = {"generator": "generator that plays", "average": "moving average of the generator"}
