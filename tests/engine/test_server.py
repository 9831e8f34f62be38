"""The engine process over its real pipes."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from engine_process import PROBES, Engine

from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.wire import messages as wire
from ganlab_desktop.wire.framing import MARKER, answer_decoder, encode


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    started = Engine(tmp_path / "data")
    yield started
    started.kill()


def is_paused(message: wire.Message) -> bool:
    return isinstance(message, wire.Paused)


def test_a_window_is_greeted_before_torch_loads(engine: Engine) -> None:
    started = time.monotonic()
    assert engine.ask(wire.Hello).error == ""
    status = Path(f"/proc/{engine.process.pid}/maps")
    if status.exists():
        assert "libtorch" not in status.read_text()
    assert time.monotonic() - started < 5.0


def test_another_version_is_refused_with_both_numbers(engine: Engine) -> None:
    reply = engine.ask(wire.Hello, 999)
    assert "999" in reply.error
    assert str(wire.VERSION) in reply.error


def test_step_trains_exactly_so_many_iterations_and_no_scalar_is_lost(engine: Engine) -> None:
    engine.start()
    engine.ask(wire.Step, 500)
    assert engine.until(is_paused) == wire.Paused(500, "stepped")
    frame = engine.frame()
    assert (frame.step, frame.playing, frame.phase) == (500, False, 0)
    assert engine.rows["step"] == 500
    assert set(PROBES) - {"coverage"} <= set(frame.pictures)


def test_a_resting_engine_answers_a_credit_only_when_there_is_news(engine: Engine) -> None:
    engine.start()
    engine.frame(1, ("samples",))
    engine.send(wire.Grant(2, ("samples",), None, 32, dict(engine.rows)))
    time.sleep(1.0)
    engine.ask(wire.StepPhase)
    frame = engine.until(lambda message: isinstance(message, wire.Frame))
    assert isinstance(frame, wire.Frame)
    assert (frame.credit, frame.phase) == (2, 1)


def test_phases_make_an_iteration(engine: Engine) -> None:
    scene = engine.start()
    for phase in range(1, len(scene.phases)):
        engine.ask(wire.StepPhase)
        assert engine.frame(phase, ()).phase == phase
    engine.ask(wire.StepPhase)
    frame = engine.frame(99, ())
    assert (frame.step, frame.phase) == (1, 0)


def test_playing_streams_the_newest_state_on_credit(engine: Engine) -> None:
    engine.start()
    engine.ask(wire.Play)
    frames = [engine.frame(credit) for credit in range(1, 60)]
    steps = [frame.step for frame in frames]
    assert steps == sorted(steps)
    assert engine.rows["step"] <= steps[-1]
    assert {name for frame in frames for name in frame.pictures} >= set(PROBES) - {"coverage"}
    engine.ask(wire.Pause)
    assert engine.ask(wire.Edit, {"optimizer.generator.lr": 1e-4}).error == ""


def test_edits_are_checked_applied_and_kept(engine: Engine) -> None:
    scene = engine.start()
    engine.ask(wire.Step, 10)
    engine.until(is_paused)
    assert "must be > 0" in engine.ask(wire.Edit, {"optimizer.generator.lr": -1.0}).error
    assert "needs a new start" in engine.ask(wire.Edit, {"generator.hidden": [8]}).error
    edited = engine.ask(wire.Edit, {"optimizer.generator.lr": 0.005, "data.kind": "grid"}).scene
    assert edited is not None
    assert "lr = 0.005" in edited.experiment
    assert edited.run == scene.run
    assert edited.layout == scene.layout + 1
    with RunFile.open(Path(edited.path), readonly=True) as file:
        (edit,) = file.edits()
        assert (edit.step, edit.changes["data.kind"]) == (10, "grid")
    restarted = engine.ask(wire.Restart, {"generator.hidden": [8]}).scene
    assert restarted is not None
    assert (restarted.step, restarted.run == scene.run) == (0, False)


def test_training_pauses_where_the_schedule_ends_and_goes_on_when_asked(engine: Engine) -> None:
    engine.start()
    engine.ask(wire.Edit, {"schedule.steps": 50})
    engine.ask(wire.Play)
    paused = engine.until(is_paused)
    assert isinstance(paused, wire.Paused)
    assert (paused.step, paused.reason) == (50, "finished")
    engine.ask(wire.Play)
    while engine.frame(probes=()).step <= 50:
        pass


def arrived(engine: Engine, step: int, phase: int = 0) -> wire.Frame:
    """The first frame of a moment, with the pictures on the way there and of it."""
    credit, deadline = 1000, time.monotonic() + 30.0
    pictures: dict[str, wire.Picture] = {}
    while time.monotonic() < deadline:
        credit += 1
        frame = engine.frame(credit, ("samples", "surface"))
        pictures |= frame.pictures
        if (frame.step, frame.phase) == (step, phase) and all(seen.step == step for seen in pictures.values()):
            return msgspec.structs.replace(frame, pictures=pictures)
    raise AssertionError(f"step {step} was not shown")


def samples_of(frame: wire.Frame) -> bytes:
    return frame.pictures["samples"].arrays["fake"].numpy().tobytes()


def test_the_past_is_shown_played_again_and_left(engine: Engine) -> None:
    engine.start()
    engine.ask(wire.Step, 40)
    engine.until(is_paused)
    then = samples_of(arrived(engine, 40))
    engine.ask(wire.Edit, {"data.kind": "grid"})
    engine.ask(wire.Step, 160)
    engine.until(is_paused)
    now = samples_of(arrived(engine, 200))

    scene = engine.ask(wire.Seek, 39).scene
    assert scene is not None
    assert (scene.head, scene.layout, 'kind = "ring"' in scene.experiment) == (200, 0, True)
    frame = arrived(engine, 39)
    assert (frame.head, frame.playing, frame.layout) == (200, False, 0)
    engine.ask(wire.Step, 1)
    engine.until(is_paused)
    assert samples_of(arrived(engine, 40)) == then
    assert "newest step" in engine.ask(wire.Undo).error
    engine.ask(wire.StepPhase)
    assert arrived(engine, 40, 1).head == 200

    engine.ask(wire.Play)  # from the past through what was, up to the newest step, and on from there
    engine.until(lambda message: isinstance(message, wire.Scene) and message.step == 200)
    deadline = time.monotonic() + 30.0
    while (frame := engine.frame(7, ())).head <= 200:
        assert time.monotonic() < deadline
    assert frame.step == frame.head
    engine.ask(wire.Pause)
    assert engine.ask(wire.Seek, 200).error == ""
    assert samples_of(arrived(engine, 200)) == now
    assert engine.ask(wire.Seek, 0).error == ""


def test_saved_runs_and_experiments_open_again(engine: Engine, tmp_path: Path) -> None:
    untitled = engine.start()
    engine.ask(wire.Step, 25)
    engine.until(is_paused)
    saved = engine.ask(wire.Save, str(tmp_path / "mine.ganlab")).scene
    assert saved is not None
    assert (saved.step, saved.untitled) == (25, False)
    assert not Path(untitled.path).exists()
    assert engine.ask(wire.Save, str(tmp_path / "mine.toml")).error == ""
    assert engine.ask(wire.Open, str(tmp_path / "mine.toml")).scene is not None
    again = engine.ask(wire.Open, str(tmp_path / "mine.ganlab")).scene
    assert again is not None
    assert (again.step, again.path) == (25, str(tmp_path / "mine.ganlab"))
    engine.rows = {"step": 0, "coverage": 0}
    engine.frame()
    assert engine.rows["step"] == 25


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("no.ganlab", None, "no.ganlab"),
        ("junk.ganlab", b"junk" * 500, "junk.ganlab"),
        ("bad.toml", b"[data]\nkind = 'rung'\n", "data.kind: must be one of"),
        ("empty.csv", b"", "empty.csv"),
        ("nan.csv", b"1,2\nnan,3\n", "nan.csv"),
    ],
)
def test_what_cannot_be_opened_is_explained_and_the_run_stays(
    engine: Engine, tmp_path: Path, name: str, content: bytes | None, expected: str
) -> None:
    engine.start()
    engine.ask(wire.Step, 5)
    engine.until(is_paused)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    reply = engine.ask(wire.Open, str(tmp_path / name))
    assert expected in reply.error
    assert "\n" not in reply.error
    assert engine.frame().step == 5


def test_the_engine_commits_and_ends_when_the_window_goes_away(engine: Engine) -> None:
    scene = engine.start()
    engine.ask(wire.Step, 40)
    engine.until(is_paused)
    engine.ask(wire.Play)
    step = engine.frame().step
    assert engine.process.stdin is not None
    engine.process.stdin.close()
    assert engine.process.wait(20) == 0
    with RunFile.open(Path(scene.path), readonly=True) as file:
        state = file.latest_state()
        assert state is not None
        assert state.step >= step
    assert not Path(scene.path + "-wal").exists()


def test_a_killed_engine_loses_nothing_that_it_said_was_saved(engine: Engine, tmp_path: Path) -> None:
    scene = engine.start()
    engine.ask(wire.Play)
    saved = [engine.until(lambda message: isinstance(message, wire.Saved)) for _ in range(4)]
    engine.process.kill()
    engine.process.wait()
    second = Engine(tmp_path / "data")
    try:
        second.ask(wire.Hello)
        opened = second.ask(wire.Open, scene.path).scene
        assert opened is not None
        assert isinstance(saved[-1], wire.Saved)
        assert opened.step >= saved[-1].step > 0
        assert opened.untitled
    finally:
        second.kill()


def test_what_was_trained_before_a_pause_survives_a_kill_after_it(engine: Engine, tmp_path: Path) -> None:
    scene = engine.start()
    engine.ask(wire.Play)
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        engine.frame(probes=())
    engine.ask(wire.Pause)
    step = engine.frame(9999, ()).step
    time.sleep(2.5)
    engine.process.kill()
    engine.process.wait()
    second = Engine(tmp_path / "data")
    try:
        second.ask(wire.Hello)
        opened = second.ask(wire.Open, scene.path).scene
        assert opened is not None
        assert opened.step == step
    finally:
        second.kill()


def test_a_diverged_run_rests_refuses_to_move_and_opens_at_its_last_good_state(engine: Engine) -> None:
    scene = engine.start()
    engine.ask(wire.Step, 30)
    engine.until(is_paused)
    wild = {"objective.kind": "wasserstein", "optimizer.discriminator": {"kind": "sgd", "lr": 100.0}}
    engine.ask(wire.Edit, wild)
    engine.ask(wire.Play)
    paused = engine.until(is_paused)
    assert isinstance(paused, wire.Paused)
    assert paused.reason == "diverged"
    for command in ((wire.Play,), (wire.Step, 1), (wire.StepPhase,), (wire.Edit, {"schedule.steps": 9})):
        assert "no longer finite" in engine.ask(*command).error
    again = engine.ask(wire.Open, scene.path).scene
    assert again is not None
    assert 30 <= again.step < paused.step
    assert engine.ask(wire.Step, 1).error == ""


def test_a_senseless_view_falls_back_to_the_data(engine: Engine) -> None:
    engine.start()
    for box in ((float("nan"),) * 4, (1.0, 1.0, 0.0, 0.0)):
        engine.send(wire.Grant(7, ("surface",), box, 16, dict(engine.rows)))
        frame = engine.until(lambda message: isinstance(message, wire.Frame))
        assert isinstance(frame, wire.Frame)
        engine.ask(wire.StepPhase)


def test_runs_and_experiments_are_told_by_their_names(engine: Engine, tmp_path: Path) -> None:
    engine.start()
    assert "must end in .ganlab" in engine.ask(wire.Save, str(tmp_path / "run.v2")).error
    assert "must be a .ganlab" in engine.ask(wire.Open, str(tmp_path / "picture.png")).error
    assert list(tmp_path.glob("run*")) == []


def test_garbage_ends_the_engine_with_a_failure_not_a_hang(engine: Engine) -> None:
    engine.write(b"\xff" * 100)
    assert engine.process.wait(20) == 1


def test_what_prints_to_standard_output_stays_out_of_the_protocol(tmp_path: Path) -> None:
    code = (
        "import sys, ganlab_desktop.engine.server as server\n"
        "greet = server._Server._greet\n"
        "def loud(self, hello):\n    print('stray'); sys.stdout.flush(); greet(self, hello)\n"
        "server._Server._greet = loud\nsys.exit(server.serve_stdio())\n"
    )
    hello = MARKER + encode(wire.Hello(1)) + encode(wire.Shutdown(2))
    done = subprocess.run([sys.executable, "-c", code], input=hello, capture_output=True, timeout=60, check=True)
    assert b"stray" in done.stderr
    assert b"stray" not in done.stdout
    assert [type(message) for message in answer_decoder().feed(done.stdout)] == [wire.Hello, wire.Reply, wire.Reply]


def test_a_run_that_diverges_is_found_to(engine: Engine) -> None:
    assert engine.ask(wire.Hello).error == ""
    assert engine.ask(wire.New, to_toml(load_preset("divergence"))).error == ""
    engine.ask(wire.Play)
    findings = None
    while not findings:
        findings = engine.frame(probes=()).findings
    assert [(finding.kind, finding.title) for finding in findings] == [("divergence", "divergence")]
