"""What File > Open recent shows of files before they are opened."""

import os
import signal
import sqlite3

from windows import SLOW, run_to

from ganlab_desktop.ui.session import Kept


def test_recent_files_are_seen_before_they_are_opened(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    kept, broken = tmp_path / "mine <i>now.ganlab", tmp_path / "broken.ganlab"
    run_to(window, qtbot, 30)
    window.documents.save_to(str(kept))
    qtbot.waitUntil(lambda: window.session.path == str(kept), timeout=SLOW)
    window.documents.new_from_preset("ring-ls")
    qtbot.waitUntil(lambda: window.session.path != str(kept), timeout=SLOW)
    broken.write_text("no run")
    menu = window.documents.recent
    menu.add(Kept(str(broken)))
    menu.add(Kept(str(kept)))
    menu.aboutToShow.emit()
    whole, damaged = menu.actions()[:2]
    qtbot.waitUntil(lambda: not whole.icon().isNull(), timeout=SLOW)
    picture = whole.icon().pixmap(48, 48).toImage()
    assert len({picture.pixel(x, y) for x in range(48) for y in range(48)}) > 50
    assert "30 steps" in whole.toolTip()
    assert "<i>" not in whole.toolTip()
    assert "not a run file" in damaged.toolTip()
    with sqlite3.connect(kept) as file:
        assert file.execute("SELECT step FROM thumbnails").fetchone() == (30,)
    file.close()


def test_without_an_engine_the_names_alone_are_listed(open_window, qtbot, tmp_path) -> None:
    window = open_window()
    run_to(window, qtbot, 5)
    (tmp_path / "mine.ganlab").write_text("")
    window.documents.recent.add(Kept(str(tmp_path / "mine.ganlab")))
    os.kill(window._client.process_id, signal.SIGKILL)
    qtbot.waitUntil(lambda: not window._client.alive, timeout=SLOW)
    window.documents.recent.aboutToShow.emit()
    assert window.documents.recent.actions()[0].text() == "mine.ganlab"
