"""A figure with all that makes it again, as one zip."""

import io
import json
import platform
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import tomli_w
from msgspec.structs import replace

from ganlab_desktop import __version__
from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment import files, paths
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.exports.bundle import Bundle
from ganlab_desktop.experiment.exports.networks import CheckpointFile
from ganlab_desktop.experiment.fields import kind_of
from ganlab_desktop.export import rebuild
from ganlab_desktop.export.about import about
from ganlab_desktop.export.data_file import put, write_sheets
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.figure_file import FIGURES, write_gathered
from ganlab_desktop.export.looking import Tell
from ganlab_desktop.export.network_file import write_checkpoint
from ganlab_desktop.gan.data import contents

_LIBRARIES = ("torch", "numpy", "scipy", "matplotlib", "scikit-learn")
_README = """{line}

figure.pdf       the figure; figure.toml says what it shows, figure.npz holds its numbers
experiment.toml  the experiment as it began; story.json tells what was changed, and when
versions.json    on what machine it was trained, and with which versions its figure was made
rebuild.py       trains the run anew and makes the figure again, beside these, as rebuilt.pdf and rebuilt.npz:

    pip install ganlab-desktop=={version}
    python rebuild.py
{needs}{inexact}"""


def write_bundle(visit: Visit, bundle: Bundle, ending: str, stream: BinaryIO, tell: Tell) -> None:
    """Write a bundle of the run as it stands. Raises ExportError where its figure shows other runs too, or the run's
    beginning is not known."""
    if visit.first > 0:
        raise ExportError(f"bundle: this run is known from step {visit.first:,} on only, so it cannot be trained anew")
    if len(visit.file.runs()) > 1 and "runs" in _kinds(bundle):
        raise ExportError("bundle: the figure shows several runs, and a bundle trains one; choose another kind")
    figure = bundle.figure
    visit.measured.clear()
    sheets = FIGURES[kind_of(figure)].gather(visit, figure, tell)
    made = about(visit, figure)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("npz", "pdf"):
            tell(0.9, f"writing figure.{name}")
            file = io.BytesIO()
            if name == "npz":
                write_sheets(sheets, made, name, file)
            else:
                write_gathered(sheets, figure, made, name, file)
            put(archive, f"figure.{name}", file.getvalue())
        for name, text in _texts(visit, bundle).items():
            put(archive, name, text.encode())
        for name, content in _arrays(visit).items():
            put(archive, name, content)


def _kinds(bundle: Bundle) -> set[str]:
    """The kinds of the figure and its panels."""
    return {kind_of(bundle.figure), *(kind_of(panel) for panel in getattr(bundle.figure, "panels", ()))}


def _texts(visit: Visit, bundle: Bundle) -> dict[str, str]:
    run = visit.run
    first = run.timeline.first
    needs = getattr(first.data, "path", "") if run.game.data.digest else ""
    trained_on = {name: value for name, value in (visit.file.facts() | visit.made_on).items() if name != "weights"}
    machine = run.machine() | trained_on
    story = {"device": machine["device"], "threads": machine["threads"], "moments": list(_moments(visit))}
    libraries = {name: version(name) for name in _LIBRARIES}
    here = {"ganlab-desktop": __version__, "python": platform.python_version(), **libraries}
    versions = {"trained_on": trained_on, "figure_made_with": here}
    told = f"\nIt needs the images in {needs}, as they were.\n" if needs else ""
    inexact = "".join(f"\nWhere the figure was made, {line}.\n" for line in visit.inexact)
    return {
        "experiment.toml": files.to_toml(_portable(first)),
        "figure.toml": tomli_w.dumps(paths.as_dict(bundle.figure)),
        "story.json": json.dumps(story, indent=1),
        "versions.json": json.dumps(versions, indent=1),
        "rebuild.py": Path(rebuild.__file__).read_text("utf-8"),
        "README.txt": _README.format(line=about(visit, bundle).line, version=__version__, needs=told, inexact=inexact),
    }


def _moments(visit: Visit) -> Iterator[dict[str, Any]]:
    """All steps at which something ends or happens, up to the one where the run stands: who moved alone up to there,
    which settings were changed, and what was measured."""
    timeline, end = visit.run.timeline, visit.run.step
    edits = timeline.edits[: visit.run.standing.edits]
    ends = {step for move in timeline.moves for step in (move.first, move.last)}
    steps = {end, *ends, *(edit.step for edit in edits), *(step for some in visit.measured.values() for step in some)}
    for step in sorted(step for step in steps if step <= end):
        yield {
            "step": step,
            "alone": timeline.alone(step),
            "changes": [_changes(edit.changes) for edit in edits if edit.step == step],
            "measured": [series for series, at in visit.measured.items() if step in at],
        }


def _portable(experiment: Experiment) -> Experiment:
    """The experiment with its points where the bundle has them."""
    content = getattr(experiment.data, "content", "")
    if not content or contents.find(content) is None:
        return experiment
    return replace(experiment, data=replace(experiment.data, path=_points_file(content)))


def _changes(changes: Any) -> dict[str, Any]:
    changed = dict(changes)
    if content := changed.get("data.content"):
        changed["data.path"] = _points_file(content)
    return json.loads(json.dumps(changed, default=paths.as_dict))  # type: ignore[no-any-return]


def _points_file(content: str) -> str:
    return f"points-{content[:8]}.npz"


def _arrays(visit: Visit) -> dict[str, bytes]:
    """Imported points, and the weights that the run was given."""
    timeline, found = visit.run.timeline, {}
    experiments = (timeline.first, *(edit.experiment for edit in timeline.edits))
    for content in {getattr(experiment.data, "content", "") for experiment in experiments} - {""}:
        points = contents.find(content)
        if points is not None:
            file = io.BytesIO()
            np.savez_compressed(file, points=points)
            found[_points_file(content)] = file.getvalue()
    if visit.run.origin:
        file = io.BytesIO()
        with visit.elsewhere():
            visit.go(0)
            write_checkpoint(visit, CheckpointFile(part="run"), "safetensors", file, lambda fraction, what: None)
        found["weights.safetensors"] = file.getvalue()
    return found
