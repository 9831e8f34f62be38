"""The game: two networks, and one iteration as a list of phases.

A phase says who moves and what happens. Training flat out, stepping phase by phase and replaying all run the same
phases in the same order with the same kernels, so they reach the same numbers.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganlab_desktop.experiment.changes import restart_reasons
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.averaging import Average
from ganlab_desktop.gan.data.build import build as build_distribution
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.latent import draw_latent
from ganlab_desktop.gan.networks.build import build_discriminator, build_generator
from ganlab_desktop.gan.networks.flat import FlatNetwork
from ganlab_desktop.gan.networks.statistics import FrozenStatistics, mixes_batch
from ganlab_desktop.gan.objectives import build_objective
from ganlab_desktop.gan.optimizers import build_optimizer
from ganlab_desktop.gan.penalties import build_penalty
from ganlab_desktop.gan.streams import Stream, Streams

Player = Literal["discriminator", "generator"]

SCALARS = ("discriminator_loss", "generator_loss", "penalty", "real_score", "fake_score")

_DISCRIMINATOR_PHASES = ("real batch", "fake batch", "forward", "gradient", "update")
_GENERATOR_PHASES = ("latent batch", "forward", "gradient", "update")


@dataclass(frozen=True)
class Phase:
    """One phase of an iteration: `update` counts the player's updates within it."""

    player: Player
    name: str
    update: int
    run: Callable[[], None]


@dataclass(frozen=True)
class GameState:
    """All that a game remembers between iterations: tensors by name, and plain facts."""

    tensors: dict[str, Tensor]
    facts: dict[str, int]


