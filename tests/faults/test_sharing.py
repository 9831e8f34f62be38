"""One file and several programs: a second writer, a copy made by hand, and another name, all while it trains."""

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_process import Engine

from ganlab_desktop.cli.app import run as ganlab
from ganlab_desktop.engine.document import Document
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.runfile.errors import RunFileError
from ganlab_desktop.runfile.peek import peek
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.wire import messages as wire

COPIES, SAMPLE = 40, 5


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    started = Engine(tmp_path / "data")
    yield started
    started.kill()


def train(engine: Engine) -> Path:
    """Start a run that trains and is saved; its file."""
    scene = engine.start()
    engine.ask(wire.Play)
    engine.until(lambda message: isinstance(message, wire.Saved))
    return Path(scene.path)


def test_a_second_program_is_told_who_has_the_file_and_the_first_goes_on(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = train(engine)
    said = f"{path}: already open in another window or program (process {engine.process.pid})"
    second = Engine(tmp_path / "other")
    try:
        second.ask(wire.Hello)
        assert second.ask(wire.Open, str(path)).error == said
        mine = second.start()
        assert second.ask(wire.Save, str(path)).error == said  # nor is it written over
        assert second.frame(probes=()).run == mine.run
    finally:
        second.kill()
    for command in (["train", str(path), "--steps", "5"], ["train", "ring-ns", "--out", str(path)]):
        capsys.readouterr()
        assert ganlab(command) == 2
        assert str(path) in capsys.readouterr().err
    assert ganlab(["info", str(path), "--json"]) == 0  # looking is allowed
    before = engine.frame(probes=()).step
    deadline = time.monotonic() + 20.0
    while engine.frame(probes=()).step <= before:
        assert time.monotonic() < deadline


def test_a_file_whose_holder_was_killed_opens_at_once(engine: Engine) -> None:
    path = train(engine)
    lock = path.with_name(f".{path.name}.lock")
    assert lock.read_text() == str(engine.process.pid)
    engine.kill()
    assert lock.exists()
    with RunFile.open(path) as file:
        assert not file.readonly
    assert not lock.exists()


def test_another_name_while_training_holds_all_and_leaves_the_old_file_whole(engine: Engine, tmp_path: Path) -> None:
    path = train(engine)
    named, again = tmp_path / "named.ganlab", tmp_path / "again.ganlab"
    assert engine.ask(wire.Save, str(named)).error == ""
    assert not path.exists()  # it had no name
    engine.until(lambda message: isinstance(message, wire.Saved) and message.path == str(named))
    engine.ask(wire.Edit, {"optimizer.generator.lr": 2e-3})
    before = engine.frame(probes=()).step
    scene = engine.ask(wire.Save, str(again)).scene
    assert scene is not None
    assert (scene.path, scene.untitled) == (str(again), False)
    engine.kill()
    for file in (named, again):
        info = peek(file)
        assert info.sound
        assert info.step >= before
        with RunFile.open(file, readonly=True) as opened:
            assert len(opened.edits()) == 1
            assert len(opened.series("step").steps) >= info.step
    assert not list(tmp_path.glob("*-wal")) or list(tmp_path.glob("again*-wal"))
    assert not list(tmp_path.glob("named*-*"))


def copies(engine: Engine, folder: Path, count: int, seed: int) -> None:
    """Copy a file that is being written, with its log and without, at random moments: each opens or says why not."""
    path = train(engine)
    chance = random.Random(seed)
    refused: list[bool] = []
    for number in range(count):
        time.sleep(chance.uniform(0.0, 1.0))
        place = folder / str(number)
        place.mkdir()
        endings = ("", "-wal") if chance.random() < 0.5 else ("",)
        for ending in endings:
            source = path.with_name(path.name + ending)
            if source.exists():
                shutil.copyfile(source, place / source.name)
        copy = place / path.name
        try:
            document = Document.open(copy)
        except (ExperimentError, RunFileError) as error:
            refused.append(str(error).startswith(f"{copy}: "))
            continue
        document.start_writing(lambda step: None, lambda text: None)
        document.run.advance()
        document.close()
        assert [left.name for left in place.iterdir()] == [copy.name]
    assert all(refused)
    assert len(refused) <= count // 2
    assert engine.frame(probes=()).playing
    assert peek(path).sound


def test_a_copy_made_by_hand_opens_or_says_why_not(engine: Engine, tmp_path: Path) -> None:
    copies(engine, tmp_path, SAMPLE, seed=0)


@pytest.mark.soak
def test_no_copy_made_by_hand_does_harm(engine: Engine, tmp_path: Path) -> None:
    copies(engine, tmp_path, COPIES, seed=1)
