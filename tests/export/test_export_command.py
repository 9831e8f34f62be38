"""`ganlab export`: what it writes, says and leaves behind."""

import contextlib
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import numpy as np
import pytest
from PIL import Image

from ganlab_desktop.cli import exporting
from ganlab_desktop.cli.app import run


def export(*words: object) -> int:
    return run(["export", *map(str, words)])


def left_in(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_figure_is_written_in_the_format_of_its_ending(ring, tmp_path):
    assert export(ring, "--what", "losses", "-o", tmp_path / "a.png", "--set", "page.dpi=100", "--at", 20) == 0
    image = Image.open(tmp_path / "a.png")
    assert image.width == 335
    assert json.loads(image.text["Description"])["step"] == 20
    assert left_in(tmp_path) == ["a.png"]


def test_a_file_that_exists_is_replaced_only_by_force(ring, tmp_path, capsys):
    out = tmp_path / "a.csv"
    out.write_text("mine")
    assert export(ring, "--what", "table", "-o", out) == 2
    assert capsys.readouterr().err == f"ganlab: {out}: exists already; add --force to replace it\n"
    assert out.read_text() == "mine"
    assert export(ring, "--what", "table", "-o", out, "--force") == 0
    assert out.read_text().startswith("# Ring of eight")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--what", "nothing", "-o", "a.pdf"], 2, "kind: must be one of canvas, critic-field"),
        (["--what", "canvas", "-o", "a.gif"], 2, "a.gif: canvas is written as pdf, svg, png"),
        (["--what", "canvas", "-o", "-"], 2, "-o -: name the format too"),
        (["--what", "canvas", "-o", "a.pdf", "--set", "layers.fields=true"], 2, "layers.fields: unknown key"),
        (["--what", "canvas", "-o", "a.pdf", "--at", "999"], 2, "step 999: "),
        (["--what", "canvas", "-o", "a.pdf", "--run", "4"], 2, "run 4: "),
        (["--what", "canvas", "-o", "a.pdf", "--set", "page.latex=true"], 1, "page.latex: no latex is installed"),
        (["--what", "canvas", "-o", "no/such/a.pdf"], 1, "no/such/a.pdf: No such file or directory"),
        (["--what", "canvas", "-o", "a.csv"], 1, ".csv holds one table"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_nothing(ring, tmp_path, monkeypatch, capsys, words, code, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    assert export(ring, *words) == code
    error = capsys.readouterr().err
    assert error.startswith(f"ganlab: {said}")
    assert error.count("\n") == 1
    assert left_in(tmp_path) == []


def test_no_run_file_is_one_line(tmp_path, capsys):
    (tmp_path / "a.ganlab").write_text("no")
    assert export(tmp_path / "a.ganlab", "--what", "table", "-o", tmp_path / "a.csv") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert left_in(tmp_path) == ["a.ganlab"]


def test_damage_is_told_beside_what_is_written(ring, tmp_path, capsys):
    path = tmp_path / "a.ganlab"
    path.write_bytes(ring.read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE keyframes SET tensors = zeroblob(9) WHERE step BETWEEN 1 AND 149")
    assert export(path, "--what", "samples", "-o", tmp_path / "a.npz", "--at", 120) == 0
    said = capsys.readouterr().err
    assert "note: a.ganlab: damaged: keyframes of step" in said
    assert all(line.startswith("note: a.ganlab: ") for line in said.splitlines())
    assert (tmp_path / "a.npz").exists()


def test_bytes_go_to_standard_output_and_progress_to_standard_error(ring):
    words = ["export", ring, "--what", "time-strip", "-o", "-", "--format", "npz", "--set", "resolution=16"]
    done = subprocess.run([sys.executable, "-m", "ganlab_desktop", *words], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "150.surface.value" in np.load(io.BytesIO(done.stdout))
    told = [json.loads(line) for line in done.stderr.splitlines()]
    fractions = [line["fraction"] for line in told]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert any("step 75" in line["doing"] for line in told)


def standby(*program: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, *(program or ("-m", "ganlab_desktop", "export", "--stdio"))]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)


def test_an_export_that_waits_takes_its_words_from_a_line_and_writes_the_same(ring):
    words = [str(ring), "--what", "canvas", "--format", "png", "--set", "page.dpi=60"]
    with standby() as process:
        assert json.loads(process.stderr.readline()) == {"fraction": 0.0, "doing": "waiting"}
        process.stdin.write(json.dumps(words).encode() + b"\n")
        process.stdin.flush()
        picture, said = process.stdout.read(), process.stderr.read()
    assert process.returncode == 0
    fresh = [sys.executable, "-m", "ganlab_desktop", "export", *words, "-o", "-"]
    assert picture == subprocess.run(fresh, capture_output=True, timeout=120, check=True).stdout
    assert json.loads(said.splitlines()[-1]) == {"fraction": 1.0, "doing": "done"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"canvas", b"export --stdio: standard input must give a list of words as JSON"),
        (b"3", b"export --stdio: standard input must give a list of words as JSON"),
        (b'["no.ganlab", "--what", "tables"]', b"kind: must be one of canvas"),
    ],
)
def test_an_export_that_waits_refuses_other_lines(line, said):
    with standby() as process:
        process.stdin.write(line + b"\n")
        process.stdin.flush()
        waiting, *last = process.stderr.read().splitlines()
    assert process.returncode == 2
    assert b"waiting" in waiting
    assert [error.startswith(b"ganlab: " + said) for error in last] == [True]


@pytest.mark.parametrize("moment", ["loading", "waiting", "writing"])
def test_an_export_that_waits_ends_with_its_input(ring, moment):
    with standby() as process:
        if moment != "loading":
            assert b"waiting" in process.stderr.readline()
        if moment == "writing":
            process.stdin.write(json.dumps([str(ring), "--what", "truth", "--format", "png"]).encode() + b"\n")
            process.stdin.flush()
            assert b"reading" in process.stderr.readline()
        process.stdin.close()
        assert process.wait(timeout=20) == 1
        assert process.stdout.read() == b""


ON_WINDOWS = """
import os, sys, threading
from types import SimpleNamespace
from ganlab_desktop.cli import standby

def told(word, do):
    def telling(*arguments):
        print(word, file=sys.stderr, flush=True)
        assert threading.active_count() == 1
        return do(*arguments)
    return telling

standby.sys = SimpleNamespace(platform="win32", stderr=sys.stderr)
standby.os = SimpleNamespace(read=told("reads", os.read), _exit=os._exit)
standby.import_module = told("loads", standby.import_module)
standby.serve()
"""


def test_on_windows_nothing_is_read_while_an_export_loads(ring):
    words = [str(ring), "--what", "canvas", "--format", "png", "--set", "page.dpi=60"]
    with standby("-c", ON_WINDOWS) as process:
        said = []
        while said[-1:] != [b"reads"] and (line := process.stderr.readline()):
            said.append(line.strip())
        assert set(said[:-2]) == {b"loads"}
        assert json.loads(said[-2])["doing"] == "waiting"
        process.stdin.write(json.dumps(words).encode() + b"\n")
        process.stdin.flush()
        picture, last = process.stdout.read(), process.stderr.read().splitlines()[-1]
    assert json.loads(last)["doing"] == "done"
    assert Image.open(io.BytesIO(picture)).format == "PNG"


def test_on_windows_an_export_that_waits_ends_with_its_input():
    with standby("-c", ON_WINDOWS) as process:
        process.stdin.close()
        assert process.wait(timeout=60) == 1
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_export_that_is_stopped_leaves_nothing(ring, tmp_path, number):
    out = tmp_path / "a.png"
    words = ["export", ring, "--what", "composed", "-o", out, "--set", "panels[0].kind=truth"]
    process = subprocess.Popen([sys.executable, "-m", "ganlab_desktop", *words], stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not left_in(tmp_path) and time.monotonic() < until:
        time.sleep(0.01)
    assert left_in(tmp_path)
    os.kill(process.pid, number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in error
    assert left_in(tmp_path) == []


def test_what_a_killed_export_has_left_goes_with_the_next_one(ring, tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f".a.csv.{ended.pid}.part"
    at_work, others = tmp_path / f".a.csv.{os.getppid()}.part", tmp_path / f".b.csv.{ended.pid}.part"
    same = tmp_path / f".a.csv.{os.getpid()}.part"  # as in a container that was started anew
    for file in (left, same, at_work, others):
        file.write_text("half")
    assert export(ring, "--what", "table", "-o", tmp_path / "a.csv") == 0
    assert [file.exists() for file in (left, same, at_work, others)] == [False, False, True, True]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_is_heard_wherever_it_comes(ring, tmp_path, monkeypatch, number):
    def dropping(path, run, at, wanted, ending, stream, tell):
        with contextlib.suppress(KeyboardInterrupt):  # as Python does in a finaliser
            os.kill(os.getpid(), number)
            time.sleep(1.0)
        tell(0.5, "drawing")
        pytest.fail("it went on")

    monkeypatch.setattr(exporting, "_write", dropping)
    assert export(ring, "--what", "canvas", "-o", tmp_path / "a.png") == 130
    assert left_in(tmp_path) == []


def test_a_failure_while_writing_leaves_nothing(ring, tmp_path, monkeypatch):
    def failing(*given):
        given[5].write(b"half")
        raise RuntimeError("torn")

    monkeypatch.setattr(exporting, "_write", failing)
    assert export(ring, "--what", "canvas", "-o", tmp_path / "a.png") == 1
    assert left_in(tmp_path) == []


def test_a_document_is_read_while_another_process_trains_in_it(ring, tmp_path):
    path = tmp_path / "b.ganlab"
    path.write_bytes(ring.read_bytes())
    words = ["train", path, "--steps", "100000"]
    training = subprocess.Popen([sys.executable, "-m", "ganlab_desktop", *words], stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert export(path, "--what", "losses", "-o", tmp_path / "a.npz", "--force") == 0
            if np.load(tmp_path / "a.npz")["losses.step"][-1] > 150:
                break
        assert np.load(tmp_path / "a.npz")["losses.step"][-1] > 150
        assert training.poll() is None
    finally:
        training.send_signal(signal.SIGINT)
        assert training.wait(60) == 130


def test_settings_of_an_export_are_explained(capsys):
    assert run(["show", "--export", "canvas"]) == 0
    assert "[page]" in capsys.readouterr().out
