"""Runs of a document beside each other."""

import numpy as np

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.exports.parts import RunsPart
from ganlab_desktop.export.curves import curve, line, steps_axis
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell
from ganlab_desktop.export.sheets import Sheet, Sheets, table
from ganlab_desktop.runfile.tree import RunEntry

_SERIES = {  # where each curve is kept, and what it is called
    "discriminator_loss": ("step", "discriminator loss"),
    "generator_loss": ("step", "generator loss"),
    "captured": ("coverage", "modes captured"),
    "high_quality": ("coverage", "high-quality share"),
    "jsd": ("coverage", "JSD"),
    "w1": ("transport", "W1 (network units)"),
    "value": ("truth", "V(D, G)"),
    "score": ("selection", "score"),
}


def gather(visit: Visit, part: RunsPart, tell: Tell) -> Sheets:
    """The curve of each run that has one, from its root on; up to a step, where the run at hand stands in its past."""
    entries = {entry.id: entry for entry in visit.file.runs()}
    for place, number in enumerate(part.runs):
        if number not in entries:
            raise ExperimentError(f"runs[{place}]", f"must be one of {', '.join(map(str, entries))}, got {number}")
    chosen = part.runs or tuple(number for number, entry in entries.items() if not entry.deleted)
    until = visit.run.step if visit.run.step < visit.last else None
    series = _SERIES[part.curve][0]
    sheets: dict[str, Sheet] = {}
    words: dict[str, str] = {}
    for number in chosen:
        found = visit.file.series(series, number)
        if part.curve not in found.columns:
            continue
        values = found.values[:, found.columns.index(part.curve)]
        kept = (found.steps >= part.first) & np.isfinite(values)
        kept &= found.steps <= (until if until is not None else entries[number].step)
        if kept.any():
            sheets[f"run {number}"] = table(found.steps[kept], {part.curve: values[kept]})
            words[f"run {number}"] = _name(entries[number])
            words[f"colour {number}"] = entries[number].colour
    if not sheets:
        raise ExportError(f"curve={part.curve}: no run has it; the window measures some only while they are shown")
    return Sheets(sheets, {"shown": float(visit.file.run)}, words)


def _name(entry: RunEntry) -> str:
    begun = "from the start" if entry.parent is None else f"from step {entry.forked_at:,}"
    return f"{entry.id}: {entry.title or begun}"


def draw(figure: Canvas, sheets: Sheets, part: RunsPart, ink: Ink) -> None:
    """Each run in its colour, that at hand in the discriminator's and on top, and with dashes of its own."""
    axes = figure.subplots()
    noisy = _SERIES[part.curve][0] == "step"
    for place, (name, sheet) in enumerate(sheets.sheets.items()):
        number = int(name.removeprefix("run "))
        colour = ink.run(number, sheets.words[f"colour {number}"], shown=number == sheets.numbers["shown"])
        words = sheets.words[name]
        before = len(axes.lines)
        if noisy:
            curve(axes, sheet["step"], sheet[part.curve], ink, colour, words, raw=False)
        else:
            line(axes, sheet["step"], sheet[part.curve], ink, colour, words)
        axes.lines[before].set_linestyle(ink.dashes(place))
    axes.set_ylabel(ink.text(_SERIES[part.curve][1]))
    steps_axis(axes, ink)
    ink.legend(axes)


def aspect(sheets: Sheets, part: RunsPart, ink: Ink) -> float:
    """Height over width."""
    return 0.62 + 0.03 * len(sheets.sheets)
