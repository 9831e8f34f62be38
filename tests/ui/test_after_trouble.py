"""What a window says and offers after a crash, and where a run could not be written."""

from pathlib import Path

from engine_process import Engine
from windows import SLOW, close

from ganlab_desktop.wire import messages as wire


def cut_off(folder: Path, steps: int) -> str:
    """Train an untitled run and kill its engine; its file."""
    engine = Engine(folder)
    scene = engine.start()
    if steps:
        engine.ask(wire.Step, steps)
        engine.until(lambda message: isinstance(message, wire.Paused))
    engine.kill()
    return scene.path


def test_runs_that_were_cut_off_are_offered_and_restored(open_window, qtbot, tmp_path) -> None:
    older, newer = cut_off(tmp_path / "data", 30), cut_off(tmp_path / "data", 1500)
    cut_off(tmp_path / "data", 0)
    window = open_window(ask=True)
    qtbot.waitUntil(lambda: window.banner.isVisible(), timeout=SLOW)
    assert window.banner.text.strip().startswith("small was cut off. It is saved up to step 1,500.")
    assert window.banner.text.endswith("Others are under File > Open recent: 1.")
    assert window.documents.recent.paths()[:2] == [newer, older]
    window.banner.accept()
    qtbot.waitUntil(lambda: window.session.scene is not None and window.session.scene.path == newer, timeout=SLOW)
    assert window.session.head == 1500
    close(window, qtbot)

    again = open_window(ask=True)
    qtbot.waitUntil(lambda: again.session.scene is not None, timeout=SLOW)
    qtbot.wait(500)
    assert not again.banner.isVisible()


def test_a_run_that_could_not_be_written_goes_on_when_there_is_space_again(open_window, qtbot) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: window.session.scene is not None, timeout=SLOW)
    window._client.paused.emit(wire.Paused(0, "failed", "a.ganlab: the disk is full"))
    assert "the disk is full" in window.banner.text
    window.banner.accept()
    qtbot.waitUntil(lambda: window.session.playing and window.session.step > 10, timeout=SLOW)
    assert not window.banner.isVisible()
