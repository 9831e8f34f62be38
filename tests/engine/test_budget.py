"""How much of a run's past is kept can be set, for the engine's machine and for a run on the command line."""

import threading
from pathlib import Path

import pytest

from ganlab_desktop.cli.app import run as ganlab
from ganlab_desktop.engine import threads
from ganlab_desktop.engine.budget import budget
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.runfile.runfile import RunFile
from ganlab_desktop.wire.environment import IN_MEMORY, KEYFRAMES, THREADS

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}
FAST = [word for path, value in SMALL.items() for word in ("--set", f"{path}={value}")]


def test_the_environment_sets_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEYFRAMES, raising=False)
    monkeypatch.delenv(IN_MEMORY, raising=False)
    assert budget() == (500_000_000, 64_000_000)
    monkeypatch.setenv(KEYFRAMES, "20")
    monkeypatch.setenv(IN_MEMORY, "0.5")
    assert budget() == (20_000_000, 500_000)


@pytest.mark.parametrize("amount", ["-1", "much", "inf", "nan"])
def test_what_is_no_amount_is_refused_by_name(
    amount: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(KEYFRAMES, amount)
    with pytest.raises(ExperimentError, match=KEYFRAMES):
        budget()
    assert ganlab(["train", "ring-ns", "--out", str(tmp_path / "a.ganlab"), "--steps", "1"]) == 2
    assert KEYFRAMES in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_run_keeps_to_its_budget_in_the_file_and_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEYFRAMES, "0.1")
    monkeypatch.setenv(IN_MEMORY, "0.02")
    document = Document.new(with_changes(Experiment(), SMALL), tmp_path / "a.ganlab")
    document.start_writing(lambda step: None, lambda text: None)
    for _ in range(300):
        document.run.advance()
        document.run.timeline.keep(document.run.game)
        if document.run.step % 50 == 0:
            document.save()
    document.save()
    kept = document.run.timeline.keyframes
    assert 90_000 < sum(keyframe.size for keyframe in kept) <= 100_000
    document.run.timeline.release()
    assert sum(keyframe.size for keyframe in kept if keyframe.state is not None) <= 20_000
    document.close()
    with RunFile.open(tmp_path / "a.ganlab", readonly=True) as file:
        entries = file.keyframes()
    assert len(entries) == len(kept)
    assert sum(entry.size for entry in entries) == pytest.approx(100_000, rel=0.2)


def test_train_takes_the_budget_as_an_option(tmp_path: Path) -> None:
    out = tmp_path / "a.ganlab"
    assert ganlab(["train", "ring-ns", "--out", str(out), "--steps", "400", "--keyframes", "0", *FAST]) == 0
    with RunFile.open(out, readonly=True) as file:
        assert len(file.keyframes()) <= 2  # the first and the newest


def test_large_networks_take_all_processors_but_one_for_a_window_and_a_run_keeps_its_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(THREADS, raising=False)
    monkeypatch.setattr(threads, "_processors", lambda: 4)
    monkeypatch.setattr(threads, "_beside_window", threading.Event())
    large = with_changes(Experiment(), {"generator.hidden": [512, 512]})
    alone = Run(large)
    assert alone.threads == 4
    _, arrays, facts = alone.state()
    threads.leave_room_for_window()
    beside = Run(large)
    assert beside.threads == 3
    beside.restore(arrays, facts)
    assert beside.threads == 4
    monkeypatch.setattr(threads, "_processors", lambda: 2)
    beside.restore(arrays, facts)
    assert beside.threads == 1  # there are no four here


def test_a_run_that_has_no_state_yet_keeps_its_number_of_threads_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(THREADS, raising=False)
    monkeypatch.setattr(threads, "_processors", lambda: 2)
    monkeypatch.setattr(threads, "_beside_window", threading.Event())
    large = with_changes(Experiment(), {"generator.hidden": [512, 512], "schedule.batch_size": 16})
    document = Document.new(large, tmp_path / "a.ganlab")
    assert document.run.threads == 2
    document.close()
    threads.leave_room_for_window()
    document = Document.open(tmp_path / "a.ganlab")
    assert document.run.threads == 2
    document.duplicate(1)
    assert document.run.threads == 2
    document.close()


def test_the_number_of_threads_can_be_set_and_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = with_changes(Experiment(), SMALL)
    monkeypatch.delenv(THREADS, raising=False)
    assert Run(experiment).threads == 1  # a toy
    monkeypatch.setenv(THREADS, "3")
    assert Run(experiment).threads == 3
    for wrong in ("0", "-1", "2.5", "many", "100000"):
        monkeypatch.setenv(THREADS, wrong)
        with pytest.raises(ExperimentError, match=f"{THREADS}: must be a whole number"):
            Run(experiment)
