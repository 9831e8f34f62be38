"""The best step by a metric in the window: marked, told, gone to, and the end of patience."""

from windows import SLOW, run_to, shown_at


def test_the_best_step_is_marked_told_and_gone_to(open_window, qtbot) -> None:
    window = open_window()
    session, track = window.session, window.scrubber.track
    assert not window.actions_["best"].isEnabled()
    window.do(session.edit({"selection.metric": "w1", "selection.every": 20}))
    qtbot.waitUntil(lambda: session.experiment.selection.metric == "w1", timeout=SLOW)
    run_to(window, qtbot, 110)
    qtbot.waitUntil(lambda: session.best is not None and window.actions_["best"].isEnabled(), timeout=SLOW)
    best = session.best
    assert best.step % 20 == 0
    assert best.metric == "w1"
    assert "the best by w1" in track.text_at(track.place_of(best.step))
    window.actions_["best"].trigger()
    shown_at(window, qtbot, best.step)
    assert session.head == 110
    assert session.best == best


def test_training_rests_where_nothing_better_comes(open_window, qtbot) -> None:
    window = open_window()
    session, said = window.session, []
    session.log.connect(lambda level, text: said.append(text))
    still = {f"optimizer.{player}.lr": 1e-12 for player in ("generator", "discriminator")}
    window.do(session.edit(still | {"selection.metric": "w1", "selection.every": 10, "selection.patience": 3}))
    qtbot.waitUntil(lambda: session.experiment.selection.patience == 3, timeout=SLOW)
    window.actions_["play"].trigger()
    qtbot.waitUntil(lambda: session.rest == "finished", timeout=SLOW)
    assert session.head < 2_000
    assert any("no lower w1 in 3 looks" in text for text in said)
