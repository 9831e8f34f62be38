"""The past played backwards, again and again, and phase by phase, and each moment of it bit for bit what it was."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from engine_process import Engine
from test_server import arrived, is_paused, samples_of
from test_timeline import CPU, live, run_of, visited

from ganlab_desktop.engine.playback import Clock, Course
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.rewind import Rewind
from ganlab_desktop.gan.state import GameState
from ganlab_desktop.measure.probes import PROBES, View
from ganlab_desktop.wire import messages as wire


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    started = Engine(tmp_path / "data")
    yield started
    started.kill()


def way(course: Course, moment: tuple[int, int], count: int, phases: int = 0) -> list[tuple[int, int]]:
    """So many moments after one, of a run that is known from step 2 to 9."""
    moments = []
    for _ in range(count):
        following = course.after(moment, 2, 9, (lambda step: phases) if phases else None)
        if following is None:
            break
        moments.append(moment := following)
    return moments


def test_a_course_leads_forwards_backwards_and_round() -> None:
    assert way(Course(), (6, 2), 9) == [(7, 0), (8, 0), (9, 0)]
    assert way(Course(backwards=True), (4, 2), 9) == [(4, 0), (3, 0), (2, 0)]
    assert way(Course(loop=(3, 5)), (8, 0), 5) == [(3, 0), (4, 0), (5, 0), (3, 0), (4, 0)]
    assert way(Course(backwards=True, loop=(0, 4)), (3, 0), 4) == [(2, 0), (4, 0), (3, 0), (2, 0)]
    assert way(Course(loop=(8, 100)), (9, 0), 2) == [(8, 0), (9, 0)]


def test_a_course_goes_by_phases() -> None:
    assert way(Course(), (7, 1), 4, phases=3) == [(7, 2), (8, 0), (8, 1), (8, 2)]
    assert way(Course(backwards=True), (3, 1), 9, phases=3) == [(3, 0), (2, 2), (2, 1), (2, 0)]
    assert way(Course(backwards=True, loop=(2, 3)), (2, 0), 2, phases=2) == [(3, 0), (2, 1)]


def test_a_clock_keeps_to_its_rate() -> None:
    clock = Clock()
    clock.set(50.0)
    started, moves = time.perf_counter(), 0
    while time.perf_counter() - started < 0.5:
        moves += clock.ready()
    assert 23 <= moves <= 28


def test_backwards_each_step_and_phase_is_what_it_was() -> None:
    run = run_of()
    states = live(run, 30)
    run.timeline.keyframes[:] = [keyframe for keyframe in run.timeline.keyframes if keyframe.step % 16 == 0]
    replica = Replica(run.timeline, CPU)
    for step in reversed(range(31)):
        assert visited(replica, step).equals(states[step]), step
    count = len(replica.game.phases)
    look, view = PROBES["batch"](replica.game), View((-2.0, 2.0, -2.0, 2.0), 8)
    forwards = {}
    for phase in range(count):
        visited(replica, 20, phase)
        forwards[phase] = look(view).arrays
    visited(replica, 21)
    for phase in reversed(range(1, count)):
        assert visited(replica, 20, phase).equals(states[20])
        again = look(view).arrays
        assert {name: array.tobytes() for name, array in again.items()} == {
            name: array.tobytes() for name, array in forwards[phase].items()
        }
    assert replica.exact


def test_going_back_replays_a_gap_between_keyframes_once() -> None:
    run = run_of()
    states = live(run, 64)
    run.timeline.keyframes[:] = [run.timeline.keyframes[0]]
    replica = Replica(run.timeline, CPU)
    visited(replica, 64)
    played: list[int] = []
    iterate = replica.game.iterate
    replica.game.iterate = lambda only=None: (played.append(replica.game.step), iterate(only))[1]  # type: ignore[method-assign]
    for step in reversed(range(64)):
        assert visited(replica, step).equals(states[step])
    assert len(played) <= 64


def test_what_a_rewind_remembers_is_bounded_and_the_newest() -> None:
    states = [GameState({"x": torch.full((250,), float(step))}, {}) for step in range(10)]
    rewind = Rewind(4_000)
    for step, state in enumerate(states):
        rewind.keep(step, 0, state)
    assert len(rewind) == 4
    assert rewind.get(9, 0) is states[9]
    assert rewind.get(9, 1) is None
    assert rewind.get(5, 0) is None


def steps_shown(engine: Engine, count: int) -> list[wire.Frame]:
    frames = [engine.frame(500, ())]
    while len(frames) < count:
        frame = engine.frame(501 + len(frames), ())
        if (frame.step, frame.phase) != (frames[-1].step, frames[-1].phase):
            frames.append(frame)
    return frames


def test_a_run_plays_backwards_at_a_speed_and_rests_at_its_beginning(engine: Engine) -> None:
    engine.start()
    engine.ask(wire.Step, 60)
    engine.until(is_paused)
    engine.ask(wire.SetSpeed, 40.0)
    started = time.monotonic()
    engine.ask(wire.Play, True)
    steps = [frame.step for frame in steps_shown(engine, 20)]
    assert steps == sorted(set(steps), reverse=True)
    assert sum(earlier - later == 1 for earlier, later in pairwise(steps)) >= 12  # the rest was too fast to be seen
    paused = engine.until(is_paused)
    assert isinstance(paused, wire.Paused)
    assert paused.reason == "stepped"
    assert 1.4 < time.monotonic() - started < 5.0
    frame = engine.frame(900, ())
    assert (frame.step, frame.head, frame.playing) == (0, 60, False)


def test_a_loop_is_played_until_it_is_left(engine: Engine) -> None:
    engine.start()
    engine.ask(wire.Step, 30)
    engine.until(is_paused)
    then = samples_of(arrived(engine, 30))
    engine.ask(wire.SetSpeed, 40.0)
    assert engine.ask(wire.Play, False, (12, 12)).error
    engine.ask(wire.Play, False, (12, 16))
    steps = [frame.step for frame in steps_shown(engine, 16)]
    assert set(steps[1:]) == {12, 13, 14, 15, 16}
    assert sum(later in (earlier + 1, 12) for earlier, later in pairwise(steps[1:])) >= 10
    engine.ask(wire.Play, False, (25, 30))
    while engine.frame(700, ()).step != 30:
        pass
    engine.ask(wire.Pause)
    shown = engine.frame(701, ()).step
    assert samples_of(arrived(engine, shown)) == then if shown == 30 else 25 <= shown < 30
    engine.ask(wire.SetSpeed, 0.0)
    engine.ask(wire.Play)  # through what was, and on
    while engine.frame(702, ()).head <= 30:
        pass
    engine.ask(wire.Pause)
    assert engine.ask(wire.Edit, {"optimizer.generator.lr": 1e-4}).error == ""


def test_a_loop_that_is_paused_at_its_end_in_the_present_leaves_the_present(engine: Engine) -> None:
    engine.start()
    engine.ask(wire.Step, 4)
    engine.until(is_paused)
    engine.ask(wire.SetSpeed, 3.0)
    engine.ask(wire.Play, False, (3, 4))
    while engine.frame(700, ()).step != 4:
        pass
    engine.ask(wire.Pause)
    assert engine.ask(wire.Edit, {"optimizer.generator.lr": 1e-4}).error == ""


def test_training_goes_phase_by_phase_and_ends_where_it_would_flat_out(engine: Engine, tmp_path: Path) -> None:
    scene = engine.start()
    count = len(scene.phases)
    engine.ask(wire.SetSpeed, 25.0, True)
    engine.ask(wire.Play)
    moments = [(frame.step, frame.phase) for frame in steps_shown(engine, 3 * count)]
    numbers = [step * count + phase for step, phase in moments]
    assert numbers == sorted(set(numbers))
    assert sum(later - earlier == 1 for earlier, later in pairwise(numbers)) >= 2 * count
    engine.ask(wire.Pause)
    engine.ask(wire.SetSpeed, 0.0)
    frame = engine.frame(800, ())
    engine.ask(wire.Step, 20 - frame.step - (frame.phase > 0))
    engine.until(is_paused)
    by_phase = samples_of(arrived(engine, 20))
    engine.ask(wire.Restart)
    engine.rows = dict.fromkeys(engine.rows, 0)
    engine.ask(wire.Step, 20)
    engine.until(is_paused)
    assert samples_of(arrived(engine, 20)) == by_phase


def test_an_iteration_of_the_past_plays_by_phases_too(engine: Engine) -> None:
    scene = engine.start()
    engine.ask(wire.Step, 12)
    engine.until(is_paused)
    engine.ask(wire.Seek, 5)
    arrived(engine, 5)
    engine.ask(wire.SetSpeed, 20.0, True)
    engine.ask(wire.Play)
    moments = [(frame.step, frame.phase) for frame in steps_shown(engine, 6)]
    assert moments[0][0] == 5
    assert moments == sorted(moments)
    assert moments[-1] <= (6, len(scene.phases))
    engine.ask(wire.Play, True)
    moments = [(frame.step, frame.phase) for frame in steps_shown(engine, 6)]
    assert moments == sorted(moments, reverse=True)
