"""The past played backwards and in a loop, and training phase by phase, from the window."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from windows import SLOW, reach, run_to, shown_at

from ganlab_desktop.ui.session import Speed
from ganlab_desktop.ui.transport import position_of


def test_shift_space_plays_backwards_until_it_is_pressed_again(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    run_to(window, qtbot, 100)
    window.transport._speed.setValue(position_of(Speed(30)))
    steps: list[int] = []
    session.frame_arrived.connect(lambda frame: steps.append(frame.step))
    keys = Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window.canvas, Qt.Key.Key_Space, keys)
    qtbot.waitUntil(lambda: session.step < 90, timeout=SLOW)
    assert session.playing
    assert steps == sorted(steps, reverse=True)
    QTest.keyClick(window.canvas, Qt.Key.Key_Space, keys)
    qtbot.waitUntil(lambda: not session.playing, timeout=5_000)
    assert 0 < session.step < 90
    assert session.head == 100
    window.play_or_pause()
    qtbot.waitUntil(lambda: session.playing and steps[-1] > steps[-2], timeout=5_000)


def test_a_loop_is_set_by_keys_and_played(open_window, qtbot) -> None:
    window = open_window()
    session = window.session
    run_to(window, qtbot, 40)
    window.seek(20)
    shown_at(window, qtbot, 20)
    QTest.keyClick(window.canvas, Qt.Key.Key_BracketLeft)
    qtbot.waitUntil(lambda: session.loop == (20, 40))
    window.seek(25)
    shown_at(window, qtbot, 25)
    QTest.keyClick(window.canvas, Qt.Key.Key_BracketRight)
    qtbot.waitUntil(lambda: session.loop == (20, 25))
    window.transport._speed.setValue(position_of(Speed(60)))
    window.play_or_pause()
    qtbot.waitUntil(lambda: session.playing, timeout=5_000)
    steps: list[int] = []
    session.frame_arrived.connect(lambda frame: steps.append(frame.step))
    qtbot.waitUntil(lambda: steps.count(20) > 1 and 25 in steps, timeout=SLOW)
    assert set(steps) <= set(range(20, 26))
    window.transport._speed.setValue(100)
    window.actions_["no_loop"].trigger()  # plays on, and trains
    qtbot.waitUntil(lambda: session.loop is None)
    qtbot.waitUntil(lambda: session.head > 45, timeout=SLOW)
    window.actions_["loop_from"].trigger()
    qtbot.wait(50)


def test_a_loop_is_drawn_with_shift_and_ends_with_the_run(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 200)
    track, session = window.scrubber.track, window.session
    start, end = (QPoint(round(track.place_of(step)), track.height() // 2) for step in (150, 50))
    QTest.mousePress(track, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, start)
    QTest.mouseMove(track, end)
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, end)
    assert session.step == 200  # nobody was sent anywhere
    drawn = track.step_at(end.x()), track.step_at(start.x())
    qtbot.waitUntil(lambda: session.loop == drawn)
    window.restart()
    qtbot.waitUntil(lambda: session.loop is None, timeout=SLOW)


def test_a_loop_without_steps_is_refused_in_words(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 10)
    said: list[str] = []
    window.session.log.connect(lambda level, text: said.append(text))
    window.actions_["loop_from"].trigger()
    assert window.session.loop is None
    assert said == ["A loop needs an end after its beginning."]


def test_at_the_low_end_of_the_slider_training_goes_phase_by_phase(open_window, qtbot) -> None:
    window = open_window()
    session, count = window.session, len(window.session.scene.phases)
    window.transport._speed.setValue(-1)
    qtbot.waitUntil(lambda: session.speed == Speed(8, phases=True))
    assert window.transport._speed_text.text() == "8 phases/s"
    done: list[int | None] = []
    session.frame_arrived.connect(lambda frame: done.append(window.phases.done))
    window.play_or_pause()
    reach(window, qtbot, 1)
    qtbot.waitUntil(lambda: count - 1 in done, timeout=SLOW)  # the update of G, while the next iteration waits
    seen = [phase for phase in dict.fromkeys(done) if phase is not None]
    assert len(seen) >= count - 2
    assert seen == sorted(seen)
    window.play_or_pause()
    qtbot.waitUntil(lambda: not session.playing, timeout=5_000)
