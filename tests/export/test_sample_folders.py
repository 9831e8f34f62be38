"""Samples as a folder of pictures: whole or not at all, and never in the way of what is there."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from ganlab_desktop.cli.app import run

MANY = ("--set", "count=20000")


def words_of(document: Path, out: object, *more: str) -> list[str]:
    return ["export", str(document), "--what", "samples", "-o", str(out), *more]


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("data", ["digits", "pairs"])
@pytest.mark.parametrize("name", ["pictures", "pictures.v2/"])
def test_a_folder_holds_what_the_zip_holds(
    data: str, name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    document = request.getfixturevalue(data)
    few = ("--set", "count=12")
    assert run(words_of(document, f"{tmp_path}/{name}", *few)) == 0
    assert run(words_of(document, tmp_path / "a.zip", *few)) == 0
    assert names_in(tmp_path) == ["a.zip", name.removesuffix("/")]
    with zipfile.ZipFile(io.BytesIO((tmp_path / "a.zip").read_bytes())) as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    assert files_in(tmp_path / name) == zipped
    assert sum(name.endswith(".png") for name in zipped) == (12 if data == "digits" else 36)


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_folder_that_holds_something_is_left_alone(
    digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], force: tuple[str, ...]
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "a.txt").write_text("mine")
    for place, what in ((mine, "is a folder that is not empty"), (mine / "a.txt", "is a file")):
        assert run(words_of(digits, f"{place}/", *force)) == 2
        told = capsys.readouterr().err
        assert told == f"ganlab: {place}: {what}; name a new folder, or a file with an ending\n"
    assert files_in(tmp_path) == {"mine/a.txt": b"mine"}


def test_what_came_into_the_folder_meanwhile_is_left_alone(
    digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ganlab_desktop.export import samples_file

    out, ready = tmp_path / "pictures", samples_file.drawn_samples

    def someone_else_writes(*given: object) -> object:
        out.mkdir()
        (out / "a.txt").write_text("theirs")
        return ready(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(samples_file, "drawn_samples", someone_else_writes)
    assert run(words_of(digits, out, "--set", "count=3")) == 1
    assert capsys.readouterr().err == f"ganlab: {out}: Directory not empty\n"
    assert files_in(tmp_path) == {"pictures/a.txt": b"theirs"}


def test_an_empty_folder_is_filled(digits: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run(words_of(digits, tmp_path / "empty", "--set", "count=3")) == 0
    assert names_in(tmp_path) == ["empty"]
    assert names_in(tmp_path / "empty") == ["000000.png", "000001.png", "000002.png", "about.json", "labels.csv"]


def test_the_working_folder_is_left_alone(
    digits: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    for name in (".", "./", str(tmp_path)):
        assert run(words_of(digits, name, "--set", "count=3")) == 2
        told = capsys.readouterr().err
        assert told == f"ganlab: {tmp_path}: is the folder that you are in; name a new folder in it, or a file\n"
    assert names_in(tmp_path) == []
    assert tmp_path.stat().st_ino == before


def test_points_are_no_pictures(ring: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words_of(ring, tmp_path / "points")) == 1
    assert (
        capsys.readouterr().err == "ganlab: samples: a folder is for images, and these are points: write .npz or .csv\n"
    )
    assert names_in(tmp_path) == []


def begun(document: Path, out: Path) -> subprocess.Popen[str]:
    """An export that has written some of its pictures."""
    command = [sys.executable, "-m", "ganlab_desktop", *words_of(document, out, *MANY)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not list(out.parent.glob(".*.part/*.png")) and time.monotonic() < until:
        time.sleep(0.01)
    assert process.poll() is None
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_stopped_leaves_nothing(digits: Path, tmp_path: Path, number: int) -> None:
    process = begun(digits, tmp_path / "pictures")
    os.kill(process.pid, number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in error
    assert names_in(tmp_path) == []


def test_what_one_that_was_killed_has_left_goes_with_the_next_one(digits: Path, tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    process = begun(digits, out)
    process.kill()
    process.communicate(timeout=60)
    assert not out.exists()
    assert names_in(tmp_path) == [f".pictures.{process.pid}.part"]
    assert run(words_of(digits, out, "--set", "count=3")) == 0
    assert names_in(tmp_path) == ["pictures"]
