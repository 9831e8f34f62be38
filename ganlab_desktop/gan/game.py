"""The game: two networks, and one iteration as a list of phases.

A phase says who moves and what happens. Training flat out, stepping phase by phase and replaying all run the same
phases in the same order with the same kernels, so they reach the same numbers.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from ganlab_desktop.experiment.changes import restart_reasons
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.images import image_shape
from ganlab_desktop.experiment.rules import check_classes
from ganlab_desktop.experiment.schedules import real_label
from ganlab_desktop.gan.augmentation import Augmentation, Augmented, build_augmentation
from ganlab_desktop.gan.averaging import Average
from ganlab_desktop.gan.batches import Batches
from ganlab_desktop.gan.data.build import build as build_distribution
from ganlab_desktop.gan.data.distribution import Distribution
from ganlab_desktop.gan.descent import Descent
from ganlab_desktop.gan.networks.build import take_settings
from ganlab_desktop.gan.networks.conditioning import given
from ganlab_desktop.gan.networks.flat import FlatNetwork
from ganlab_desktop.gan.networks.growth import Growth
from ganlab_desktop.gan.networks.reference import judged
from ganlab_desktop.gan.networks.statistics import FrozenStatistics, mixes_batch
from ganlab_desktop.gan.objectives import Objective, build_objective
from ganlab_desktop.gan.objectives.log_loss import smoothed
from ganlab_desktop.gan.penalties import GeneratorTurn, Penalty, Turn, build_penalties
from ganlab_desktop.gan.plans import Player, moves_of
from ganlab_desktop.gan.players import build_discriminator_of, build_generator_of
from ganlab_desktop.gan.precision import Forward, at_precision
from ganlab_desktop.gan.state import GameState
from ganlab_desktop.gan.streams import Stream, Streams

Runs = dict[tuple[Player, str], Callable[[int], None]]

SCALARS = (
    *("discriminator_loss", "generator_loss", "penalty", "real_score", "fake_score", "augmentation"),
    *("reconstruction", "divergence"),  # of an autoencoder, in nats per sample
)

_GENERATOR_TURN = 1 << 16  # marks the draws of the generator's turn, beside those of the discriminator's
_UNROLLED_TURN = 1 << 17  # and those of the turns that it foresees
_CHANGES = 1 << 18  # marks those of the changes of images, beside those of consistency


@dataclass(frozen=True)
class Phase:
    """One phase of an iteration: `update` counts the batches that the player has looked at within it."""

    player: Player
    name: str
    update: int
    run: Callable[[], None]


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
        check_classes(experiment, self.data.classes)
        rng = self.streams.at(0, Stream.GENERATOR_WEIGHTS)
        generator = build_generator_of(experiment, self.data, rng)
        rng = self.streams.at(0, Stream.DISCRIMINATOR_WEIGHTS)
        discriminator = build_discriminator_of(experiment, self.data, rng)
        self.generator = FlatNetwork(generator, device)
        self.discriminator = FlatNetwork(discriminator, device)
        self.average = Average(self.generator)
        networks = generator, discriminator, self.average.network.module
        self._growths = [module for network in networks for module in network.modules() if isinstance(module, Growth)]
        self.updates = 0  # of the discriminator, for penalties that count at every k-th
        self._concatenate = not mixes_batch(discriminator)
        self._frozen = FrozenStatistics(discriminator)
        self._frozen_generator = FrozenStatistics(generator)
        self._keeps_statistics = bool(self.discriminator.buffers() or self.generator.buffers())
        self._loss = torch.zeros((), device=device)
        self._missing = torch.full((), math.nan, device=device)
        self._unscored = torch.empty(0, 1, device=device)
        self._scalars: dict[str, Tensor] = {}
        self._condition: Tensor | None = None  # what is told (B, ...) of real and generated samples alike
        self._unrolled: Tensor | None = None  # the discriminator's parameters (P,) some steps ahead
        self._boundary: GameState | None = None
        self._penalties: dict[str, Penalty] = {}  # by kind
        self._augmentation = Augmentation()
        self.descent = Descent({"generator": self.generator, "discriminator": self.discriminator}, experiment)
        self.batches = Batches(self.streams, device, experiment, self.data)
        self._follow(experiment)

    def _follow(self, experiment: Experiment) -> None:
        """Take over everything of an experiment that may change between iterations."""
        self.experiment = experiment
        self._unsmoothed = build_objective(experiment.objective)
        self.objective = self._smoothed(experiment.label_smoothing.settled)
        penalties, augmentation = (
            build_penalties(experiment),
            build_augmentation(experiment.augmentation, self.data.shape),
        )
        for kind, penalty in penalties.items():
            self._remember(penalty.state, self._penalties.get(kind, penalty).state)
        self._remember(augmentation.state, self._augmentation.state)
        self._penalties, self._augmentation = penalties, augmentation
        self._adversarial = math.prod(penalty.adversarial for penalty in penalties.values())
        self.descent.follow(experiment)
        for network in (self.generator, self.average.network):
            take_settings(experiment.generator, network.module)
        self.batches.follow(experiment, self.data)
        self.reference = self.batches.reference()
        self._compares = self.objective.needs_real or experiment.translates  # G with real samples, in its own turn
        runs, moves = self._runs(), moves_of(experiment, needs_real=self._compares)
        self.phases: Sequence[Phase] = tuple(Phase(*move, partial(runs[move[:2]], move.update)) for move in moves)

    def _runs(self) -> Runs:
        """What is done in each phase."""
        return {
            ("discriminator", "real batch"): self._draw_real,
            ("discriminator", "fake batch"): self._draw_fake,
            ("discriminator", "forward"): self._discriminator_forward,
            ("discriminator", "gradient"): self._discriminator_gradient,
            ("discriminator", "extrapolation"): partial(self._extrapolate, "discriminator"),
            ("discriminator", "adjustment"): partial(self._adjust, "discriminator"),
            ("discriminator", "update"): self._discriminator_update,
            ("generator", "real batch"): lambda update: self._draw_real(_GENERATOR_TURN | update),
            ("generator", "latent batch"): self._draw_latent,
            ("generator", "unroll"): self._unroll,
            ("generator", "forward"): self._generator_forward,
            ("generator", "gradient"): self._generator_gradient,
            ("generator", "extrapolation"): partial(self._extrapolate, "generator"),
            ("generator", "adjustment"): partial(self._adjust, "generator"),
            ("generator", "update"): self._generator_update,
        }

    def _remember(self, state: dict[str, Tensor], past: dict[str, Tensor]) -> None:
        """Put a state on the device, with what it has in common with another one from there."""
        state.update({name: past.get(name, tensor).to(self.device) for name, tensor in state.items()})

    def accept(self, experiment: Experiment) -> Distribution:
        """The data of a changed experiment. Raises ExperimentError where the changes need a new start."""
        for path, reason in restart_reasons(self.experiment, experiment).items():
            raise ExperimentError(path, f"needs a new start, because {reason}")
        if experiment.data == self.experiment.data:
            return self.data
        if image_shape(experiment.data) != self.data.image:  # known before any image is read
            raise ExperimentError("data.kind", "needs a new start, because the number of dimensions changes")
        data = build_distribution(experiment.data, experiment.seed)
        if data.shape != self.data.shape:
            raise ExperimentError("data.kind", "needs a new start, because the number of dimensions changes")
        if experiment.translates and data.input_image != self.data.input_image:
            raise ExperimentError("data.task", "needs a new start, because what is given changes its shape")
        if experiment.conditional and data.classes != self.data.classes:
            raise ExperimentError("data.kind", "needs a new start, because the number of classes changes")
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
        self._follow(experiment)

    # --- moving -----------------------------------------------------------------------------------------------------

    def iterate(self, only: Player | None = None) -> Tensor:
        """Run the iteration to its end; with `only`, skip the other player's phases. The scalars, see SCALARS."""
        for phase in self.phases[self.position :]:
            if only is None or self._takes_part(phase, only):
                phase.run()
        return self._finish()

    def _takes_part(self, phase: Phase, only: Player) -> bool:
        """Whether a phase belongs to an iteration in which only this player moves."""
        return phase.player == only

    def run_phase(self) -> Tensor | None:
        """Run the next phase. The scalars where it was the iteration's last, else None."""
        if self.position == 0:
            self._boundary = self._state()
        self.phases[self.position].run()
        self.position += 1
        return self._finish() if self.position == len(self.phases) else None

    def _finish(self) -> Tensor:
        row = torch.stack([self._scalars.get(name, self._missing) for name in SCALARS])
        self._clear()
        self.position = 0
        self.step += 1
        for growth in self._growths:
            growth.step.fill_(self.step)
        return row

    def _clear(self) -> None:
        """Forget what belongs to the iteration at hand."""
        self._scalars.clear()
        self.descent.clear()
        self._unrolled = self._boundary = None

    # --- the discriminator's phases -----------------------------------------------------------------------------------

    def _draw_real(self, index: int) -> None:
        self.batch["real"], self._condition = self.batches.real(self.step, Stream.REAL, index)

    def _draw_fake(self, update: int) -> None:
        self.batch["latent"] = latent = self.batches.latent(self.step, Stream.DISCRIMINATOR_LATENT, update)
        still = self._frozen_generator() if self._keeps_statistics else nullcontext()
        with torch.set_grad_enabled(self.descent.differentiable), still:
            self.batch["fake"] = self._moving(self._told(self.generator))(latent)

    def _discriminator_forward(self, update: int) -> None:
        real, fake = (
            self.batches.packed(self._noisy(self.batch[side], update << 2 | index))
            for index, side in enumerate(("real", "fake"))
        )
        discriminator, generator = self._seeing(update), self._told(self.generator)
        v_real, v_fake = self._judged_apart(self._moving(discriminator), real, fake)
        loss = self.objective_now().discriminator_loss(v_real, v_fake)
        self._loss = loss
        turn = Turn(discriminator, generator, real, fake, self.batch["latent"], v_real, v_fake, self._condition)
        penalty = self._penalty(turn, update)
        if penalty is not None:
            self._loss = loss + penalty
            self._scalars["penalty"] = penalty.detach()
        v_real, v_fake = v_real.detach(), v_fake.detach()
        self.batch["v_real"], self.batch["v_fake"] = v_real, v_fake
        self._scalars["discriminator_loss"] = loss.detach()
        self._scalars["real_score"] = v_real.mean()
        self._scalars["fake_score"] = v_fake.mean()

    def objective_now(self) -> Objective:
        """The objective with the labels of this step, where they are smoothed."""
        smoothing = self.experiment.label_smoothing
        return self._smoothed(real_label(smoothing, self.step)) if smoothing.steps else self.objective

    def _smoothed(self, label: float) -> Objective:
        return smoothed(self._unsmoothed, label) if label < 1.0 else self._unsmoothed

    def _judged_apart(self, judge: Forward, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """The raw outputs for two batches, in one pass where no layer mixes them."""
        if self._concatenate:
            v_real, v_fake = torch.split(judge(torch.cat((real, fake))), len(real))
            return v_real, v_fake
        return judge(real), judge(fake)

    def _penalty(self, turn: Turn, update: int) -> Tensor | None:
        total: Tensor | None = None
        for index, penalty in enumerate(self._penalties.values()):
            if self.updates % penalty.every:
                continue
            rng = self.streams.at(self.step, penalty.stream, update << 8 | index)
            with self._still() if self._keeps_statistics else nullcontext():
                term = penalty.term(turn, rng)
            if term is not None:
                term = term * penalty.every if penalty.every > 1 else term
                total = term if total is None else total + term
        return total

    def _discriminator_gradient(self, update: int) -> None:
        self.batch["gradient"] = self.descent.take_gradient("discriminator", self._loss)

    def _discriminator_update(self, update: int) -> None:
        self._move("discriminator")
        self._augmentation.heed(self.batch["v_real"], self.updates)
        if (probability := self._augmentation.probability) is not None:
            self._scalars["augmentation"] = probability.clone()
        self.updates += 1

    # --- the generator's phases ---------------------------------------------------------------------------------------

    def _draw_latent(self, update: int) -> None:
        self.batch["latent"] = self.batches.latent(self.step, Stream.GENERATOR_LATENT, update)
        if not self._compares:
            self._condition = self.batches.labels(self.step, update)

    def _unroll(self, update: int) -> None:
        """Play the discriminator's next updates as a function of the generator (Metz et al. 2017, section 2.3).

        Every update takes fresh batches and is a step of the discriminator's own optimiser, which begins at the moments
        that it has now; all of it is differentiated through. Nothing in the discriminator or its optimiser changes.
        """
        parameters = self.discriminator.vector.clone().requires_grad_()
        optimizer, rate = self.descent.optimizers["discriminator"], self.descent.rate("discriminator", self.step)
        state = optimizer.state
        with self._still():
            for index in range(self.experiment.schedule.unrolled_steps):
                draw = update << 8 | 2 * index
                real, condition = self.batches.real(self.step, Stream.UNROLLED, draw)
                latent = self.batches.latent(self.step, Stream.UNROLLED, draw + 1)
                fake = given(self.generator.module, condition)(latent)
                real, fake = (self._noisy(x, _UNROLLED_TURN | draw + k) for k, x in enumerate((real, fake)))
                judge = partial(self.discriminator.with_parameters, parameters, condition=condition)
                v_real, v_fake = self._judged_apart(judge, self.batches.packed(real), self.batches.packed(fake))
                loss = self.objective_now().discriminator_loss(v_real, v_fake)
                (gradient,) = torch.autograd.grad(loss, parameters, create_graph=True)
                parameters, state = optimizer.ahead(parameters, gradient, state, rate)
        self._unrolled = parameters

    def _foreseen(self, fake: Tensor, unrolled: Tensor) -> Tensor:
        with self._frozen():
            return self.discriminator.with_parameters(unrolled, self.batches.packed(fake), self._condition)

    def _generator_forward(self, update: int) -> None:
        latent, generator, condition = self.batch["latent"], self._told(self.generator), self._condition
        discriminator = self._seeing(_GENERATOR_TURN | update)
        judge, fake = self._moving(discriminator), self._moving(generator)(latent)
        seen = self._noisy(fake, update << 2 | 2)
        v_fake = self._scored(judge, seen) if self._unrolled is None else self._foreseen(seen, self._unrolled)
        v_real = self._unscored
        if self.objective.needs_real:
            seen_real = self._noisy(self.batch["real"], update << 2 | 3)
            v_real = (
                self._scored(judge, seen_real) if self._unrolled is None else self._foreseen(seen_real, self._unrolled)
            )
            self.batch["v_real"] = v_real.detach()
        self._unrolled = None
        loss = self.objective.generator_loss(v_real, v_fake)
        self._loss = loss if self._adversarial == 1.0 else self._adversarial * loss
        self.batch["fake"], self.batch["v_fake"] = fake.detach(), v_fake.detach()
        self._scalars["generator_loss"] = loss.detach()
        real = self.batch["real"] if self._compares else None
        turn = GeneratorTurn(discriminator, generator, latent, fake, seen, condition, real)
        for index, penalty in enumerate(self._penalties.values()):
            if penalty.moves_generator and self.step % penalty.every == 0:
                rng = self.streams.at(self.step, penalty.stream, _GENERATOR_TURN | update << 8 | index)
                with self._still() if self._keeps_statistics else nullcontext():
                    self._loss = self._loss + penalty.every * penalty.generator_term(turn, rng)

    def _generator_gradient(self, update: int) -> None:
        self.batch["gradient"] = self.descent.take_gradient("generator", self._loss)

    def _generator_update(self, update: int) -> None:
        self._move("generator")
        if self.experiment.ema.half_life:
            self.average.update(self.experiment.schedule.batch_size, self.experiment.ema.half_life)

    # --- either player's phases ---------------------------------------------------------------------------------------

    def _told(self, network: FlatNetwork) -> nn.Module:
        """The network as a function of a batch under the condition of the batch at hand."""
        return given(network.module, self._condition)

    def _seeing(self, turn: int) -> nn.Module:
        """The discriminator, told the condition of the batch at hand, of images that are changed as in a turn."""
        discriminator = self._told(self.discriminator)
        if not self._augmentation.acts:
            return discriminator
        rng = self.streams.at(self.step, Stream.AUGMENTATION, _CHANGES | turn)
        return Augmented(discriminator, self._augmentation.draw(rng, self.batches.size, self.device))

    def _moving(self, network: nn.Module) -> Forward:
        """The network as it is in the forward pass of a move, see precision.py."""
        return at_precision(self.experiment.precision, self.device, network)

    def _scored(self, discriminator: Forward, samples: Tensor) -> Tensor:
        """The raw output for samples (B, ...), which leaves no trace in the discriminator."""
        with self._frozen() if self._keeps_statistics else nullcontext():
            v: Tensor = discriminator(self.batches.packed(samples))
        return v

    def _adjust(self, player: Player, update: int) -> None:
        self.batch["gradient"] = self.descent.adjust(player)

    def _extrapolate(self, player: Player, update: int) -> None:
        self.descent.extrapolate(player, self.step)
        self._constrain(player)

    def _move(self, player: Player) -> None:
        self.descent.move(player, self.step)
        self._constrain(player)

    @torch.no_grad()
    def _constrain(self, player: Player) -> None:
        if player == "discriminator":
            for penalty in self._penalties.values():
                penalty.constrain(self.discriminator.vector)

    @contextmanager
    def _still(self) -> Iterator[None]:
        """A block in which the forward passes of neither network leave a trace in it."""
        with self._frozen(), self._frozen_generator():
            yield

    def _noisy(self, samples: Tensor, index: int) -> Tensor:
        return self.batches.noisy(samples, self.step, index)

    # --- looking ----------------------------------------------------------------------------------------------------

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

    def score(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """The discriminator's raw output for samples (B, ...) under a condition (B, ...), shown to it in G's update.

        (B, 1), or (B / m, 1) where m samples are packed. Differs from `judge` only where samples are not judged alone.
        """
        return self._scored(given(self.discriminator.module, condition), samples)

    def generate(self, latents: Tensor, condition: Tensor | None = None) -> Tensor:
        """What the generator makes (N, ...) of latents (N, L) and what it is told, classes or images, repeated in turn
        where they are fewer. For observed looks."""
        samples: Tensor = given(self.generator.module, condition)(latents)
        return samples

    def judge(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """The discriminator's raw output (N, 1) for samples (N, ...), each on its own. For observed looks.

        It is told these classes or images, repeated in turn where they are fewer. A packing discriminator is shown
        (x, ..., x). Where layers mix the samples of a batch, each is judged beside the same real ones.
        """
        discriminator = given(self.discriminator.module, condition)
        return judged(discriminator, samples, self.experiment.discriminator.packing, self.reference)

    @property
    def judges_alone(self) -> bool:
        """Whether each sample's raw output in training depends on that sample alone."""
        return self._concatenate and self.experiment.discriminator.packing == 1

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
        self.position = 0
        self._clear()

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
        for kind, penalty in self._penalties.items():
            tensors |= {f"penalty.{kind}.{name}": value for name, value in penalty.state.items()}
        tensors |= {f"augmentation.{name}": value for name, value in self._augmentation.state.items()}
        return tensors | self.descent.tensors
