"""How the players move by the gradients of their losses: alone, ahead, together, or with an eye on their last move."""

from collections.abc import Mapping

import torch
from torch import Tensor

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.games import Consensus, Optimistic, Symplectic
from ganlab_desktop.experiment.schedules import learning_rate_factor
from ganlab_desktop.gan.adjustments import adjusted
from ganlab_desktop.gan.networks.flat import FlatNetwork
from ganlab_desktop.gan.optimizers import Optimizer, build_optimizer
from ganlab_desktop.gan.plans import PLAYERS, Player


class Descent:
    """Both players' optimisers, and what the form of descent remembers of their gradients and moves."""

    def __init__(self, networks: Mapping[Player, FlatNetwork], experiment: Experiment) -> None:
        self.networks = networks
        self.optimizers: dict[Player, Optimizer] = {
            player: build_optimizer(getattr(experiment.optimizer, player), networks[player].vector)
            for player in PLAYERS
        }
        self._gradients: dict[Player, Tensor] = {}  # of this iteration, as made or as adjusted
        self._starts: dict[Player, Tensor] = {}  # where an extrapolation began
        self._past: dict[Player, Tensor] = {}  # the last move of an optimistic player
        self.follow(experiment)

    def follow(self, experiment: Experiment) -> None:
        """Take over a changed experiment. An optimiser keeps its state unless its kind changes."""
        self._game, self._steps = experiment.game, experiment.schedule.steps
        self.differentiable = isinstance(experiment.game, Consensus | Symplectic)
        for player, optimizer in self.optimizers.items():
            spec = getattr(experiment.optimizer, player)
            if type(spec) is not type(optimizer.spec):
                self.optimizers[player] = build_optimizer(spec, optimizer.parameters)
            self.optimizers[player].spec = spec
        if not isinstance(experiment.game, Optimistic):
            self._past = {}
        elif not self._past:
            self._past = {player: torch.zeros_like(self.optimizers[player].parameters) for player in PLAYERS}

    def take_gradient(self, player: Player, loss: Tensor) -> Tensor:
        """The gradient (P,) of the player's loss, by which it will move."""
        self._gradients[player] = self.networks[player].gradient(loss, create_graph=self.differentiable)
        return self._gradients[player].detach()

    def take_common_gradient(self, loss: Tensor) -> Tensor:
        """The gradients of a loss that both players descend, in one pass; (P,) of both, one after the other."""
        tensors = [self.networks[player].tensors for player in PLAYERS]
        found = torch.autograd.grad(loss, [tensor for own in tensors for tensor in own], materialize_grads=True)
        flat = torch.cat([gradient.reshape(-1) for gradient in found])
        sizes = [len(self.networks[player].vector) for player in PLAYERS]
        self._gradients = dict(zip(PLAYERS, torch.split(flat, sizes), strict=True))
        return flat

    def adjust(self, player: Player) -> Tensor:
        """Adjust the gradients of all players that move, once for all; one who rests is no part of the game. The
        player's gradient (P,)."""
        if self._gradients[player].requires_grad:
            field = list(self._gradients.values())
            players = [self.networks[name].tensors for name in self._gradients]
            self._gradients.update(zip(self._gradients, adjusted(self._game, field, players), strict=True))
        return self._gradients[player]

    def extrapolate(self, player: Player, step: int) -> None:
        """Move, and remember from where."""
        start = self.optimizers[player].parameters.clone()
        self.move(player, step)
        self._starts[player] = start

    @torch.no_grad()
    def move(self, player: Player, step: int) -> None:
        """Take the optimiser's step for the player's gradient, from where an extrapolation began if there was one."""
        optimizer, gradient, rate = self.optimizers[player], self._gradients[player], self.rate(player, step)
        start, past = self._starts.pop(player, None), self._past.get(player)
        if start is not None:
            optimizer.parameters.copy_(start)
        if past is None:
            optimizer.step(gradient, rate)
        else:
            move = optimizer.move(gradient, rate)
            optimizer.parameters.add_(move, alpha=2.0).sub_(past)
            past.copy_(move)

    def rate(self, player: Player, step: int) -> float:
        """The share of the player's learning rate that holds at a step."""
        return learning_rate_factor(self.optimizers[player].spec, step, self._steps)

    def clear(self) -> None:
        """Forget what belongs to the iteration at hand."""
        self._gradients.clear()
        self._starts.clear()

    @property
    def tensors(self) -> dict[str, Tensor]:
        """All that is remembered between iterations, by name."""
        tensors = {
            f"{player}.optimizer.{name}": value
            for player, optimizer in self.optimizers.items()
            for name, value in optimizer.state.items()
        }
        return tensors | {f"{player}.past": move for player, move in self._past.items()}
