"""Every kind of figure, drawn from real runs: readable, in the colours' meaning, and of the data that probes give."""

import io
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image
from pypdf import PdfReader

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.visit import visit
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.exports.page import SIZES, Part
from ganlab_desktop.experiment.exports.table import EXPORTS, export_of
from ganlab_desktop.experiment.fields import kind_of
from ganlab_desktop.experiment.presets import load_preset
from ganlab_desktop.export.about import about
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.figure_file import FIGURES, drawn, size_of
from ganlab_desktop.export.ink import Ink
from ganlab_desktop.export.writers import write
from ganlab_desktop.measure.probes import PROBES, View
from ganlab_desktop.palette import DARK, LIGHT, run_colour

FOUR_PANELS = [(f"panels[{place}].kind", kind) for place, kind in enumerate(("canvas", "losses", "coverage", "truth"))]
EVERY_LAYER = [(f"layers.{name}", True) for name in ("manifold", "gradients", "field", "modes", "plan", "optimal")]
CASES = [
    ("ring", "canvas", "column", "light", EVERY_LAYER),
    ("ring", "canvas", "slide", "dark", [("layers.difference", True), ("page.heading", True)]),
    ("ring", "canvas", "poster", "greyscale", [("layers.ratio", True), ("page.font", "times")]),
    ("ring", "critic-field", "column", "dark", []),
    ("ring", "critic-field", "two_columns", "light", []),
    ("ring", "losses", "column", "greyscale", []),
    ("ring", "losses", "slide", "light", []),
    ("ring", "truth", "two_columns", "light", []),
    ("ring", "truth", "column", "dark", []),
    ("ring", "coverage", "column", "light", []),
    ("ring", "coverage", "poster", "dark", []),
    ("ring", "mode-history", "column", "light", []),
    ("ring", "dynamics", "column", "light", []),
    ("ring", "dynamics", "slide", "dark", [("which", "own")]),
    ("ring", "samples", "column", "light", []),
    ("ring", "latent", "two_columns", "light", [("page.font", "serif")]),
    ("ring", "runs", "column", "light", []),
    ("ring", "time-strip", "two_columns", "light", []),
    ("ring", "time-strip", "slide", "dark", [("count", 4)]),
    ("ring", "time-strip", "column", "greyscale", [("page.heading", True)]),
    ("ring", "time-strip", "poster", "light", [("count", 7), ("page.heading", True)]),
    ("ring", "composed", "two_columns", "light", FOUR_PANELS),
    ("ring", "composed", "two_columns", "dark", FOUR_PANELS[:3]),
    ("digits", "canvas", "column", "light", []),
    ("digits", "samples", "two_columns", "dark", [("page.heading", True)]),
    ("digits", "latent", "column", "light", []),
    ("digits", "time-strip", "column", "light", [("count", 3), ("page.heading", True)]),
    ("digits", "runs", "column", "light", [("page.heading", True)]),
    ("pairs", "samples", "column", "light", [("rows", 4)]),
    ("line", "canvas", "column", "light", [("layers.optimal", True)]),
    ("line", "samples", "column", "dark", []),
    ("line", "critic-field", "two_columns", "light", []),
    ("critic", "losses", "column", "light", []),
    ("critic", "truth", "column", "light", []),
    ("critic", "canvas", "column", "light", [("layers.optimal", True)]),
]


def quiet(fraction: float, what: str) -> None:
    assert 0.0 <= fraction <= 1.0


@contextmanager
def figure_of(path: Path, kind: str, *settings: tuple[str, object]) -> Iterator[Figure]:
    """The figure with all texts laid out."""
    export = export_of(kind, settings)
    with visit(path) as visited:
        sheets = FIGURES[kind_of(export)].gather(visited, export, quiet)
        made = about(visited, export)
    ink = Ink(export.page)
    with ink.set_up():
        figure = drawn(sheets, export, ink, made)
        figure.set_dpi(100)
        figure.draw_without_rendering()
        yield figure


def written(path: Path, kind: str, ending: str, *settings: tuple[str, object], at: str | None = None) -> bytes:
    stream = io.BytesIO()
    with visit(path, at=at) as visited:
        write(visited, export_of(kind, settings), ending, stream, quiet)
    return stream.getvalue()


