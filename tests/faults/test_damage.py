"""A file cut off or with bits flipped anywhere is refused with one clear line, or opens as far as it is sound."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from ganlab_desktop.cli.app import run as ganlab
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.frames import scene_of
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.runfile.errors import RunFileError

SMALL = {"schedule.batch_size": 16, "generator.hidden": [8], "discriminator.hidden": [8]}
CASES, SAMPLE = 200, 24
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file with edits, lone moves, series, states and keyframes."""
    torch.set_num_threads(1)
    path = tmp_path_factory.mktemp("whole") / "a.ganlab"
    document = Document.new(with_changes(Experiment(), SMALL), path)
    document.start_writing(lambda step: None, lambda text: None)
    for step in range(200):
        if step in (30, 90):
            document.edit({"optimizer.generator.lr": 1e-3 + 1e-5 * step})
        document.run.advance("discriminator" if step in (50, 51) else None)
        if step % 20 == 0:
            document.run.timeline.keep(document.run.game)
        if step % 60 == 0:
            document.save()
    document.close()
    return path.read_bytes()


def damaged(data: bytes, seed: int) -> bytes:
    """Cut at a random place, or with some random bytes in one or several places."""
    chance = random.Random(seed)
    spoiled = bytearray(data)
    if seed % 3 == 0:
        return bytes(spoiled[: chance.randrange(len(spoiled))])
    for _ in range(chance.choice((1, 1, 4, 40))):
        place = chance.randrange(len(spoiled)) if chance.random() < 0.7 else chance.randrange(8192)  # or in the schema
        junk = chance.randbytes(chance.choice((1, 1, 8, 300)))
        spoiled[place : place + len(junk)] = junk
    return bytes(spoiled[: len(data)])


def is_clear(text: str) -> bool:
    return bool(text.strip()) and text.strip().count("\n") == 0 and "Traceback" not in text


def use(path: Path) -> list[str]:
    """Open the run as a window does, look at its past, train on, save; the errors that were told."""
    told: list[str] = []

    @contextmanager
    def telling(*kinds: type[Exception]) -> Iterator[None]:
        try:
            yield
        except kinds as error:
            told.append(str(error))

    document = None
    with telling(ExperimentError, RunFileError):
        document = Document.open(path)
    if document is None:
        assert told[0].startswith(f"{path}: ")
        return told
    document.start_writing(lambda step: None, lambda text: None)
    told += scene_of(document).warnings
    replica = Replica(document.run.timeline, torch.device("cpu"))
    for step in (document.run.step, 130, 60, 10):
        with telling(LookupError, RunFileError):
            replica.aim(min(step, document.run.step))
            replica.work(20.0)
    with telling(RunFileError):
        document.run.advance()
        document.save()
    with telling(RunFileError):
        document.close()
    return told


def survives(data: bytes, seed: int, folder: Path, capsys: Capture) -> None:
    path = folder / f"{seed}.ganlab"
    path.write_bytes(damaged(data, seed))
    capsys.readouterr()
    assert ganlab(["info", str(path), "--json"]) in (0, 2)
    told = capsys.readouterr()
    assert is_clear(told.err or told.out), told
    assert all(map(is_clear, use(path)))
    left = [name.name for name in folder.iterdir() if name != path]
    assert not [name for name in left if "lock" in name], left
    path.unlink()


@pytest.mark.parametrize("seed", range(SAMPLE))
def test_a_damaged_file_is_refused_or_opens_in_part(whole: bytes, seed: int, tmp_path: Path, capsys: Capture) -> None:
    survives(whole, seed, tmp_path, capsys)


@pytest.mark.soak
def test_no_damage_does_more_than_that(whole: bytes, tmp_path: Path, capsys: Capture) -> None:
    for seed in range(SAMPLE, CASES):
        survives(whole, seed, tmp_path, capsys)
