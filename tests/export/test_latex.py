"""Text that LaTeX sets: in every kind of figure, and whatever signs a title holds."""

import io
import os
import shutil
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from ganlab_desktop.engine.visit import visit
from ganlab_desktop.experiment.exports.table import export_of
from ganlab_desktop.export.about import About
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.figure_file import FIGURES, write_figure, write_gathered
from ganlab_desktop.export.sheets import Sheets, points

needs_latex = pytest.mark.skipif(shutil.which("latex") is None, reason="no latex is installed")

SIGNS = r"50% of_a & #1 ~x^2 \n {b} $c$ <d> e|f -- ''g'' −1"
LETTERS = "é ü ñ ß Å ø ł č ő — “q” … µ × °"


def fonts_in(resources: DictionaryObject) -> set[str]:
    return {font.get_object()["/BaseFont"] for font in resources["/Font"].values()}


@needs_latex
@pytest.mark.parametrize("kind", FIGURES)
def test_every_kind_of_figure_is_set_by_latex(ring: Path, kind: str) -> None:
    stream = io.BytesIO()
    export = export_of(kind, [("page.latex", True), ("page.size", "two_columns")])
    with visit(ring) as visited:
        write_figure(visited, export, "pdf", stream, lambda fraction, what: None)
    (page,) = PdfReader(stream).pages
    fonts = fonts_in(page["/Resources"])
    assert fonts
    assert all("+CM" in name for name in fonts), fonts  # Computer Modern, whatever the page's font is


def titled(title: str, ending: str) -> bytes:
    """A wide figure of one point, with a heading that LaTeX sets."""
    export = export_of("samples", [("page.latex", True), ("page.heading", True), ("page.width", 9.0)])
    box = {"left": -1.0, "right": 1.0, "bottom": -1.0, "top": 1.0}
    sheets = Sheets({"generated": points(np.zeros((1, 2)))}, box)
    made = About(title, "a.ganlab", run=1, step=2, seed=0, export={}, experiment="", exact=True)
    stream = io.BytesIO()
    write_gathered(sheets, export, made, ending, stream)
    return stream.getvalue()


@needs_latex
def test_signs_that_mean_something_to_latex_are_set_as_they_are_written() -> None:
    words = PdfReader(io.BytesIO(titled(SIGNS, "pdf"))).pages[0].extract_text()
    assert SIGNS.translate(str.maketrans("~^'_", "\u02dc\u02c6\u2019 ")) in words  # LaTeX draws a line for _


@needs_latex
@pytest.mark.parametrize("ending", ["pdf", "png"])
@pytest.mark.parametrize(
    "title", ["é ü ñ ß Å ø ł č ő — “q” … µ × °", "e\u0301 of two signs"], ids=["letters", "accent"]
)
def test_letters_of_european_languages_are_set(title: str, ending: str) -> None:
    assert len(titled(title, ending)) > len(titled("", ending))


@needs_latex
def test_a_missing_companion_of_latex_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("latex", "kpsewhich", "luatex"):
        if place := shutil.which(name):
            script = tmp_path / name
            script.write_text(f'#!/bin/sh\nPATH="{os.environ["PATH"]}" exec "{place}" "$@"\n')
            script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    if "text.latex.engine" in mpl.rcParams:  # from matplotlib 3.11 on pictures need no dvipng unless they are told to
        monkeypatch.setitem(mpl.rcParams, "text.latex.engine", "latex+dvipng")
    with pytest.raises(ExportError, match=r"^page\.latex: no dvipng is installed here; switch it off, or install"):
        titled("What no picture was ever made of", "png")


@needs_latex
def test_a_sign_that_latex_does_not_know_is_told() -> None:
    with pytest.raises(ExportError, match=r"^page\.latex: LaTeX cannot set α \(U\+03B1\); leave it out, or"):
        titled("α-GAN", "pdf")
