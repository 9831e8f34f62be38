"""What can be asked of a run at one of its steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.sampling import Sampling
from ganlab_desktop.engine.scoring import scores_of
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import Shape
from ganlab_desktop.export.checkpoint import checkpoint_of
from ganlab_desktop.export.generator import Generator, generator_of
from ganlab_desktop.measure.inception import inception_v3
from ganlab_desktop.scripting.progress import counting


class Looks:
    """A run at a step. Nothing that is asked leaves a trace in it: everybody who asks the same gets the same."""

    @property
    def _shown(self) -> Sampling:
        """Who has the game."""
        raise NotImplementedError

    @property
    def number(self) -> int:
        """The number of the run in its document; 1 of the first."""
        raise NotImplementedError

    @property
    def _threads(self) -> int:
        """On how many threads it is computed."""
        raise NotImplementedError

    @property
    def step(self) -> int:
        """Finished iterations."""
        return self._shown.game.step

    @property
    def experiment(self) -> Experiment:
        """The experiment with all edits up to here."""
        return self._shown.game.experiment

    @property
    def image(self) -> Shape | None:
        """Channels, height and width of samples that are images; None of points."""
        return self._shown.game.data.image

    def sample(self, count: int = 2500, seed: int = 0, *, average: bool | None = None) -> NDArray[np.float32]:
        """Samples (count, D) of the generator in network units: points, or flat images of C H W numbers, -1 black and 1
        white. Of the moving average where one is kept, unless told otherwise. The same as those of `ganlab sample`;
        those of a conditional run are of the classes `labels(count, seed)`."""
        chosen = self._shown.game.averages if average is None else average
        with threads(self._threads):
            return self._shown.sample(count, seed, average=chosen)

    def labels(self, count: int = 2500, seed: int = 0) -> NDArray[np.int64] | None:
        """The classes (count,) that `sample` asks for; None where none are asked for."""
        return self._shown.labels(count, seed)

    def pairs(self, count: int = 2500, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """Held-out targets (count, D) and the images (count, D') of which `sample` makes its own; None where no images
        are translated."""
        return self._shown.pairs(count, seed)

    def evaluate(
        self, samples: int = 2500, seed: int = 0, *, inception: bool = False, progress: bool = True
    ) -> dict[str, Any]:
        """Every metric that fits the data, by name, None for the others: those of `ganlab evaluate`. With `inception`
        also those of the Inception v3 network, beside all held-out images (see measure/inception.py), with a bar.
        Raises ExperimentError where the extra vision, the network's weights or images are missing."""
        game = self._shown.game
        network = inception_v3(game.data) if inception else None  # refused at once, not after the others
        with threads(self._threads):
            scores = scores_of(self._shown, samples, seed)
        if network is not None:
            with counting("Inception v3", samples + len(network.real), shown=progress) as seen:
                scores |= network.scores(self.sample(samples, seed), game.device, seen)
        return scores

    def generator(self, *, average: bool | None = None) -> Generator:
        """A copy of the generator as a module of PyTorch; of the moving average where one is kept, unless told
        otherwise. Raises ExportError where that is asked for and not kept."""
        return generator_of(self._shown.game, average=average, run=self.number)

    def save_checkpoint(self, path: str | Path, part: str = "generator") -> None:
        """Write the `generator`, its `average`, the `discriminator` or the whole `run` to a .safetensors file, which
        `load_generator` reads again. Raises ExportError where there is no such part."""
        Path(path).write_bytes(checkpoint_of(self._shown.game, part, self.number).packed())


class Past(Looks):
    """A run as it was after a step, whatever becomes of the run."""

    def __init__(self, replica: Replica, number: int, threads: int) -> None:
        self._replica, self._number, self._thread_count = replica, number, threads

    @property
    def _shown(self) -> Sampling:
        return self._replica

    @property
    def number(self) -> int:
        return self._number

    @property
    def _threads(self) -> int:
        return self._thread_count

    @property
    def exact(self) -> bool:
        """Whether every state on the way that had been kept was met bit for bit."""
        return self._replica.exact

    def __repr__(self) -> str:
        return f"<{self.experiment.title or 'a run'} at step {self.step:,}>"


@contextmanager
def threads(count: int) -> Iterator[None]:
    """A block in which PyTorch computes on so many threads, as the run does: else its numbers are not the same."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
