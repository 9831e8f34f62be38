"""The players' losses over time."""

from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ganlab_desktop.experiment.conditioning import ConditionalBatchNorm, Projection
from ganlab_desktop.experiment.equilibrium import equilibrium_of
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.objectives import FGan, Variational, Wasserstein
from ganlab_desktop.experiment.penalties import GradientPenalty, OneSidedGradientPenalty, WeightClipping
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.findings import told
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.plots.time_plot import TimePlot
from ganlab_desktop.ui.series import FOREVER, Series
from ganlab_desktop.wire.messages import Finding, Scene


class Line(NamedTuple):
    """How one series is shown: its label in the header, its label at the line's end, its colour, its sign."""

    series: str
    label: str
    end: str
    colour: str
    sign: int = 1


class Reading(NamedTuple):
    """How an objective's losses are read: the lines, the values at equilibrium with their names, and what to know."""

    lines: tuple[Line, ...]
    equilibrium: tuple[tuple[float, str], ...] = ()
    note: str = ""


_D = Line("discriminator_loss", "D", "D", "discriminator")
_G = Line("generator_loss", "G", "G", "fake")
_PLAYERS = (_D, _G)


def _critic(label: str, end: str, note: str) -> Reading:
    """A critic's loss, read as its mean score of real samples minus that of generated ones."""
    return Reading((Line("discriminator_loss", label, end, "discriminator", -1),), note=note)


_BOUND = QT_TRANSLATE_NOOP(
    "Losses", "Minus D's loss is a lower bound of the divergence, but for the chance of each batch: D raises it."
)

# A Wasserstein generator's loss has an arbitrary offset, so that only the critic's difference of means says something.
# Over critics of slope at most K it reaches K W1 (Arjovsky et al. 2017, section 3); without a bound it has no limit.
# Under a gradient penalty K is not 1: for two points at distance d it is 1 + d / (2 lambda).
_SLOPE_ONE = _critic(
    QT_TRANSLATE_NOOP("Losses", "lower bound of W1"),
    QT_TRANSLATE_NOOP("Losses", "W1"),
    QT_TRANSLATE_NOOP(
        "Losses",
        "The critic's mean score of real samples minus that of generated ones. Orthonormal layers, or spectral norm on "
        "every layer, keep its slopes at 1 or less, so that but for the chance of each batch it cannot exceed the "
        "distance W1. Below 0, the critic lags behind G.",
    ),
)
_SOME_SLOPE = _critic(
    QT_TRANSLATE_NOOP("Losses", "critic's estimate of K W1"),
    QT_TRANSLATE_NOOP("Losses", "K W1"),
    QT_TRANSLATE_NOOP(
        "Losses",
        "The critic's mean score of real samples minus that of generated ones: the distance W1 times the critic's "
        "slope K. A gradient penalty lambda lets K reach 1 + d / (2 lambda) between points at distance d, and clipping "
        "leaves it unknown. So does spectral norm beside normalisation, residual or Fourier features, minibatch "
        "layers, packing, a projection or activations of slopes above 1. Below 0, the critic lags behind G.",
    ),
)
_ANY_SLOPE = _critic(
    QT_TRANSLATE_NOOP("Losses", "critic's difference of means"),
    QT_TRANSLATE_NOOP("Losses", "difference"),
    QT_TRANSLATE_NOOP(
        "Losses",
        "The critic's mean score of real samples minus that of generated ones. No constraint fixes its slopes, so "
        "this estimates no distance. Below 0, the critic lags behind G.",
    ),
)


_AUTOENCODER = Reading(
    (
        Line("generator_loss", QT_TRANSLATE_NOOP("Losses", "−ELBO"), "−ELBO", "discriminator"),
        Line("reconstruction", QT_TRANSLATE_NOOP("Losses", "reconstruction"), "rec.", "fake"),
        Line("divergence", "KL", "KL", "truth"),
    ),
    note=QT_TRANSLATE_NOOP(
        "Losses",
        "Nats per sample. What encoder and decoder both lower, minus the lower bound (ELBO) of the data's log "
        "likelihood, is the sum of the reconstruction, −E log p(x|z), and of the KL divergence of q(z|x) from the "
        "normal prior, what the latents may tell of a sample. Densities may exceed 1, so that values below 0 are "
        "nothing unusual.",
    ),
)
_WEIGHTED = _AUTOENCODER._replace(
    lines=(
        _AUTOENCODER.lines[0]._replace(label=QT_TRANSLATE_NOOP("Losses", "loss"), end="loss"),
        *_AUTOENCODER.lines[1:],
    ),
    note=QT_TRANSLATE_NOOP(
        "Losses",
        "Nats per sample. Encoder and decoder both lower the loss: the reconstruction, −E log p(x|z), plus beta times "
        "the KL divergence of q(z|x) from the normal prior. It is minus the lower bound (ELBO) of the data's log "
        "likelihood only where beta is 1, after the warm-up. Densities may exceed 1, so that values below 0 are "
        "nothing unusual.",
    ),
)


