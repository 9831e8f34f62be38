"""The engine sends each picture once; what asks for it later is given it by the window."""

from windows import SLOW, run_to


def test_a_layer_switched_on_at_rest_shows_what_another_panel_was_sent(open_window, qtbot) -> None:
    window = open_window()
    canvas, panels = window.canvas, {panel.name: panel for panel in window.pictures}
    run_to(window, qtbot, 20)

    def shown(panel) -> int:
        picture = panel.pictures.get("critic_field")
        return -1 if picture is None else picture.step

    qtbot.waitUntil(lambda: shown(panels["critic_field"]) == 20, timeout=SLOW)
    qtbot.wait(500)  # nothing more is on its way
    assert shown(canvas) == -1
    canvas.bar.buttons["field"].click()
    qtbot.waitUntil(lambda: shown(canvas) == 20, timeout=5_000)
    canvas.bar.buttons["field"].click()
    run_to(window, qtbot, 30)
    qtbot.waitUntil(lambda: shown(panels["critic_field"]) == 30, timeout=SLOW)
    qtbot.wait(500)
    assert shown(canvas) == 20
    canvas.bar.buttons["field"].click()
    qtbot.waitUntil(lambda: shown(canvas) == 30, timeout=5_000)
