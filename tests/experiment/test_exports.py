"""Exports as data: what can be set, and what is refused."""

import pytest

from ganlab_desktop.experiment import paths
from ganlab_desktop.experiment.documented import documented_toml
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.exports.table import EXPORTS, ending_of, export_of, read_export
from ganlab_desktop.experiment.fields import fields_of, kind_of


@pytest.mark.parametrize("kind", EXPORTS)
def test_every_kind_has_a_title_endings_and_explained_fields(kind):
    spec = EXPORTS[kind]
    assert spec.title
    assert spec.endings
    assert kind_of(export_of(kind)) == kind
    for field in fields_of(spec).values():
        assert field.help or field.variants, (kind, field.name)
    assert f'kind = "{kind}"' in documented_toml(export_of(kind))


@pytest.mark.parametrize("kind", EXPORTS)
def test_an_export_survives_as_plain_data(kind):
    export = export_of(kind)
    assert read_export(paths.as_dict(export)) == export


@pytest.mark.parametrize(
    ("kind", "path", "value", "said"),
    [
        ("canvas", "page.dpis", 300, "page.dpis: unknown key; did you mean dpi?"),
        ("canvas", "page.dpi", 3, "page.dpi: must be >= 30 and <= 2,400, got 3"),
        ("canvas", "layers.field", "yes", "layers.field: must be true or false, got 'yes'"),
        ("losses", "page.size", "A4", "page.size: must be one of column, poster, slide, two_columns, got 'A4'"),
        ("composed", "panels[0].kind", "composed", "panels[0].kind: must be one of canvas"),
        ("composed", "panels[0].page.dpi", 300, "panels[0].page: unknown key"),
        ("nothing", "page.dpi", 300, "kind: must be one of canvas"),
    ],
)
def test_what_is_not_allowed_is_told_with_its_place(kind, path, value, said):
    with pytest.raises(ExperimentError) as refused:
        export_of(kind, [(path, value)])
    assert str(refused.value).startswith(said)


def test_the_ending_of_a_name_tells_the_format() -> None:
    assert ending_of(export_of("canvas"), "a.b/Figure.PDF") == "pdf"
    with pytest.raises(ExperimentError, match=r"a\.docx: canvas is written as pdf, svg, png, csv"):
        ending_of(export_of("canvas"), "a.docx")
