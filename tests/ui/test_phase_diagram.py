"""The phases of an iteration in the window: which one is done, which comes next, and on what they work."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from windows import SLOW, run_to, shown_at

from ganlab_desktop.ui.phase_diagram import Turn, turns_of
from ganlab_desktop.ui.window import Window
from ganlab_desktop.wire.messages import PhaseInfo


def click(window: Window, phase: int) -> None:
    place = window.phases.place_of(phase).toPoint()
    QTest.mouseClick(window.phases, Qt.MouseButton.LeftButton, pos=place)


def colour_at(window: Window, phase: int) -> str:
    """The ground of a phase's cell, beside its word."""
    place = window.phases.place_of(phase).toPoint()
    cell = next(cell for cell, first in window.phases._layout() if cell.contains(place))
    return window.phases.grab().toImage().pixelColor(QPoint(round(cell.left()) + 4, place.y() + 5)).name()


def numbers(window: Window) -> list[str]:
    """The key numbers of the canvas."""
    return [number.value for number in window.canvas.header.numbers]


def points(window: Window, layer: str) -> int:
    x, _ = window.canvas.plane.layers[layer].points.getData()
    return len(x)


def test_turns_that_repeat_share_their_phases() -> None:
    looks = ("real batch", "fake batch", "forward", "gradient", "update")
    phases = [PhaseInfo("discriminator", name, update) for update in range(5) for name in looks]
    phases += [PhaseInfo("generator", name) for name in ("latent batch", "forward", "gradient", "update")]
    assert turns_of(tuple(phases)) == [
        Turn("discriminator", looks, 0, 5),
        Turn("generator", ("latent batch", "forward", "gradient", "update"), 25, 1),
    ]
    moves = (("discriminator", "forward"), ("generator", "forward"), ("discriminator", "update"))
    both = tuple(PhaseInfo(player, name) for player, name in moves)
    assert [turn.first for turn in turns_of(both)] == [0, 1, 2]
    assert turns_of(()) == []


def test_the_diagram_shows_what_is_done_and_what_comes_next(open_window, qtbot) -> None:
    window = open_window()
    phases, diagram = window.session.scene.phases, window.phases
    assert (diagram.done, diagram.next) == (None, None)
    plain = colour_at(window, 0)
    for done in range(len(phases) - 1):
        window.actions_["phase"].trigger()
        qtbot.waitUntil(lambda done=done: diagram.done == done, timeout=SLOW)
        assert diagram.next == done + 1
        assert colour_at(window, done) != plain
        assert f"next: {phases[done + 1].player[0].upper()} {phases[done + 1].name}" in diagram.accessibleDescription()
    window.actions_["phase"].trigger()
    qtbot.waitUntil(lambda: window.session.step == 1 and diagram.done is None, timeout=SLOW)
    assert diagram.accessibleDescription() == ""


def test_a_click_on_a_phase_goes_there_forwards_back_and_in_the_past(open_window, qtbot) -> None:
    window = open_window()
    run_to(window, qtbot, 20)
    last = len(window.session.scene.phases) - 1
    for phase in (3, 1, last - 1):
        click(window, phase)
        shown_at(window, qtbot, 20, phase + 1)
    click(window, last)
    shown_at(window, qtbot, 21)
    assert window.session.head == 21
    window.seek(7)
    shown_at(window, qtbot, 7)
    click(window, 2)
    shown_at(window, qtbot, 7, 3)
    click(window, last)
    shown_at(window, qtbot, 8)
    assert window.session.head == 21


def test_a_click_on_a_phase_pauses_a_run_that_plays(open_window, qtbot) -> None:
    window = open_window(play=True)
    qtbot.waitUntil(lambda: window.session.step > 5, timeout=SLOW)
    click(window, 2)
    qtbot.waitUntil(lambda: not window.session.playing and window.session.phase == 3, timeout=SLOW)


def test_within_an_iteration_the_canvas_shows_the_batch_of_the_phase(open_window, qtbot) -> None:
    window = open_window()
    size = window.session.experiment.schedule.batch_size
    run_to(window, qtbot, 3)
    shown_at(window, qtbot, 3)
    usual = points(window, "real"), points(window, "generated")
    names = [phase.name for phase in window.session.scene.phases]
    expected = {"real batch": (size, 0), "fake batch": (size, size), "latent batch": (0, 0)}
    for phase in range(3):
        click(window, phase)
        wanted = expected.get(names[phase], (size, size))
        qtbot.waitUntil(lambda told=f"D {names[phase]}": told in numbers(window), timeout=SLOW)
        qtbot.waitUntil(lambda w=wanted: (points(window, "real"), points(window, "generated")) == w, timeout=SLOW)
    click(window, names.index("latent batch"))
    qtbot.waitUntil(lambda: (points(window, "real"), points(window, "generated")) == (0, 0), timeout=SLOW)
    click(window, len(names) - 1)
    qtbot.waitUntil(lambda: (points(window, "real"), points(window, "generated")) == usual, timeout=SLOW)


def test_the_diagram_never_widens_the_window_and_shows_all_its_words_at_its_first_size(open_window, qtbot) -> None:
    window = open_window()
    bare = window.scrubber.minimumSizeHint().width()
    assert window.phases.minimumSizeHint().width() <= bare
    window.do(window.session.edit({"schedule.discriminator_steps": 5}))
    qtbot.waitUntil(lambda: len(window.session.scene.phases) > 20, timeout=SLOW)
    cells = [cell for cell, _ in window.phases._layout()]
    assert len(cells) == 9
    assert cells[-1].right() <= window.phases.width()
