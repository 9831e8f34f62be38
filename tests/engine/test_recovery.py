"""Runs that a crash has cut off are found again, each once."""

from pathlib import Path

import pytest
from engine_process import Engine

from ganlab_desktop.runfile.peek import peek
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.wire import messages as wire


def trained(engine: Engine, save_as: Path | None = None) -> str:
    scene = engine.start()
    engine.ask(wire.Step, 20)
    engine.until(lambda message: isinstance(message, wire.Paused))
    if save_as is not None:
        assert engine.ask(wire.Save, str(save_as)).error == ""
        return str(save_as)
    return scene.path


def asked(engine: Engine, *documents: str) -> list[tuple[str, int]]:
    engine.ask(wire.Hello)
    return [(run.path, run.step) for run in engine.ask(wire.Recover, documents).cut_off]


def ended(engine: Engine, how: str) -> None:
    if how == "killed":
        engine.kill()
        return
    if how == "terminated":
        engine.process.terminate()
    if how == "shut down":
        engine.ask(wire.Shutdown)
    assert engine.process.stdin is not None
    engine.process.stdin.close()
    engine.process.wait(20)
    engine.kill()


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("how", ["killed", "terminated", "deserted", "shut down"])
def test_a_run_is_offered_once_after_a_crash_of_either_process(tmp_path: Path, how: str, named: bool) -> None:
    document = tmp_path / "named.ganlab" if named else None
    first = Engine(tmp_path / "data")
    try:
        path = trained(first, document)
    finally:
        ended(first, how)
    second = Engine(tmp_path / "data")
    try:
        expected = [] if how == "shut down" else [(path, 20)]
        assert asked(second, *([path] if named else [])) == expected
        assert asked(second, path) == []
        assert peek(Path(path)).sound
        assert [left.name for left in Path(path).parent.iterdir() if left.name != "data"] == [Path(path).name]
    finally:
        second.kill()


def test_what_is_open_gone_or_damaged_is_not_offered(tmp_path: Path) -> None:
    first, second = Engine(tmp_path / "data"), Engine(tmp_path / "data")
    try:
        path = trained(first)
        damaged = tmp_path / "damaged.ganlab"
        damaged.write_bytes(b"x" * 5000)
        (tmp_path / ".damaged.ganlab.lock").write_text("1")
        assert asked(second, path, str(tmp_path / "gone.ganlab"), str(damaged)) == []
        assert first.frame(probes=()).step == 20
    finally:
        first.kill()
        second.kill()


@pytest.mark.parametrize("how", ["killed", "terminated", "deserted", "shut down"])
def test_what_was_deleted_can_be_taken_back_after_a_crash_only(tmp_path: Path, how: str) -> None:
    first = Engine(tmp_path / "data")
    try:
        path = trained(first)
        for command, *rest in ((wire.Fork,), (wire.Describe, 2, None, None, "the better one")):
            assert first.ask(command, *rest).error == ""
        assert first.ask(wire.Describe, 2, None, None, None, True).error == ""
    finally:
        ended(first, how)
    second = Engine(tmp_path / "data")
    try:
        asked(second)  # which puts the file in order
        scene = second.ask(wire.Open, path).scene
        assert scene is not None
        crashed = how != "shut down"
        assert [(run.id, run.note) for run in scene.runs if run.deleted] == ([(2, "the better one")] if crashed else [])
        assert any("can be taken back" in warning for warning in scene.warnings) is crashed
        if crashed:
            second.ask(wire.Describe, 2, None, None, None, False)
    finally:
        ended(second, "shut down")
    with RunFile.open(Path(path)) as file:
        assert [run.id for run in file.runs()] == ([1, 2] if crashed else [1])
