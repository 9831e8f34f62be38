"""Samples as files: figures of some, or data of as many as wanted."""

import io
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.exports.figures import Samples
from ganlab_desktop.experiment.exports.page import DATA
from ganlab_desktop.experiment.images import Shape, as_bytes
from ganlab_desktop.export.about import about
from ganlab_desktop.export.data_file import put, write_sheets
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.figure_file import write_figure
from ganlab_desktop.export.looking import Tell
from ganlab_desktop.export.sheets import Column, Sheet, Sheets, points


def write_samples(visit: Visit, export: Samples, ending: str, stream: BinaryIO, tell: Tell) -> None:
    """Write a figure; or `count` samples, those of `ganlab sample` of the same seed: points as a table, images (N, C,
    H, W), float32, in network units as NPZ, or a PNG each in a zip. Raises ExportError."""
    if ending not in DATA:
        write_figure(visit, export, ending, stream, tell)
        return
    tell(0.1, "sampling")
    sheet = drawn_samples(visit, export)
    tell(0.6, "writing")
    shape, made = visit.run.game.data.image, about(visit, export)
    if ending == "zip" and shape is not None:
        with zipfile.ZipFile(stream, "w") as archive:
            _pictures(sheet, shape, visit.run.game.data.input_image, made.json(), partial(put, archive), tell)
    else:
        write_sheets(Sheets({"samples": sheet}), made, ending, stream)


def write_pictures(visit: Visit, export: Samples, folder: Path, tell: Tell) -> None:
    """Write what the zip of images holds into a folder. Raises ExportError where samples are points."""
    shape = visit.run.game.data.image
    if shape is None:
        raise ExportError("samples: a folder is for images, and these are points: write .npz or .csv")

    def into(name: str, content: bytes) -> None:
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)

    tell(0.1, "sampling")
    sheet = drawn_samples(visit, export)
    tell(0.6, "writing")
    _pictures(sheet, shape, visit.run.game.data.input_image, about(visit, export).json(), into, tell)


def drawn_samples(visit: Visit, export: Samples) -> Sheet:
    """The samples with the classes that were asked for, or what they are made of and their targets."""
    run = visit.run
    if export.average and not run.game.averages:
        raise ExportError("average: this run keeps no moving average (ema.half_life = 0)")
    samples = run.sample(export.count, export.seed, average=export.average)
    labels, pairs = run.labels(export.count, export.seed), run.pairs(export.count, export.seed)
    shape, given = run.game.data.image, run.game.data.input_image
    if shape is None:
        return points(samples, labels)
    columns: dict[str, Column] = {"samples": samples.reshape(-1, *shape)}
    if labels is not None:
        columns["labels"] = labels
    if pairs is not None and given is not None:
        columns |= {"inputs": pairs[1].reshape(-1, *given), "targets": pairs[0].reshape(-1, *shape)}
    return Sheet(columns, {name: "network units" for name in columns if name != "labels"})


def _pictures(
    sheet: Sheet, shape: Shape, given: Shape | None, made: str, put_in: Callable[[str, bytes], None], tell: Tell
) -> None:
    """Put in a PNG for each image by its name; where images are translated, folders of what is given, made and
    wanted."""
    shapes = {"samples": shape, "inputs": given, "targets": shape}
    several = "inputs" in sheet
    put_in("about.json", made.encode())
    if "labels" in sheet:
        rows = "".join(f"{number:06}.png,{label}\n" for number, label in enumerate(sheet["labels"]))
        put_in("labels.csv", f"file,class\n{rows}".encode())
    for name, own in shapes.items():
        if name not in sheet or own is None:
            continue
        images = as_bytes(np.asarray(sheet[name], np.float32).reshape(len(sheet[name]), -1), own)
        for number, image in enumerate(images):
            if number % 100 == 0:
                tell(0.6 + 0.4 * number / len(images), "writing")
            content = io.BytesIO()
            Image.fromarray(image.squeeze()).save(content, "PNG")
            put_in(f"{name}/{number:06}.png" if several else f"{number:06}.png", content.getvalue())
