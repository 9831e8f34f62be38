"""What every panel does: it waits, takes frames, tells its age, changes colours, and nothing makes it raise."""

import time
from html import escape

import numpy as np
import pytest
import scenes
from PySide6.QtGui import QFontMetricsF, QImage, QPalette

from ganlab_desktop.palette import DARK, LIGHT
from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.ui.panels.coverage import Coverage
from ganlab_desktop.ui.panels.critic import CriticField
from ganlab_desktop.ui.panels.header import Header
from ganlab_desktop.ui.panels.losses import Losses
from ganlab_desktop.ui.plots.text import tabular
from ganlab_desktop.wire.messages import Picture

PANELS = [Canvas, Losses, Coverage, CriticField]


def everything() -> dict:
    return scenes.losses(1.4, 0.7) | scenes.measured(np.tile([7, 0.8, 0.03, 0.01], (20, 1)))


def spoilt(picture: Picture, value: float) -> Picture:
    """The picture with a third of every array replaced."""
    arrays = {}
    for name, array in picture.arrays.items():
        values = array.numpy().astype(np.float32).copy()
        values.ravel()[::3] = value
        arrays[name] = scenes.floats(values)
    return Picture(picture.step, arrays, picture.numbers)


@pytest.mark.parametrize("kind", PANELS)
def test_panel_says_what_would_fill_it_and_then_shows_it(shown, kind):
    panel = shown(kind)
    assert panel.empty.isVisible()
    assert len(panel.empty.text()) > 30
    panel.set_scene(scenes.ring())
    panel.receive(scenes.frame(scenes.pictures()), everything())
    assert panel.dirty
    panel.draw()
    assert panel.picture.isVisible()
    assert not panel.empty.isVisible()


@pytest.mark.parametrize("kind", PANELS)
def test_frame_without_news_leaves_the_panel_alone(shown, kind):
    panel, series = shown(kind), everything()
    panel.set_scene(scenes.ring())
    panel.receive(scenes.frame(scenes.pictures()), series)
    settle(panel)
    panel.receive(scenes.frame(step=2), series)
    assert not panel.dirty


@pytest.mark.parametrize("kind", [Canvas, Coverage, CriticField])
def test_pictures_of_another_layout_are_dropped_and_those_of_an_edited_run_stay(shown, kind):
    panel = shown(kind)
    panel.set_scene(scenes.ring())
    panel.receive(scenes.frame(scenes.pictures()), everything())
    panel.set_scene(scenes.ring(step=10))
    assert panel.pictures
    panel.set_scene(scenes.ring(layout=1))
    assert not panel.pictures


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("kind", PANELS)
def test_numbers_that_are_not_finite_are_survived(shown, kind, value):
    panel = shown(kind)
    panel.set_scene(scenes.ring())
    pictures = {name: spoilt(picture, value) for name, picture in scenes.pictures().items()}
    series = scenes.losses(value, 0.7) | scenes.measured(np.full((20, 4), value))
    for _ in range(2):
        panel.receive(scenes.frame(pictures, playing=True), series)
        panel.draw()
        paint(panel)


@pytest.mark.parametrize("kind", PANELS)
def test_data_on_the_line_are_shown(shown, kind):
    panel = shown(kind, 500, 400)
    panel.set_scene(scenes.mixture())
    panel.receive(scenes.frame(scenes.line_pictures()), everything())
    panel.draw()
    paint(panel)
    assert panel.picture.isVisible()


@pytest.mark.parametrize("kind", PANELS)
def test_change_of_theme_repaints_the_background(shown, kind):
    panel = shown(kind)
    for colours in (DARK, LIGHT):
        panel.apply_theme(colours)
        assert panel.palette().color(QPalette.ColorRole.Window).name() == colours.panel.lower()
        image = paint(panel)
        assert image.pixelColor(2, image.height() - 2).name() == colours.panel.lower()


