"""Data and samples as files for other programs."""

import csv
import io
import json
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image

from ganlab_desktop.engine.visit import visit
from ganlab_desktop.experiment.exports.table import EXPORTS, export_of
from ganlab_desktop.experiment.fields import fields_of
from ganlab_desktop.experiment.images import as_bytes
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.writers import write


def written(path, kind, ending, *settings, at=None) -> bytes:
    stream = io.BytesIO()
    with visit(path, at=at) as visited:
        write(visited, export_of(kind, settings), ending, stream, lambda fraction, what: None)
    return stream.getvalue()


def rows_of(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """The lines of a CSV file that begin with #, and its rows."""
    lines = content.decode().splitlines()
    head = [line for line in lines if line.startswith("#")]
    return head, list(csv.DictReader(lines[len(head) :]))


def test_the_table_holds_every_curve_as_it_was_measured(ring):
    head, rows = rows_of(written(ring, "table", "csv"))
    with visit(ring) as visited:
        steps, values = visited.run.history["step"].after(0)
    assert [int(row["step"]) for row in rows] == steps.tolist()
    read = np.array(
        [[float(row["step.discriminator_loss"]), float(row["step.fake_score"])] for row in rows], np.float32
    )
    np.testing.assert_array_equal(read, values[:, [0, 4]])
    assert rows[0]["step.augmentation"] == ""  # a run without augmentation
    assert json.loads(head[1][2:])["step"] == 150
    assert json.loads(head[2].removeprefix("# units: ")) == {"step": "iterations"}


def test_the_table_knows_every_series_of_a_run(ring):
    with visit(ring) as visited:
        assert {"all", *visited.run.history} == set(fields_of(EXPORTS["table"])["series"].choices)


def test_the_table_ends_where_the_run_stands(ring):
    _, rows = rows_of(written(ring, "table", "csv", ("first", 60), at="70"))
    assert [int(rows[place]["step"]) for place in (0, -1)] == [60, 70]


def test_a_zip_has_a_table_for_each_layer(ring):
    content = written(ring, "canvas", "zip", ("resolution", 16))
    assert content == written(ring, "canvas", "zip", ("resolution", 16))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert set(archive.namelist()) == {"about.json", "surface.csv", "real.csv", "generated.csv"}
        _, rows = rows_of(archive.read("surface.csv"))
        assert list(rows[0]) == ["x", "y", "value"]
        assert len(rows) == 16 * 16


def test_one_table_is_not_made_of_several(ring):
    with pytest.raises(ExportError, match=r"\.csv holds one table, .*surface, real, generated.*\.zip or \.npz"):
        written(ring, "canvas", "csv")


def test_samples_are_those_of_the_run(ring):
    content = written(ring, "samples", "npz", ("count", 40), ("seed", 3))
    arrays = np.load(io.BytesIO(content))
    with visit(ring) as visited:
        np.testing.assert_array_equal(arrays["samples.x"], visited.run.sample(40, 3)[:, 0])
    assert json.loads(str(arrays["units"]))["samples.x"] == "network units"
    assert json.loads(str(arrays["about"]))["export"]["seed"] == 3


def test_images_leave_as_pictures_with_their_classes(digits):
    content = written(digits, "samples", "zip", ("count", 12))
    with visit(digits) as visited, zipfile.ZipFile(io.BytesIO(content)) as archive:
        images = as_bytes(visited.run.sample(12), visited.run.game.data.image)
        _, rows = rows_of(archive.read("labels.csv"))
        assert [int(row["class"]) for row in rows] == visited.run.labels(12).tolist()
        for row, image in zip(rows, images, strict=True):
            np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(archive.read(row["file"])))), image[..., 0])


def test_pairs_leave_in_folders_of_what_was_given_made_and_wanted(pairs):
    with zipfile.ZipFile(io.BytesIO(written(pairs, "samples", "zip", ("count", 2)))) as archive:
        names = {name for name in archive.namelist() if name.endswith("1.png")}
    assert names == {"samples/000001.png", "inputs/000001.png", "targets/000001.png"}


def test_samples_of_an_average_that_is_not_kept_are_refused(critic):
    with pytest.raises(ExportError, match="keeps no moving average"):
        written(critic, "samples", "npz", ("average", True))


def test_parquet_holds_the_same_as_csv_with_units(ring):
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(written(ring, "table", "parquet")))
    _, rows = rows_of(written(ring, "table", "csv"))
    assert table.column_names == list(rows[0])
    assert table["step"].to_pylist() == [int(row["step"]) for row in rows]
    assert table.schema.field("step").metadata[b"unit"] == b"iterations"
    assert json.loads(table.schema.metadata[b"about"])["document"] == "ring.ganlab"


def test_without_pyarrow_one_line_tells_what_to_install(ring, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExportError, match=r"pip install 'ganlab-desktop\[parquet\]'"):
        written(ring, "table", "parquet")
