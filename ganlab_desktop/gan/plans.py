"""The order of an iteration's phases, for each form of descent."""

from functools import singledispatch
from typing import Literal, NamedTuple

from ganlab_desktop.experiment.experiment import Experiment, Schedule
from ganlab_desktop.experiment.games import (
    Alternating,
    Consensus,
    Extragradient,
    GameSpec,
    Optimistic,
    Simultaneous,
    Symplectic,
)

Player = Literal["discriminator", "generator"]

PLAYERS: tuple[Player, ...] = ("discriminator", "generator")


class Move(NamedTuple):
    """Who does what; `update` counts the batches that the player has looked at within the iteration."""

    player: Player
    name: str
    update: int


def _discriminator_looks(update: int) -> list[Move]:
    """The phases that end with its gradient."""
    return [Move("discriminator", name, update) for name in ("real batch", "fake batch", "forward", "gradient")]


def _generator_looks(update: int, *, needs_real: bool, unrolls: bool = False) -> list[Move]:
    """The phases that end with its gradient: a real batch where its loss compares with one."""
    chosen = {"real batch": needs_real, "latent batch": True, "unroll": unrolls, "forward": True, "gradient": True}
    return [Move("generator", name, update) for name, wanted in chosen.items() if wanted]


def _both(name: str, update: int = 0) -> list[Move]:
    return [Move(player, name, update) for player in PLAYERS]


def _both_look(needs_real: bool, update: int = 0) -> list[Move]:
    return [*_discriminator_looks(update), *_generator_looks(update, needs_real=needs_real)]


def moves_of(experiment: Experiment, *, needs_real: bool) -> list[Move]:
    """The phases of an iteration in order; `needs_real` where the generator's loss compares with real samples."""
    if experiment.autoencodes:
        return _autoencoding()
    return plan(experiment.game, experiment.schedule, needs_real=needs_real)


def _autoencoding() -> list[Move]:
    """The discriminator's network encodes what the generator decodes, and both descend one loss."""
    encoder, decoder = PLAYERS
    return [
        *(Move(encoder, name, 0) for name in ("real batch", "encode")),
        *(Move(decoder, name, 0) for name in ("decode", "gradients")),
        *_both("update"),
    ]


@singledispatch
def plan(spec: GameSpec, schedule: Schedule, *, needs_real: bool) -> list[Move]:
    """The phases of a game's iteration in a form of descent, see `moves_of`."""
    raise TypeError(f"no plan for {type(spec).__name__}")


@plan.register
def _alternating(spec: Alternating, schedule: Schedule, *, needs_real: bool) -> list[Move]:
    moves: list[Move] = []
    for update in range(schedule.discriminator_steps):
        moves += [*_discriminator_looks(update), Move("discriminator", "update", update)]
    for update in range(schedule.generator_steps):
        moves += _generator_looks(update, needs_real=needs_real, unrolls=schedule.unrolled_steps > 0)
        moves += [Move("generator", "update", update)]
    return moves


@plan.register(Simultaneous)
@plan.register(Optimistic)
def _simultaneous(spec: Simultaneous | Optimistic, schedule: Schedule, *, needs_real: bool) -> list[Move]:
    return [*_both_look(needs_real), *_both("update")]


@plan.register
def _extragradient(spec: Extragradient, schedule: Schedule, *, needs_real: bool) -> list[Move]:
    return [*_both_look(needs_real), *_both("extrapolation"), *_both_look(needs_real, 1), *_both("update", 1)]


@plan.register(Consensus)
@plan.register(Symplectic)
def _adjusted(spec: Consensus | Symplectic, schedule: Schedule, *, needs_real: bool) -> list[Move]:
    return [*_both_look(needs_real), *_both("adjustment"), *_both("update")]