def test_old_picture_tells_its_age_only_while_training(shown, monkeypatch):
    panel, now = shown(CriticField), time.monotonic()
    panel.set_scene(scenes.ring())
    for moment in (now, now + 0.1):
        monkeypatch.setattr(time, "monotonic", lambda moment=moment: moment)
        panel.receive(scenes.frame(scenes.pictures(), playing=True), {})
    assert panel.header.age == ""
    monkeypatch.setattr(time, "monotonic", lambda: now + 3.5)
    panel.receive(scenes.frame(playing=True), {})
    assert panel.header.age == "3 s old"
    panel.receive(scenes.frame(playing=False), {})
    assert panel.header.age == ""


def test_a_study_that_rests_as_long_as_usual_is_not_old(shown, monkeypatch):
    panel = shown(CriticField)
    panel.set_scene(scenes.ring())
    for moment in (100.0, 108.0):
        monkeypatch.setattr(time, "monotonic", lambda moment=moment: moment)
        panel.receive(scenes.frame(scenes.pictures(), playing=True), {})
    for moment, told in ((115.0, ""), (125.0, "17 s old")):
        monkeypatch.setattr(time, "monotonic", lambda moment=moment: moment)
        panel.receive(scenes.frame(playing=True), {})
        assert panel.header.age == told


def test_key_numbers_rest_long_enough_to_be_read(shown, monkeypatch):
    panel, now = shown(Losses), time.monotonic()
    panel.set_scene(scenes.ring())
    monkeypatch.setattr(time, "monotonic", lambda: now)
    panel.receive(scenes.frame(playing=True), scenes.losses(1.0, 0.7))
    panel.draw()
    panel.receive(scenes.frame(playing=True), scenes.losses(2.0, 0.7))
    panel.draw()
    assert panel.header.numbers[0].value == "1.000"
    panel.receive(scenes.frame(playing=False), scenes.losses(2.0, 0.7))
    panel.draw()
    assert panel.header.numbers[0].value == "2.000"


def test_key_numbers_that_rested_are_brought_up_to_date_without_news(shown, monkeypatch):
    panel, now = shown(CriticField), time.monotonic()
    panel.set_scene(scenes.ring())
    monkeypatch.setattr(time, "monotonic", lambda: now)
    picture = scenes.pictures()["critic_field"]
    for mean in (0.52, 0.97):
        newest = Picture(1, picture.arrays, picture.numbers | {"mean": mean})
        panel.receive(scenes.frame({"critic_field": newest}, playing=True), {})
        panel.draw()
    assert panel.header.numbers[0].value == "0.52"
    panel.receive(scenes.frame(playing=True), {})
    assert not panel.dirty
    monkeypatch.setattr(time, "monotonic", lambda: now + 0.3)
    panel.receive(scenes.frame(playing=True), {})
    assert panel.dirty
    panel.draw()
    assert panel.header.numbers[0].value == "0.97"


@pytest.mark.parametrize("kind", PANELS)
def test_explanation_is_never_cut_to_a_stub_and_stands_in_full_in_the_tool_tip(shown, kind):
    panel = shown(kind, 345, 230)
    header = panel.header
    text = header.explanation
    assert escape(text, quote=False) in header.toolTip()
    bare = Header(header.title, "", panel)
    metrics = QFontMetricsF(tabular(header.font()))
    title = QFontMetricsF(tabular(header.font(), bold=True)).horizontalAdvance(header.title)
    for share, told in ((0.4, False), (1.1, True)):
        for shown_header in (header, bare):
            shown_header.setFixedWidth(round(title + 32 + share * metrics.horizontalAdvance(text)))
        assert (header.grab().toImage() != bare.grab().toImage()) == told


def test_narrow_header_keeps_its_title_and_drops_numbers_from_the_end(shown):
    panel = shown(Coverage, 200, 200)
    panel.set_scene(scenes.ring())
    panel.receive(scenes.frame(scenes.pictures()), everything())
    panel.draw()
    narrow = paint(panel)
    assert panel.header.minimumSizeHint().width() < 200
    assert "JSD" in panel.header.accessibleDescription()
    assert not narrow.isNull()


def settle(panel) -> None:
    deadline = time.monotonic() + 10.0
    while panel.dirty and time.monotonic() < deadline:
        panel.draw()
        time.sleep(0.02)


def paint(panel) -> QImage:
    return panel.grab().toImage()