def texts(figure: Figure) -> dict[str, Bbox]:
    """Where each text stands that is seen, in pixels."""
    hidden = set()
    for axes in figure.findobj(Axes):
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            margin = 1e-6 * (high - low)
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not low - margin <= tick.get_loc() <= high + margin:
                    hidden |= {tick.label1, tick.label2}
    found = {}
    for number, text in enumerate(figure.findobj(Text)):
        if text.get_visible() and text.get_text().strip() and text not in hidden:
            found[f"{text.get_text()} ({number})"] = text.get_window_extent()
    return found


@pytest.mark.parametrize(("run", "kind", "size", "style", "settings"), CASES, ids=lambda value: str(value)[:14])
def test_texts_lie_within_the_page_and_apart(run, kind, size, style, settings, request):
    path = request.getfixturevalue(run)
    with figure_of(path, kind, ("page.size", size), ("page.style", style), *settings) as figure:
        seen = texts(figure)
        page = figure.bbox
        assert seen or run == "digits"
        for words, box in seen.items():
            assert box.x0 >= -0.5, words
            assert box.y0 >= -0.5, words
            assert box.x1 <= page.x1 + 0.5, words
            assert box.y1 <= page.y1 + 0.5, words
        for (one, box), (other, there) in itertools.combinations(seen.items(), 2):
            common = Bbox.intersection(box, there)
            assert common is None or min(common.width, common.height) <= 1.0, (one, other)
        for axes in figure.findobj(Axes):
            assert axes.yaxis.label.get_window_extent().height <= axes.get_window_extent().height, axes


def test_every_kind_of_figure_is_tried() -> None:
    known = {kind for kind, spec in EXPORTS.items() if issubclass(spec, Part)}
    assert {case[1] for case in CASES} == set(FIGURES) == known


def test_a_pdf_has_the_page_asked_for_its_fonts_and_says_how_it_was_made(ring):
    reader = PdfReader(io.BytesIO(written(ring, "losses", "pdf", ("page.width", 5.0), ("page.height", 2.5))))
    page = reader.pages[0]
    assert [float(side) for side in page.mediabox[2:]] == [360.0, 180.0]
    fonts = page["/Resources"]["/Font"].values()
    kinds = [font.get_object() for font in fonts]
    inner = [font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font for font in kinds]
    assert inner
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in inner)
    assert all(font["/Subtype"] != "/Type3" for font in kinds)
    assert reader.metadata.title == "Ring of eight, non-saturating with R1: run 1, step 150"
    assert json.loads(reader.metadata.subject)["seed"] == 0


def test_an_svg_is_the_same_bytes_again_and_its_text_stays_text_only_if_wanted(ring):
    first = written(ring, "canvas", "svg", ("layers.field", True))
    assert first == written(ring, "canvas", "svg", ("layers.field", True))
    root = ElementTree.fromstring(first)
    assert root.get("width") == f"{72 * SIZES['column'].width:g}pt"
    words = "{http://www.w3.org/2000/svg}text"
    assert not list(root.iter(words))
    edited = ElementTree.fromstring(written(ring, "canvas", "svg", ("page.editable", True)))
    assert "x (network units)" in {element.text for element in edited.iter(words)}


@pytest.mark.parametrize("ending", ["pdf", "png"])
def test_other_formats_are_the_same_bytes_again(ring, ending):
    assert written(ring, "losses", ending) == written(ring, "losses", ending)


def test_a_png_has_the_pixels_asked_for_and_says_how_it_was_made(ring):
    content = written(ring, "losses", "png", ("page.dpi", 200), ("page.size", "slide"), at="100")
    image = Image.open(io.BytesIO(content))
    assert image.size == (round(13.33 * 200), 1500)
    made = json.loads(image.text["Description"])
    assert (made["run"], made["step"], made["seed"], made["document"]) == (1, 100, 0, "ring.ganlab")
    assert made["export"]["page"]["dpi"] == 200
    assert 'kind = "ring"' in made["experiment"]
    assert made["version"].startswith("GAN Lab Desktop ")


