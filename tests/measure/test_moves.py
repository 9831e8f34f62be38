"""What the moves of both players tell is what their parameters do."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.game import Game
from ganlab_desktop.measure import moves
from ganlab_desktop.measure.moves import Moves

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}


def game_of(changes: Mapping[str, Any]) -> Game:
    torch.set_num_threads(1)
    return Game(with_changes(Experiment(), SMALL | dict(changes)), torch.device("cpu"))


def players(game: Game) -> tuple[np.ndarray, np.ndarray]:
    return game.generator.vector.double().numpy().copy(), game.discriminator.vector.double().numpy().copy()


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


@pytest.fixture
def restless(monkeypatch) -> None:
    monkeypatch.setattr(moves, "REST", 0.0)
    monkeypatch.setattr(moves, "SHARE", 1e9)


def test_lengths_and_cosines_are_those_of_whole_iterations(restless: None) -> None:
    game = game_of({"schedule.discriminator_steps": 3})
    watch, points, rows = Moves(game), [], []
    for _ in range(5):
        points.append(players(game))
        rows.append(watch.take())
        game.iterate()
    assert rows[:2] == [None, None]
    for step in (2, 3, 4):
        updates = [[points[s][player] - points[s - 1][player] for s in (step - 1, step)] for player in (0, 1)]
        expected = [*(np.linalg.norm(late) for _, late in updates), *(cosine(*pair) for pair in updates)]
        assert rows[step] == pytest.approx(expected)


def test_momentum_makes_successive_updates_agree(restless: None) -> None:
    cosines = {}
    for momentum in (0.0, 0.99):
        game = game_of({"optimizer.generator": {"kind": "sgd", "lr": 1e-4, "momentum": momentum}})
        for _ in range(100):
            game.iterate()
        watch = Moves(game)
        while (row := watch.take()) is None:
            game.iterate()
        cosines[momentum] = row[2]
    assert 1 - cosines[0.99] < 0.1 * (1 - cosines[0.0])


def test_a_player_who_rests_moves_nowhere_and_has_no_direction(restless: None) -> None:
    game = game_of({})
    watch = Moves(game)
    for _ in range(3):
        row = watch.take()
        game.iterate("discriminator")
    assert row is not None
    assert row[0] == 0.0 < row[1]
    assert np.isnan(row[2])
    assert abs(row[3]) <= 1.0


def test_only_successive_iterations_are_compared(restless: None) -> None:
    game = game_of({})
    watch = Moves(game)
    for _ in range(6):
        watch.take()
        game.iterate()
        game.iterate()
        assert watch.take() is None


def test_nothing_is_taken_while_it_rests_or_within_an_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "REST", 1e9)
    game = game_of({})
    watch, rows = Moves(game), []
    for _ in range(10):
        rows.append(watch.take())
        game.run_phase()
        assert watch.take() is None
        game.iterate()
    assert [row is not None for row in rows] == [False, False, True] + 7 * [False]
