"""Films: every frame is there, axes and colours hold still, and the spacing follows the steps or the change."""

import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from ganlab_desktop.engine.visit import visit
from ganlab_desktop.experiment.exports.films import Film
from ganlab_desktop.experiment.exports.table import export_of
from ganlab_desktop.export import film_file
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.film_file import write_film
from ganlab_desktop.export.sheets import Sheets, points, table
from ganlab_desktop.palette import DARK

SMALL: dict[str, Any] = {"page.width": 4.0, "page.height": 2.25, "page.dpi": 80, "page.font_size": 7.0, "frames": 5}


def film(**changes: Any) -> Film:
    named = {name.replace("__", "."): value for name, value in changes.items()}
    made = export_of("video", (SMALL | named).items())
    assert isinstance(made, Film)
    return made


def written(document: Path, ending: str, **changes: Any) -> tuple[bytes, list[str]]:
    """A film's bytes, and what it told of its progress."""
    file, told = io.BytesIO(), []
    with visit(document) as visited:
        write_film(visited, film(**changes), ending, file, lambda fraction, what: told.append(what))
        assert visited.run.step == visited.last
    return file.getvalue(), told


def frames_of(data: bytes) -> list[np.ndarray]:
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_every_frame_is_there_and_the_film_says_what_it_is_of(ring: Path) -> None:
    data, told = written(ring, "mp4")
    frames = frames_of(data)
    assert [frame.shape for frame in frames] == [(180, 320, 3)] * 5
    assert told[-1].startswith("frame 5 of 5")
    with av.open(io.BytesIO(data)) as container:
        assert float(container.duration / av.time_base) == pytest.approx(5 / 30, abs=0.02)
        assert container.metadata["title"].endswith("run 1, step 150")
        assert '"kind": "video"' in container.metadata["comment"]
    moved = np.abs(frames[-1].astype(int) - frames[0]).max(axis=2) > 60
    assert moved[:, :160].any()  # the canvas
    assert moved[:, 160:].any()  # the losses


def test_axes_and_colours_hold_still(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    draw = film_file._pixels

    def keep(figure: Any) -> Any:
        pixels = draw(figure)
        images = [image.get_clim() for axes in figure.axes for image in axes.images]
        seen.append([(axes.get_xlim(), axes.get_ylim(), axes.get_position().bounds) for axes in figure.axes] + images)
        return pixels

    monkeypatch.setattr(film_file, "_pixels", keep)
    written(ring, "mp4")
    assert len(seen) == 5
    assert len(seen[0]) > 2
    for moment in seen[1:]:
        for one, first in zip(moment, seen[0], strict=True):
            np.testing.assert_allclose(np.hstack(one), np.hstack(first), atol=0.02)


def test_a_title_of_several_lines_has_its_room(wordy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw, shown = film_file._pixels, []

    def keep(figure: Any) -> Any:
        pixels = draw(figure)
        shown.append((figure.texts[0], figure.axes))
        return pixels

    monkeypatch.setattr(film_file, "_pixels", keep)
    written(wordy, "mp4", frames=2, first=1, letters="(a)")
    assert len(shown) == 2
    for heading, axes in shown:
        box = heading.get_window_extent()
        letters = [text for each in axes for text in each.figure.texts]
        assert len(letters) == 2
        assert heading.get_text().count("\n") >= 2
        assert box.y1 <= 180
        assert max(each.get_window_extent().y1 for each in (*axes, *letters)) <= box.y0


def test_frames_follow_the_change_where_that_is_wanted(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with visit(ring) as visited:
        even = film_file._steps(visited, film(frames=6, first=1), lambda *told: None)
        assert even == [1, 31, 61, 90, 120, 150]
        visited.go(150)
        pace = iter([*[1.0] * 6, *[0.0] * 11])  # all that happens happens in the first third
        monkeypatch.setattr(film_file, "_difference", lambda before, after: next(pace))
        followed = film_file._steps(visited, film(frames=6, first=1, spacing="change"), lambda *told: None)
    assert followed == sorted(followed)
    assert (followed[0], followed[-1]) == (1, pytest.approx(54, abs=1))


def test_change_is_that_of_what_is_seen(ring: Path) -> None:
    with visit(ring) as visited:
        early, again, later = (film_file._seen(visited, film(), step) for step in (20, 20, 40))
    assert film_file._difference(early, again) == 0.0
    assert film_file._difference(early, later) > 0.1
    here = np.random.default_rng(0).normal(size=(100, 2))
    moved = 3.0 * (here + 1.0)  # by more than a standard deviation, whatever the unit is
    looks = [[Sheets({"a": points(unit * x)}) for x in (here, moved)] for unit in (1, 9)]
    apart = [film_file._difference(*look) for look in looks]
    assert apart[0] == pytest.approx(apart[1])
    grown = [Sheets({"losses": table(np.arange(n), {"d": np.ones(n)})}) for n in (3, 4)]
    assert film_file._difference(*grown) == 0.0


def test_a_gif_has_every_frame_and_begins_again(digits: Path) -> None:
    data, _ = written(digits, "gif", panels=[{"kind": "canvas"}], columns=1, frames=3, rate=10, first=1)
    image = Image.open(io.BytesIO(data))
    assert (image.n_frames, image.size, image.info["loop"], image.info["duration"]) == (3, (320, 180), 0, 100)


def test_the_colours_of_a_gif_are_those_of_the_figures(ring: Path) -> None:
    data, _ = written(ring, "gif", panels=[{"kind": "losses"}], columns=1, frames=3, page__dpi=160)
    image = Image.open(io.BytesIO(data))
    image.seek(2)
    shown = set(image.convert("RGB").get_flattened_data())
    for colour in (DARK.panel, DARK.discriminator, DARK.fake, DARK.truth):
        assert tuple(bytes.fromhex(colour[1:])) in shown, colour


def test_a_gif_that_would_not_fit_into_memory_is_refused(ring: Path) -> None:
    with pytest.raises(ExportError, match=r"^frames: a GIF of 320 x 180 pixels may have 13888; write \.mp4"):
        written(ring, "gif", frames=14_000)


def test_what_is_not_known_is_no_change() -> None:
    here = np.zeros((3, 2))
    unknown, moved = np.full((3, 2), np.nan), np.array([[np.nan, 1.0], [0.0, 2.0], [1.0, 0.0]])
    looks = [Sheets({"a": points(x)}) for x in (here, unknown, moved)]
    assert film_file._difference(looks[0], looks[1]) == 0.0
    assert film_file._difference(looks[0], looks[2]) > 0.0


def test_a_film_begins_where_every_panel_has_something_to_show(ring: Path) -> None:
    with visit(ring) as visited:
        steps = film_file._steps(visited, film(panels=[{"kind": "losses"}], first=0), lambda *told: None)
        assert 0 < steps[0] < steps[-1] == 150
        visited.go(150)
        steps = film_file._steps(visited, film(panels=[{"kind": "canvas"}], first=0), lambda *told: None)
        assert steps[0] == 0


def test_a_film_needs_more_than_one_step(ring: Path) -> None:
    with pytest.raises(ExportError, match=r"^first: a film needs a step after 150; this run stands at step 150"):
        written(ring, "mp4", first=150)
