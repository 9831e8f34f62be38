"""The line of time marks the steps whose state is kept, while the run rests."""

import sqlite3
from contextlib import closing

import numpy as np
from windows import SLOW, reach, run_to


def test_kept_steps_are_marked_at_rest_and_those_of_the_file_again_on_opening(open_window, qtbot) -> None:
    window = open_window()
    session, track = window.session, window.scrubber.track
    run_to(window, qtbot, 800)
    qtbot.waitUntil(lambda: len(track.keyframes) > 2, timeout=SLOW)
    assert session.keyframe_count >= len(track.keyframes)
    assert track.keyframes[0] == 0
    assert (np.diff(track.keyframes) > 0).all()
    assert track.keyframes[-1] <= 800
    window.bookmarks.mark()
    qtbot.waitUntil(lambda: 800 in track.keyframes, timeout=SLOW)  # a mark keeps its state
    with closing(sqlite3.connect(f"file:{session.scene.path}?mode=ro", uri=True)) as file:
        kept = {step for (step,) in file.execute("SELECT step FROM keyframes")}
    assert set(track.keyframes) <= kept | {0}
    window.play_or_pause()
    reach(window, qtbot, 1300)
    assert track.keyframes == ()
    window.play_or_pause()
    qtbot.waitUntil(lambda: track.keyframes[-1:] > (800,), timeout=SLOW)
