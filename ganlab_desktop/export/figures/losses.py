"""The players' losses over the steps."""

from ganlab_desktop.engine.visit import Visit
from ganlab_desktop.experiment.equilibrium import equilibrium_of
from ganlab_desktop.experiment.exports.parts import LossesPart
from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.export.curves import curve, steps_axis
from ganlab_desktop.export.errors import ExportError
from ganlab_desktop.export.ink import Canvas, Ink
from ganlab_desktop.export.looking import Tell, history
from ganlab_desktop.export.sheets import Sheets, table


def gather(visit: Visit, part: LossesPart, tell: Tell) -> Sheets:
    """The losses of the objective at hand: those of another one are not comparable."""
    experiment, since = visit.run.experiment, visit.run.standing.objective_since
    steps, columns = history(visit, "step", max(part.first, since + 1 if since else 0))
    if not len(steps):
        raise ExportError(f"no losses are known up to step {visit.run.step}")
    losses = {name: columns[name] for name in ("discriminator_loss", "generator_loss")}
    numbers = {f"level {name}": value for value, name in equilibrium_of(experiment)}
    numbers["autoencoder"] = float(experiment.autoencodes)
    numbers["critic"] = float(isinstance(experiment.objective, Wasserstein))
    return Sheets({"losses": table(steps, losses)}, numbers)


def draw(figure: Canvas, sheets: Sheets, part: LossesPart, ink: Ink) -> None:
    """Running means over the raw losses, dashed where both would stand at equilibrium; of a critic, whose generator's
    loss has an arbitrary offset, its mean score of real samples minus that of generated ones."""
    axes = figure.subplots()
    losses, colours = sheets["losses"], ink.colours
    steps = losses["step"]
    if sheets.numbers["critic"]:
        difference = -losses["discriminator_loss"].astype(float)
        curve(axes, steps, difference, ink, colours.discriminator, "critic's difference of means", raw=part.raw)
    else:
        first = "encoder and decoder" if sheets.numbers["autoencoder"] else "discriminator"
        curve(axes, steps, losses["discriminator_loss"], ink, colours.discriminator, first, raw=part.raw)
    if not sheets.numbers["critic"] and not sheets.numbers["autoencoder"]:
        curve(axes, steps, losses["generator_loss"], ink, colours.fake, "generator", raw=part.raw)
    words = "equilibrium"
    for name, level in sheets.numbers.items():
        if name.startswith("level "):
            axes.axhline(level, label=words, zorder=2, **ink.truth)
            ink.name_level(axes, level, name.removeprefix("level "))
            words = "_"  # matplotlib leaves such labels out of the legend
    axes.set_ylabel("difference" if sheets.numbers["critic"] else "loss")
    steps_axis(axes, ink)
    ink.legend(axes)


def aspect(sheets: Sheets, part: LossesPart, ink: Ink) -> float:
    """Height over width."""
    return 0.62