@pytest.mark.parametrize(("style", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_real_samples_are_round_and_blue_and_generated_ones_orange_diamonds(ring, style, colours):
    with figure_of(ring, "canvas", ("page.style", style)) as figure:
        real, generated = figure.axes[0].collections[-2:]
        assert to_hex(real.get_facecolor()[0]).upper() == colours.real
        assert to_hex(generated.get_facecolor()[0]).upper() == colours.fake
        assert len(real.get_paths()[0].vertices) > len(generated.get_paths()[0].vertices) == 5
        assert to_hex(figure.get_facecolor()).upper() == colours.panel


def test_the_truth_is_dashed_and_the_discriminator_solid(ring):
    with figure_of(ring, "losses") as figure:
        lines = {line.get_label(): line for line in figure.axes[0].lines}
        assert lines["equilibrium"].is_dashed()
        assert lines["equilibrium"].get_color() == LIGHT.truth
        assert not lines["discriminator"].is_dashed()
        assert lines["discriminator"].get_color() == LIGHT.discriminator
        assert lines["generator"].get_color() == LIGHT.fake


@pytest.mark.parametrize("kind", ["canvas", "critic-field", "runs"])
def test_greys_are_grey(ring, kind):
    pixels = np.asarray(Image.open(io.BytesIO(written(ring, kind, "png", ("page.style", "greyscale")))).convert("RGB"))
    assert int(np.ptp(pixels.astype(int), axis=2).max()) <= 1


def test_a_figure_shows_what_the_probes_see(ring):
    arrays = np.load(io.BytesIO(written(ring, "canvas", "npz", ("resolution", 32), ("layers.field", True), at="100")))
    with visit(ring, at="100") as visited:
        game = visited.run.game
        view = View(game.data.box, 32)
        seen = {name: PROBES[name](game)(view).arrays for name in ("surface", "samples", "critic_field")}
    np.testing.assert_array_equal(arrays["surface.value"], seen["surface"]["values"])
    generated = np.stack((arrays["generated.x"], arrays["generated.y"]), 1)
    np.testing.assert_array_equal(generated, seen["samples"]["fake"])
    np.testing.assert_array_equal(arrays["field.dx"], seen["critic_field"]["quiver"][..., 0])


def test_a_strip_shows_at_each_step_what_the_canvas_shows_there(ring):
    strip = np.load(io.BytesIO(written(ring, "time-strip", "npz", ("steps", [0, 70, 150]), ("resolution", 16))))
    alone = np.load(io.BytesIO(written(ring, "canvas", "npz", ("resolution", 16), at="70")))
    np.testing.assert_array_equal(strip["70.surface.value"], alone["surface.value"])
    np.testing.assert_array_equal(strip["70.generated.x"], alone["generated.x"])
    assert not np.array_equal(strip["0.surface.value"], strip["150.surface.value"])


def test_modes_over_time_come_from_kept_states_where_nobody_looked_while_it_trained(ring):
    arrays = np.load(io.BytesIO(written(ring, "mode-history", "npz")))
    assert {0, 50, 100, 150} <= set(arrays["shares.step"].tolist())
    assert arrays["shares.mode 1"].shape == arrays["shares.step"].shape


def test_modes_over_time_end_with_the_last_look(ring):
    with figure_of(ring, "mode-history") as figure:
        edges = figure.axes[0].collections[0].get_coordinates()[0, :, 0]
        assert (edges[0], edges[-1]) == (0.0, 150.0)
        assert (np.diff(edges) > 0.0).all()


def test_a_critic_is_read_as_its_difference_of_means(critic):
    with figure_of(critic, "losses") as figure, visit(critic) as visited:
        (line,) = figure.axes[0].lines
        _, rows = visited.run.history["step"].after(0)
        assert line.get_ydata()[0] == pytest.approx(-rows[0, 0], rel=1e-6)


def test_runs_stand_beside_each_other_by_their_names_and_colours(tmp_path):
    document = Document.new(load_preset("ring-ns"), tmp_path / "two.ganlab")
    document.start_writing(lambda step: None, pytest.fail)
    try:
        for _ in range(20):
            document.run.advance()
        document.duplicate(7)
        for _ in range(10):
            document.run.advance()
        document.describe(2, title="another seed", colour="pink")
    finally:
        document.close()
    with figure_of(tmp_path / "two.ganlab", "runs") as figure, visit(tmp_path / "two.ganlab", 1) as visited:
        first, second = figure.axes[0].lines
        assert second.get_label() == "2: another seed"
        assert second.get_color() == LIGHT.discriminator  # the run that was shown last
        assert first.get_color() == run_colour("", 1, LIGHT)
        assert (first.get_xdata()[-1], second.get_xdata()[-1]) == (20, 10)
        _, rows = visited.run.history["step"].after(0)
        assert first.get_ydata()[0] == pytest.approx(rows[0, 0])
    with figure_of(tmp_path / "two.ganlab", "runs", ("page.style", "greyscale")) as figure:
        assert [line.is_dashed() for line in figure.axes[0].lines] == [False, True]


def test_panels_have_letters(ring):
    with figure_of(ring, "composed", *FOUR_PANELS[:3], ("letters", "(a)")) as figure:
        words = {text.get_text() for text in figure.findobj(Text)}
        assert {"(a)", "(b)", "(c)"} <= words
        assert "(d)" not in words


@pytest.mark.parametrize(("count", "columns", "middles"), [(3, 2, [0.25, 0.75, 0.5]), (1, 2, [0.5]), (5, 3, None)])
def test_a_row_of_panels_that_is_not_full_stands_in_the_middle(ring, count, columns, middles):
    with figure_of(ring, "composed", ("panels", [{"kind": "losses"}] * count), ("columns", columns)) as figure:
        places = [part.bbox.transformed(figure.transFigure.inverted()) for part in figure.subfigs]
        axes = [part.axes[0].get_position().transformed(part.transSubfigure) for part in figure.subfigs]
    middles = middles or [1 / 6, 1 / 2, 5 / 6, 1 / 3, 2 / 3]
    assert [(place.x0 + place.x1) / 2 for place in places] == pytest.approx(middles, abs=0.01)
    assert [place.width for place in places] == pytest.approx([1 / min(count, columns)] * count, abs=0.01)
    assert [box.width for box in axes] == pytest.approx([axes[0].width] * count, rel=0.02)


def test_a_page_may_have_its_own_measures() -> None:
    page = export_of("canvas", [("page.width", 4.0)]).page
    assert size_of(page, 0.5) == (4.0, 2.0)
    assert size_of(export_of("canvas", [("page.size", "slide")]).page, 3.0) == (13.33, 7.5)


@pytest.mark.parametrize(
    ("run", "kind", "settings", "said"),
    [
        ("digits", "coverage", [], "images have no modes"),
        ("digits", "critic-field", [], "images have no plane"),
        ("digits", "truth", [], "images have no known density"),
        ("critic", "canvas", [("layers.difference", True)], "other potentials are as good"),
        ("ring", "canvas", [("view", [1.0, 0.0, 0.0, 1.0])], "left must be below right"),
        ("ring", "canvas", [("class_shown", 3)], "has no classes"),
        ("ring", "runs", [("curve", "jsd")], "no run has it"),
        ("line", "time-strip", [], "on the line"),
        ("line", "latent", [], "two dimensions"),
        ("ring", "canvas", [("page.latex", True)], "no latex is installed"),
    ],
)
def test_what_cannot_be_shown_is_told(run, kind, settings, said, request, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(ExportError, match=said):
        written(request.getfixturevalue(run), kind, "png", *settings)


@pytest.mark.parametrize(
    ("kind", "settings", "path"),
    [("runs", [("runs", [1, 7])], "runs[1]"), ("time-strip", [("steps", [999])], "steps[0]")],
)
def test_steps_and_runs_that_there_are_not_are_refused_by_their_place(ring, kind, settings, path):
    with pytest.raises(ExperimentError) as refused:
        written(ring, kind, "png", *settings)
    assert refused.value.path == path


def test_a_page_without_room_is_refused(ring):
    with pytest.raises(ExportError, match=r"^page: too small for what the figure shows"):
        written(ring, "losses", "png", ("page.width", 0.3))