def reading_of(experiment: Experiment) -> Reading:
    """How the losses of an experiment are read."""
    objective = experiment.objective
    if isinstance(objective, Variational):
        return _AUTOENCODER if objective.beta == 1.0 and not objective.warm_up else _WEIGHTED
    if not isinstance(objective, Wasserstein):
        note = _BOUND if isinstance(objective, FGan) else ""
        return Reading(_PLAYERS, equilibrium_of(experiment), note)
    if _certified(experiment):
        return _SLOPE_ONE
    bounded = experiment.discriminator.spectral_norm or any(
        isinstance(p, WeightClipping) or (isinstance(p, GradientPenalty | OneSidedGradientPenalty) and p.weight)
        for p in experiment.penalties
    )
    return _SOME_SLOPE if bounded else _ANY_SLOPE


def _certified(experiment: Experiment) -> bool:
    """Whether no slope of the critic exceeds 1: it then cannot exceed W1, given single samples."""
    discriminator = experiment.discriminator
    if discriminator.packing > 1:
        return False
    return discriminator.orthonormal or (
        discriminator.spectral_norm
        and discriminator.norm == "none"
        and not discriminator.residual
        and not discriminator.fourier
        and discriminator.minibatch == "none"
        and discriminator.activation not in ("silu", "gelu")
        and not isinstance(experiment.conditioning, Projection | ConditionalBatchNorm)
    )


class Losses(Panel):
    """Both losses, raw and averaged, beside their values at equilibrium."""

    name = "losses"
    export = "losses"
    title = QT_TRANSLATE_NOOP("Losses", "Losses")
    explanation = QT_TRANSLATE_NOOP("Losses", "per step: raw, and its running mean")
    lag = QT_TRANSLATE_NOOP("Losses", "The mean over about 40 steps runs behind a loss that changes faster.")
    curves = ("step",)
    cursor_moved = Signal(int)  # the step under the mouse; -1 where it is elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = TimePlot(self.picture)
        self.plot.setAccessibleName(self.tr("Loss curves"))
        self.plot.cursor_moved.connect(self.cursor_moved)
        self.content.addWidget(self.plot)
        self._shown = Reading(())
        self.apply_theme(DARK)

    def empty_text(self) -> str:
        return self.tr("The losses of both players appear here with the first step of training.")

    def filled(self) -> bool:
        return self._series.count > 0

    def set_cursor(self, step: int) -> None:
        """Put the cursor on a step; -1 hides it."""
        self.plot.set_cursor(step)

    def set_findings(self, findings: tuple[Finding, ...]) -> None:
        """Mark the steps at which something was found to go wrong."""
        self.plot.set_events([(finding.step, *told(finding)) for finding in findings])

    def past(self, scene: Scene) -> int:
        return scene.objective_since  # losses of another objective are not comparable

    def show_scene(self, scene: Scene) -> None:
        self._tell_era(scene)
        reading = reading_of(from_toml(scene.experiment))
        if reading == self._shown:
            return
        self._shown = reading
        more = f"{self.tr(reading.note)} {self.tr(self.lag)}" if reading.note else self.tr(self.lag)
        self.header.set_explanation(self.tr(self.explanation), more)
        self.plot.remove_all()
        for line in reading.lines:
            self.plot.add_curve(line.series, self.tr(line.end), line.colour, sign=line.sign)
        for value, label in reading.equilibrium:
            self.plot.add_level(value, self.tr("{value} at equilibrium").format(value=label))
        self.plot.apply_theme(self.colours)

    def _tell_era(self, scene: Scene) -> None:
        """Show the losses of the objective at hand alone, and say so."""
        since = scene.objective_since
        later = (edit.step for edit in scene.edits if edit.step > since and _of_objective(edit.text))
        until = next(later, FOREVER)
        self.plot.until = until
        if since and until < FOREVER:
            said = self.tr("this objective: from step {first} to {last}").format(first=f"{since:,}", last=f"{until:,}")
        elif since:
            said = self.tr("objective changed: from step {first} on").format(first=f"{since:,}")
        elif until < FOREVER:
            said = self.tr("objective changed at step {last}").format(last=f"{until:,}")
        else:
            said = ""
        self.plot.set_caption(said)

    def draw_picture(self, scene: Scene, now: float) -> bool:
        self.plot.beside = self.beside("step")
        return self.plot.draw(self._series, now)

    def numbers(self) -> tuple[Number, ...]:
        return tuple(
            Number(self.tr(line.label), fixed(self.plot.value(self._series, curve), 3), line.colour, "line")
            for line, curve in zip(self._shown.lines, self.plot.curves, strict=True)
        )

    def forget(self) -> None:
        self.plot.clear()

    def paint_theme(self, colours: Colours) -> None:
        self.plot.apply_theme(colours)

    @property
    def _series(self) -> Series:
        return self.series.get("step", _NOTHING)


def _of_objective(changes: str) -> bool:
    """Whether the text of an edit names the objective."""
    return any(change.startswith("objective") for change in changes.split("; "))


_NOTHING = Series()
