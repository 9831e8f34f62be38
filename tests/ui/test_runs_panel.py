"""The tree of runs in the real window: the past is changed, forks are turned to, named, compared and deleted."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from windows import SLOW, enter, run_to

from ganlab_desktop.ui.panels.runs import DIFFERS, NOTE, RUN, Runs
from ganlab_desktop.ui.window import Window


@pytest.fixture
def window(open_window: Callable[..., Window], qtbot: QtBot) -> Window:
    """A run of 40 steps with its Runs panel in sight."""
    shown = open_window()
    shown.docks["runs"].show()
    run_to(shown, qtbot, 40)
    return shown


def at(window: Window) -> tuple[int, int]:
    """The run at hand and its newest step."""
    assert window.session.scene is not None
    return window.session.scene.branch, window.session.head


def turn(window: Window, qtbot: QtBot, run: int) -> None:
    window.runs.turn_wanted.emit(run)
    qtbot.waitUntil(lambda: at(window)[0] == run, timeout=SLOW)


def settled(window: Window, qtbot: QtBot) -> Runs:
    """The panel once the table tells of the step shown."""
    runs = window.runs

    def told() -> bool:
        at_hand = runs._compared.get(at(window)[0])
        return len(runs._compared) == len(runs._rows) and at_hand is not None and at_hand.step == window.session.step

    qtbot.waitUntil(told, timeout=SLOW)
    return runs


def test_a_change_of_the_past_goes_on_in_a_fork_and_the_way_back_is_offered(window, qtbot) -> None:
    window.seek(25)
    qtbot.waitUntil(lambda: window.session.step == 25, timeout=SLOW)
    enter(window, "optimizer.generator.lr", "0.01")
    qtbot.waitUntil(lambda: at(window) == (2, 25), timeout=SLOW)
    assert "25" in window.banner.text
    run_to(window, qtbot, 35)
    window.banner.accept()
    qtbot.waitUntil(lambda: at(window) == (1, 40), timeout=SLOW)
    assert window.session.experiment.optimizer.generator.lr == pytest.approx(0.001)


def test_a_fork_is_drawn_below_its_run_and_its_curves_beside_it(window, qtbot) -> None:
    window.fork()
    qtbot.waitUntil(lambda: at(window) == (2, 40), timeout=SLOW)
    enter(window, "optimizer.generator.lr", "0.01")
    run_to(window, qtbot, 60)
    runs = settled(window, qtbot)
    assert runs._rows[2].parent() is runs._rows[1]
    assert runs._rows[2].font(RUN).bold()
    runs._rows[1].setCheckState(RUN, Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: bool(window.losses.plot._beside), timeout=SLOW)
    steps, _ = next(iter(window.losses.plot._beside.values())).getData()
    assert steps.max() == 40
    runs._rows[1].setCheckState(RUN, Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: not window.losses.plot._beside, timeout=SLOW)


def test_the_table_tells_what_differs_and_is_copied(window, qtbot) -> None:
    window.fork()
    qtbot.waitUntil(lambda: at(window) == (2, 40), timeout=SLOW)
    enter(window, "optimizer.generator.lr", "0.01")
    qtbot.waitUntil(lambda: window.session.experiment.optimizer.generator.lr == pytest.approx(0.01), timeout=SLOW)
    run_to(window, qtbot, 60)
    runs = settled(window, qtbot)
    assert runs._compared[1].differs == {"optimizer.generator.lr": "0.001"}
    assert runs._compared[1].step == 40
    runs.copy_table()
    lines = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    assert lines[0][:3] == ["Run", "Step", "Differs in"]
    assert [line[1] for line in lines[1:]] == ["40", "60"]


def test_runs_are_named_annotated_deleted_and_taken_back(window, qtbot) -> None:
    window.fork()
    qtbot.waitUntil(lambda: at(window) == (2, 40), timeout=SLOW)
    window.runs._rows[2].setText(RUN, "higher rate")
    qtbot.waitUntil(lambda: window.session.scene.runs[1].title == "higher rate", timeout=SLOW)
    window.runs._rows[2].setText(NOTE, "looks better")
    qtbot.waitUntil(lambda: window.session.scene.runs[1].note == "looks better", timeout=SLOW)
    menu = window.runs.menu_of(2)
    next(action for action in menu.actions() if action.text() == "Delete").trigger()
    qtbot.waitUntil(lambda: at(window)[0] == 1 and list(window.runs._rows) == [1], timeout=SLOW)
    window.banner.accept()
    qtbot.waitUntil(lambda: list(window.runs._rows) == [1, 2], timeout=SLOW)
    turn(window, qtbot, 2)
    assert at(window) == (2, 40)
    menu.deleteLater()


def test_another_seed_begins_beside_it(window, qtbot) -> None:
    window.forks._duplicate(5)
    qtbot.waitUntil(lambda: at(window) == (2, 0), timeout=SLOW)
    assert window.session.experiment.seed == 5
    run_to(window, qtbot, 10)
    assert window.runs._rows[2].parent() is None


def test_a_fork_of_a_run_that_trains_trains_on(window, qtbot) -> None:
    window.play_or_pause()
    qtbot.waitUntil(lambda: window.session.step > 60, timeout=SLOW)
    window.fork()
    qtbot.waitUntil(lambda: at(window)[0] == 2, timeout=SLOW)
    qtbot.waitUntil(lambda: window.session.playing, timeout=SLOW)
    forked = window.session.scene.runs[1].forked_at
    qtbot.waitUntil(lambda: window.session.step > forked + 20, timeout=SLOW)
    assert window.session.series["step"].count >= forked


def test_the_tree_is_there_when_the_document_is_opened_again(window, qtbot, tmp_path, open_window) -> None:
    window.fork()
    qtbot.waitUntil(lambda: at(window) == (2, 40), timeout=SLOW)
    run_to(window, qtbot, 50)
    path = tmp_path / "tree.ganlab"
    window.documents.save_to(str(path))
    qtbot.waitUntil(lambda: window.session.path == str(path), timeout=SLOW)
    with qtbot.waitSignal(window.closed, timeout=20_000):
        window.close()
    again = open_window(str(path))
    assert at(again) == (2, 50)
    assert [run.forked_at for run in again.session.scene.runs] == [0, 40]


def shown_beside(window: Window, run: int, step: int) -> bool:
    """Whether the second canvas shows a run at a step, with its samples and its surface."""
    beside = window.beside
    samples = beside.pictures.get("samples")
    of_run = beside.isVisible() and beside.scene is not None and beside.scene.branch == run
    return of_run and samples is not None and samples.step == step and "surface" in beside.pictures


def test_a_second_canvas_follows_the_step_or_rests_at_its_own(window, qtbot) -> None:
    window.seek(20)
    qtbot.waitUntil(lambda: window.session.step == 20, timeout=SLOW)
    window.fork()
    qtbot.waitUntil(lambda: at(window) == (2, 20), timeout=SLOW)
    enter(window, "optimizer.generator.lr", "0.01")
    run_to(window, qtbot, 60)
    next(a for a in window.runs.menu_of(1).actions() if a.text() == "Show on a second canvas").trigger()
    qtbot.waitUntil(lambda: shown_beside(window, 1, 40), timeout=SLOW)  # as far as that run goes
    window.seek(30)
    qtbot.waitUntil(lambda: shown_beside(window, 1, 30), timeout=SLOW)
    first, second = (c.pictures["samples"].arrays["fake"].numpy() for c in (window.canvas, window.beside))
    assert (first != second).any()
    window.seek(15)  # before the fork both are one run
    qtbot.waitUntil(lambda: shown_beside(window, 1, 15), timeout=SLOW)
    qtbot.waitUntil(lambda: window.canvas.pictures["samples"].step == 15, timeout=SLOW)
    first, second = (c.pictures["samples"].arrays["fake"].numpy() for c in (window.canvas, window.beside))
    assert (first == second).all()
    window.beside.own_step.setText("33")
    window.beside.own_step.returnPressed.emit()
    qtbot.waitUntil(lambda: shown_beside(window, 1, 33), timeout=SLOW)
    window.go_to_end()
    qtbot.waitUntil(lambda: window.session.step == 60, timeout=SLOW)
    assert shown_beside(window, 1, 33)
    window.beside.close_wanted.emit()
    qtbot.waitUntil(lambda: not window.beside.isVisible(), timeout=SLOW)


def test_a_second_canvas_keeps_up_with_training(window, qtbot) -> None:
    window.fork()
    qtbot.waitUntil(lambda: at(window) == (2, 40), timeout=SLOW)
    run_to(window, qtbot, 300)
    window.forks.show_beside(2)
    turned = window.session.turn_to(1)
    window.do(turned)
    qtbot.waitUntil(lambda: at(window)[0] == 1, timeout=SLOW)
    qtbot.waitUntil(lambda: not window.beside.isVisible(), timeout=SLOW)  # another run came to the first one
    window.forks.show_beside(2)
    qtbot.waitUntil(lambda: shown_beside(window, 2, 40), timeout=SLOW)
    window.run_steps(400)
    qtbot.waitUntil(lambda: shown_beside(window, 2, 300), timeout=SLOW)


def written_in_place(window: Window, run: int, column: int, text: str) -> QLineEdit:
    """The editor of a run's title or note, with something typed into it."""
    tree = window.runs.tree
    tree.editItem(window.runs._rows[run], column)
    editor = tree.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, text)
    return editor