class Game:
    """Generator against discriminator under an experiment. Belongs to the thread that trains.

    `step` counts finished iterations, `position` the phases that have run since. `batch` holds the arrays of the
    iteration at hand by name (real, latent, fake, v_real, v_fake, gradient).
    """

    def __init__(self, experiment: Experiment, device: torch.device) -> None:
        self.experiment = experiment
        self.device = device
        self.streams = Streams(experiment.seed)
        self.step = 0
        self.position = 0
        self.batch: dict[str, Tensor] = {}
        self.data: Distribution = build_distribution(experiment.data, experiment.seed)
        generator = build_generator(
            experiment.generator, experiment.latent.dim, self.data.dim, self.streams.at(0, Stream.GENERATOR_WEIGHTS)
        )
        discriminator = build_discriminator(
            experiment.discriminator, self.data.dim, self.streams.at(0, Stream.DISCRIMINATOR_WEIGHTS)
        )
        self.generator = FlatNetwork(generator, device)
        self.discriminator = FlatNetwork(discriminator, device)
        self.average = Average(self.generator)
        self.updates = 0  # of the discriminator, for penalties that count at every k-th
        self._concatenate = not mixes_batch(discriminator)
        self._frozen = FrozenStatistics(discriminator)
        self._keeps_statistics = bool(self.discriminator.buffers())
        self._loss = torch.zeros((), device=device)
        self._missing = torch.full((), math.nan, device=device)
        self._scalars: dict[str, Tensor] = {}
        self._boundary: GameState | None = None
        self._generator_optimizer = build_optimizer(experiment.optimizer.generator, self.generator.vector)
        self._discriminator_optimizer = build_optimizer(experiment.optimizer.discriminator, self.discriminator.vector)
        self._follow(experiment)

    def _follow(self, experiment: Experiment) -> None:
        """Take over everything of an experiment that may change between iterations."""
        self.experiment = experiment
        self.objective = build_objective(experiment.objective)
        self._penalties = [build_penalty(spec) for spec in experiment.penalties]
        schedule = experiment.schedule
        steps: dict[str, Callable[[int], None]] = {
            "real batch": self._draw_real,
            "fake batch": self._draw_fake,
            "forward": self._discriminator_forward,
            "gradient": self._discriminator_gradient,
            "update": self._discriminator_update,
        }
        phases = [
            Phase("discriminator", name, update, partial(steps[name], update))
            for update in range(schedule.discriminator_steps)
            for name in _DISCRIMINATOR_PHASES
        ]
        steps = {
            "latent batch": self._draw_latent,
            "forward": self._generator_forward,
            "gradient": self._generator_gradient,
            "update": self._generator_update,
        }
        phases += [
            Phase("generator", name, update, partial(steps[name], update))
            for update in range(schedule.generator_steps)
            for name in _GENERATOR_PHASES
        ]
        self.phases: Sequence[Phase] = tuple(phases)

    def accept(self, experiment: Experiment) -> Distribution:
        """The data of a changed experiment. Raises ExperimentError where the changes need a new start."""
        for path, reason in restart_reasons(self.experiment, experiment).items():
            raise ExperimentError(path, f"needs a new start, because {reason}")
        if experiment.data == self.experiment.data:
            return self.data
        data = build_distribution(experiment.data, experiment.seed)
        if data.dim != self.data.dim:
            raise ExperimentError("data.kind", "needs a new start, because the number of dimensions changes")
        return data

    def edit(self, experiment: Experiment, data: Distribution) -> None:
        """Go on under a changed experiment, with the data that `accept` gave, from the next iteration on.

        An optimiser keeps its state unless its kind changes; an average that is switched on starts at the generator.
        """
        if self.position:
            raise RuntimeError("a game is edited between iterations only")
        old, self.data = self.experiment, data
        if experiment.ema.half_life and not old.ema.half_life:
            self.average.restart()
        if type(experiment.optimizer.generator) is not type(old.optimizer.generator):
            self._generator_optimizer = build_optimizer(experiment.optimizer.generator, self.generator.vector)
        if type(experiment.optimizer.discriminator) is not type(old.optimizer.discriminator):
            self._discriminator_optimizer = build_optimizer(
                experiment.optimizer.discriminator, self.discriminator.vector
            )
        self._generator_optimizer.spec = experiment.optimizer.generator
        self._discriminator_optimizer.spec = experiment.optimizer.discriminator
        self._follow(experiment)

    # --- moving -----------------------------------------------------------------------------------------------------

    def iterate(self, only: Player | None = None) -> Tensor:
        """Run the iteration to its end; with `only`, skip the other player's phases. The scalars (5,), see SCALARS."""
        for phase in self.phases[self.position :]:
            if only is None or phase.player == only:
                phase.run()
        return self._finish()

    def run_phase(self) -> Tensor | None:
        """Run the next phase. The scalars (5,) where it was the iteration's last, else None."""
        if self.position == 0:
            self._boundary = self._state()
        self.phases[self.position].run()
        self.position += 1
        return self._finish() if self.position == len(self.phases) else None

    def _finish(self) -> Tensor:
        row = torch.stack([self._scalars.get(name, self._missing) for name in SCALARS])
        self._scalars.clear()
        self._boundary = None
        self.position = 0
        self.step += 1
        return row

    # --- the discriminator's phases -----------------------------------------------------------------------------------

    def _draw_real(self, update: int) -> None:
        rng = self.streams.at(self.step, Stream.REAL, update)
        self.batch["real"] = self._tensor(self.data.sample(rng, self.experiment.schedule.batch_size))

    def _draw_fake(self, update: int) -> None:
        latent = self._latent(Stream.DISCRIMINATOR_LATENT, update)
        with torch.no_grad():
            self.batch["fake"] = self.generator.module(latent)

    def _discriminator_forward(self, update: int) -> None:
        real, fake = self.batch["real"], self.batch["fake"]
        discriminator = self.discriminator.module
        if self._concatenate:
            v_real, v_fake = discriminator(torch.cat((real, fake))).split(len(real))
        else:
            v_real, v_fake = discriminator(real), discriminator(fake)
        loss = self.objective.discriminator_loss(v_real, v_fake)
        self._loss = loss
        penalty = self._penalty(real, fake, update)
        if penalty is not None:
            self._loss = loss + penalty
            self._scalars["penalty"] = penalty.detach()
        v_real, v_fake = v_real.detach(), v_fake.detach()
        self.batch["v_real"], self.batch["v_fake"] = v_real, v_fake
        self._scalars["discriminator_loss"] = loss.detach()
        self._scalars["real_score"] = v_real.mean()
        self._scalars["fake_score"] = v_fake.mean()

    def _penalty(self, real: Tensor, fake: Tensor, update: int) -> Tensor | None:
        total: Tensor | None = None
        for index, penalty in enumerate(self._penalties):
            if self.updates % penalty.every:
                continue
            rng = self.streams.at(self.step, Stream.PENALTY, update << 8 | index)
            with self._frozen() if self._keeps_statistics else nullcontext():
                term = penalty.term(self.discriminator.module, real, fake, rng)
            if term is not None:
                term = term * penalty.every if penalty.every > 1 else term
                total = term if total is None else total + term
        return total

    def _discriminator_gradient(self, update: int) -> None:
        self.batch["gradient"] = self.discriminator.gradient(self._loss)

    def _discriminator_update(self, update: int) -> None:
        with torch.no_grad():
            self._discriminator_optimizer.step(self.batch["gradient"])
            for penalty in self._penalties:
                penalty.constrain(self.discriminator.vector)
        self.updates += 1

    # --- the generator's phases ---------------------------------------------------------------------------------------

    def _draw_latent(self, update: int) -> None:
        self.batch["latent"] = self._latent(Stream.GENERATOR_LATENT, update)

    def _generator_forward(self, update: int) -> None:
        fake = self.generator.module(self.batch["latent"])
        v_fake = self.score(fake)
        self._loss = self.objective.generator_loss(v_fake)
        self.batch["fake"], self.batch["v_fake"] = fake.detach(), v_fake.detach()
        self._scalars["generator_loss"] = self._loss.detach()

    def _generator_gradient(self, update: int) -> None:
        self.batch["gradient"] = self.generator.gradient(self._loss)

    def _generator_update(self, update: int) -> None:
        with torch.no_grad():
            self._generator_optimizer.step(self.batch["gradient"])
        if self.experiment.ema.half_life:
            self.average.update(self.experiment.schedule.batch_size, self.experiment.ema.half_life)

    # --- looking ----------------------------------------------------------------------------------------------------

    def _latent(self, stream: Stream, update: int) -> Tensor:
        rng = self.streams.at(self.step, stream, update)
        return self._tensor(draw_latent(self.experiment.latent, rng, self.experiment.schedule.batch_size))

    def _tensor(self, array: NDArray[np.float32]) -> Tensor:
        tensor = torch.from_numpy(array)
        return tensor if self.device.type == "cpu" else tensor.to(self.device)

    @contextmanager
    def observed(self) -> Iterator[None]:
        """A block in which the networks may be looked at without a trace: eval mode, no moving statistics."""
        networks = (self.generator.module, self.discriminator.module) if self._keeps_statistics else ()
        for network in networks:
            network.eval()
        try:
            yield
        finally:
            for network in networks:
                network.train()

    def score(self, samples: Tensor) -> Tensor:
        """The discriminator's raw output (B, 1) for generated samples (B, ...), as the generator's update sees it.

        Differs from an observed look only where the discriminator's layers use the batch.
        """
        with self._frozen() if self._keeps_statistics else nullcontext():
            v: Tensor = self.discriminator.module(samples)
        return v

    @property
    def averages(self) -> bool:
        """Whether the generator's average is kept."""
        return self.experiment.ema.half_life > 0.0

    @property
    def finite(self) -> bool:
        """Whether all that the game remembers are finite numbers: the parameters, the optimisers' moments, the average.

        An infinite moment stops a player for good while its parameters look sound.
        """
        return all(bool(torch.isfinite(tensor).all()) for tensor in self._live_tensors().values())

    # --- state --------------------------------------------------------------------------------------------------------

    def state(self) -> GameState:
        """A copy of the state at the last iteration boundary."""
        return self._boundary if self._boundary is not None else self._state()

    def _state(self) -> GameState:
        tensors = {name: tensor.detach().clone() for name, tensor in self._live_tensors().items()}
        return GameState(tensors, {"step": self.step, "updates": self.updates, "averaged": self.average.samples})

    def restore(self, state: GameState) -> None:
        """Go back to a state of the same experiment. Raises ValueError where it does not fit these networks."""
        live = self._live_tensors()
        for name, tensor in live.items():
            if name not in state.tensors or state.tensors[name].shape != tensor.shape:
                raise ValueError(f"the state does not fit the experiment: {name}")
        with torch.no_grad():
            for name, tensor in live.items():
                tensor.copy_(state.tensors[name])
        self.step, self.updates = state.facts["step"], state.facts["updates"]
        self.average.samples = state.facts["averaged"]
        self.position, self._boundary = 0, None
        self._scalars.clear()

    def _live_tensors(self) -> dict[str, Tensor]:
        tensors = {
            "generator.parameters": self.generator.vector,
            "discriminator.parameters": self.discriminator.vector,
            "average.parameters": self.average.network.vector,
        }
        for owner, network in (
            ("generator", self.generator),
            ("discriminator", self.discriminator),
            ("average", self.average.network),
        ):
            tensors |= {f"{owner}.buffers.{name}": buffer for name, buffer in network.buffers().items()}
        for player, optimizer in (
            ("generator", self._generator_optimizer),
            ("discriminator", self._discriminator_optimizer),
        ):
            tensors |= {f"{player}.optimizer.{name}": value for name, value in optimizer.state.items()}
        return tensors
