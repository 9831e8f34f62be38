"""Studies at work: the weights of a game come in, measurements go out."""

import logging
import queue
import threading
from collections.abc import Callable
from time import monotonic, thread_time
from typing import Protocol

import torch
from msgspec import Struct

from ganlab_desktop.engine.pictures import picture_of
from ganlab_desktop.engine.priority import lower_thread
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.gan.game import Game
from ganlab_desktop.gan.games import build_game
from ganlab_desktop.gan.networks.flat import FlatNetwork
from ganlab_desktop.measure.probes import View
from ganlab_desktop.measure.studies import STUDIES, Row, Snapshot, Study
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Picture

_log = logging.getLogger(__name__)

AFTER_FAILURE = 10.0  # seconds

Weights = dict[str, Array]  # the parameters' vector under the empty name, and the buffers


class Offer(Struct, frozen=True, tag=True):
    """The networks of a game at a step, as copies, for some studies: the generator, its average (the generator again
    where none is kept) and the discriminator."""

    studies: tuple[str, ...]
    step: int
    experiment: Experiment
    view: View
    networks: dict[str, Weights]
    lane: int = 0  # where one connection serves several


class Measurement(Struct, frozen=True, eq=False):
    """What a study saw at a step: the picture for the panel, None where it failed, and the row for the history, of the
    class `label` where it looks at one class (see Study.WHOLE), else of 0. `rest` is the least time in seconds until it
    is to be asked again; the `last` one of an offer says that the lane is free."""

    study: str
    step: int
    label: int
    picture: Picture | None
    row: Row
    rest: float
    last: bool
    lane: int = 0


class Imported(Struct, frozen=True, tag=True):
    """Imported points (N, d), told to another process before the first offer whose experiment names them."""

    points: Array


class CloseLane(Struct, frozen=True, tag=True):
    """Have a lane end, however long its look would take."""

    lane: int


Tell = Callable[[Measurement], None]


class AnyLane(Protocol):
    """Takes one offer after the other, each once the one before is told to the end."""

    def post(self, offer: Offer) -> None: ...

    def close(self) -> None: ...


class Lane:
    """Carries out studies one after the other in a thread of its own at low priority, from which `tell` is called."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._game: Game | None = None
        self._studies: dict[str, Study] = {}
        self._offers: queue.SimpleQueue[Offer | None] = queue.SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="studies", daemon=True)
        self._thread.start()

    def post(self, offer: Offer) -> None:
        """Take up an offer."""
        self._offers.put(offer)

    def close(self) -> None:
        """End the thread; a long look is cut short."""
        self.abandon()
        self._thread.join()

    def abandon(self) -> None:
        """Have the thread end soon."""
        self._closing = True
        self._offers.put(None)

    def _work(self) -> None:
        torch.set_num_threads(1)
        lower_thread()
        while (offer := self._offers.get()) is not None:
            for name in offer.studies:
                measured = self._look(name, offer)
                if self._closing:
                    return
                self._tell(measured)

    def _look(self, name: str, offer: Offer) -> Measurement:
        kind, begun, started = STUDIES[name], monotonic(), thread_time()
        picture: Picture | None = None
        row: Row = ()
        rest = AFTER_FAILURE
        try:
            snapshot = self._snapshot(offer)
            snapshot = snapshot if kind.WHOLE else snapshot.of_shown_class()
            study = self._studies.get(name)
            if study is None or study.data is not snapshot.data:
                study = self._studies[name] = kind(snapshot.data, snapshot.experiment.seed)
            seen, row = study.look(snapshot)
            picture = picture_of(offer.step, seen)
            rest = max(0.0, begun + max(kind.REST, (thread_time() - started) / kind.SHARE) - monotonic())
        except Exception:  # a study must not end the thread; the log tells
            _log.exception("the study of %s failed", name)
        label = 0 if kind.WHOLE else offer.view.label
        return Measurement(name, offer.step, label, picture, row, rest, last=name == offer.studies[-1], lane=offer.lane)

    def _snapshot(self, offer: Offer) -> Snapshot:
        game = self._game_under(offer.experiment)
        game.step = offer.step
        networks = {"generator": game.generator, "average": game.average.network, "discriminator": game.discriminator}
        for name, network in networks.items():
            _load(network, offer.networks[name])
        return Snapshot(
            step=offer.step,
            experiment=game.experiment,
            data=game.data,
            objective=game.objective_now(),
            generator=game.generator.module,
            average=game.average.network.module,
            discriminator=game.discriminator.module,
            view=offer.view,
            reference=game.reference,
            wanted=lambda: not self._closing,
        ).told()

    def _game_under(self, experiment: Experiment) -> Game:
        """A game that is never played. It goes along with edits, so that data that stay are the same object."""
        if self._game is None:
            self._game = build_game(experiment, torch.device("cpu"))
            for network in (self._game.generator, self._game.average.network, self._game.discriminator):
                network.module.eval()
        if experiment != self._game.experiment:
            self._game.edit(experiment, self._game.accept(experiment))
        return self._game


def weights_of(network: FlatNetwork) -> Weights:
    """A copy of all that the network holds."""
    tensors = {"": network.vector, **network.buffers()}
    return {name: Array.of(tensor.detach().to("cpu", copy=True).numpy()) for name, tensor in tensors.items()}


def _load(network: FlatNetwork, weights: Weights) -> None:
    for name, tensor in {"": network.vector, **network.buffers()}.items():
        tensor.detach().numpy()[...] = weights[name].numpy()