@pytest.mark.parametrize("column", [RUN, NOTE])
def test_what_is_typed_into_the_table_stays_while_the_run_trains_and_is_edited(window, qtbot, column) -> None:
    window.fork()
    qtbot.waitUntil(lambda: at(window) == (2, 40), timeout=SLOW)
    run_to(window, qtbot, 60)
    runs = settled(window, qtbot)
    editor = written_in_place(window, 2, column, "half a wo")
    window.do(window.session.edit({"optimizer.generator.lr": 0.01}))  # a scene comes
    qtbot.waitUntil(lambda: window.session.experiment.optimizer.generator.lr == pytest.approx(0.01), timeout=SLOW)
    runs._ask()  # and the table is filled anew
    qtbot.wait(500)
    assert editor.text() == "half a wo"
    QTest.keyClicks(editor, "rd")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    said = (lambda run: run.title) if column == RUN else (lambda run: run.note)
    qtbot.waitUntil(lambda: said(window.session.scene.runs[1]) == "half a word", timeout=SLOW)
    qtbot.waitUntil(lambda: runs._rows[2].text(column) == "half a word", timeout=SLOW)
    assert runs._rows[1].text(column) != "half a word"
    qtbot.waitUntil(lambda: bool(runs._rows[1].text(DIFFERS)), timeout=SLOW)  # what came meanwhile is shown
