"""Processes that wait for exports: ready beforehand, one job each, gone with the dialog."""

import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from test_export_dialog import opened, previewed
from windows import SLOW, run_to

from ganlab_desktop.engine.document import Document
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.ui import standby as standing_by
from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.ui.engine_client import ENGINE, EngineClient
from ganlab_desktop.ui.exporting import ExportJob
from ganlab_desktop.ui.standby import Standby
from ganlab_desktop.ui.window import Window


def waiting() -> set[int]:
    """Numbers of the processes that exports have."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if child.status() != psutil.STATUS_ZOMBIE and child.cmdline()[-2:] == ["export", "--stdio"]:
                found.add(child.pid)
    return found


def ready(window: Window) -> list[int]:
    return [int(process.processId()) for process in window.exports._standby._ready]


@pytest.fixture
def run_file(tmp_path: Path) -> Path:
    """A document whose name a shell would take apart."""
    path = tmp_path / "it's mine; $HOME.ganlab"
    Document.new(load_preset("ring-ns"), path).close()
    return path


def test_processes_wait_while_the_dialog_is_open(open_window: Callable[..., Window], qtbot: QtBot) -> None:
    window = open_window()
    run_to(window, qtbot, 5)
    assert waiting() == set()
    dialog = opened(window, qtbot, "losses")
    first = previewed(dialog, qtbot).cacheKey()
    qtbot.waitUntil(lambda: len(ready(window)) == 2, timeout=SLOW)
    used, spare = ready(window)
    dialog.form.edited.emit("raw", False)
    qtbot.waitUntil(lambda: dialog.preview.waiting, timeout=SLOW)
    assert previewed(dialog, qtbot).cacheKey() != first
    qtbot.waitUntil(lambda: not psutil.pid_exists(used), timeout=SLOW)
    qtbot.waitUntil(lambda: len(ready(window)) == 2, timeout=SLOW)
    assert spare in ready(window)
    dialog.close()
    qtbot.waitUntil(lambda: waiting() == set(), timeout=SLOW)


def test_a_superseded_preview_does_not_delay_the_next_one(open_window: Callable[..., Window], qtbot: QtBot) -> None:
    window = open_window()
    run_to(window, qtbot, 5)
    dialog = opened(window, qtbot, "losses")
    previewed(dialog, qtbot)
    qtbot.waitUntil(lambda: len(ready(window)) == 2, timeout=SLOW)
    first, second = ready(window)
    dialog.form.edited.emit("raw", False)
    qtbot.waitUntil(lambda: ready(window) == [second], timeout=SLOW)
    dialog.form.edited.emit("page.size", "slide")
    qtbot.waitUntil(lambda: second not in ready(window), timeout=SLOW)
    qtbot.waitUntil(lambda: not psutil.pid_exists(first), timeout=SLOW)
    picture = previewed(dialog, qtbot)
    assert picture.width() / picture.height() == pytest.approx(13.33 / 7.5, rel=0.02)


def test_what_is_superseded_before_a_process_is_ready_costs_none(
    open_window: Callable[..., Window], qtbot: QtBot
) -> None:
    window = open_window()
    run_to(window, qtbot, 5)
    dialog = opened(window, qtbot, "losses")
    qtbot.waitUntil(lambda: window.exports._standby._loading is not None, timeout=SLOW)
    loading = int(window.exports._standby.processes[0].processId())
    for raw in (False, True, False):
        window.exports._preview_it(dialog)
        dialog.form.edited.emit("raw", raw)
    assert waiting() == {loading}
    previewed(dialog, qtbot)


def test_a_process_that_was_killed_while_it_waited_is_replaced(
    open_window: Callable[..., Window], qtbot: QtBot
) -> None:
    window = open_window()
    run_to(window, qtbot, 5)
    dialog = opened(window, qtbot, "losses")
    previewed(dialog, qtbot)
    qtbot.waitUntil(lambda: len(ready(window)) == 2, timeout=SLOW)
    for number in ready(window):
        psutil.Process(number).kill()
    qtbot.waitUntil(lambda: ready(window) == [], timeout=SLOW)
    before = dialog.preview.picture.cacheKey()
    dialog.form.edited.emit("raw", False)
    qtbot.waitUntil(lambda: dialog.preview.picture.cacheKey() != before, timeout=SLOW)
    assert not dialog.preview.told.text()


@pytest.mark.skipif(os.name == "nt", reason="stands in for ssh with a shell")
def test_a_job_is_done_on_another_machine_as_well(
    awaiting: Awaiting, qtbot: QtBot, tmp_path: Path, run_file: Path
) -> None:
    far = tmp_path / "ssh"
    far.write_text('#!/bin/sh\nshift\nexec sh -c "$*"\n')
    far.chmod(far.stat().st_mode | stat.S_IXUSR)
    owner = QObject()
    standby = Standby(EngineClient(awaiting, [str(far), "host", *ENGINE], owner), owner)
    words = ["--what", "checkpoint", "--format", "safetensors", "--set", 'part="generator"']
    job, target = ExportJob(str(run_file), words, tmp_path / "g.safetensors", owner), tmp_path / "g.safetensors"
    failures: list[str] = []
    job.failed.connect(failures.append)
    with qtbot.waitSignal(job.ended, timeout=SLOW):
        standby.do(job)
    assert not failures
    assert b"__metadata__" in target.read_bytes()
    standby.leave()


def test_why_no_process_can_be_had_is_told(awaiting: Awaiting, qtbot: QtBot) -> None:
    owner = QObject()
    complains = "import sys; sys.exit('ganlab: no such thing here')"
    for command, reason in (
        (["/no/such/ssh", "host"], "could not be started"),
        ([sys.executable, "-c", complains], "no such thing here"),
    ):
        standby = Standby(EngineClient(awaiting, [*command, "engine", "--stdio"], owner), owner)
        job = ExportJob("a.ganlab", [], None, owner)
        failures: list[str] = []
        job.failed.connect(failures.append)
        standby.do(job)
        qtbot.waitUntil(lambda told=failures: bool(told), timeout=SLOW)
        assert reason in failures[0]
        assert standby.processes == []


def test_none_loads_beside_the_successor_of_a_superseded_job(awaiting: Awaiting, qtbot: QtBot) -> None:
    owner = QObject()
    ready = '{"fraction": 0, "doing": "waiting"}'
    works = f"import sys; print({ready!r}, file=sys.stderr, flush=True); sys.stdin.read()"
    standby = Standby(EngineClient(awaiting, [sys.executable, "-c", works, *ENGINE[-2:]], owner), owner)
    standby.keep()
    qtbot.waitUntil(lambda: len(standby._ready) == 2, timeout=SLOW)
    superseded, successor = (ExportJob("a.ganlab", [], None, owner) for _ in range(2))
    standby.do(superseded)
    standby.do(successor)
    with qtbot.waitSignal(superseded.ended, timeout=SLOW):
        superseded.cancel()
    assert standby.processes == []
    with qtbot.waitSignal(successor.ended, timeout=SLOW):
        successor.cancel()
    assert standby._loading is not None
    standby.leave()


def test_a_process_that_is_never_ready_is_given_up(
    awaiting: Awaiting, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_by, "_LOAD_MS", 1_000)
    owner = QObject()
    hangs = [sys.executable, "-c", "import time; time.sleep(600)"]
    standby = Standby(EngineClient(awaiting, [*hangs, *ENGINE[-2:]], owner), owner)
    job = ExportJob("a.ganlab", [], None, owner)
    failures: list[str] = []
    job.failed.connect(failures.append)
    standby.keep()
    number = int(standby.processes[0].processId())
    with qtbot.waitSignal(job.ended, timeout=SLOW):
        standby.do(job)
    assert failures == ["The export was not ready within 1 seconds, so it was ended."]
    assert standby.processes == []
    qtbot.waitUntil(lambda: not psutil.pid_exists(number), timeout=SLOW)
