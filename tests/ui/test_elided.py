"""A line of text in too little room."""

from ganlab_desktop.ui.elided import Elided


def test_what_has_no_room_ends_in_an_ellipsis_and_is_told_in_full_by_the_tool_tip(qtbot):
    label = Elided()
    qtbot.addWidget(label)
    label.setText("Done: D real batch, next: D forward")
    label.resize(120, 20)
    with qtbot.waitExposed(label):
        label.show()
    assert label.shown().startswith("Done: D")
    assert label.shown().endswith("…")
    assert label.fontMetrics().horizontalAdvance(label.shown()) <= 120
    assert label.toolTip() == "Done: D real batch, next: D forward"
    assert label.minimumSizeHint().width() == 0
    label.resize(600, 20)
    assert label.shown() == label.text()
    assert label.toolTip() == ""
