"""The canvas panel: layers and their switches, the view, and the read-out under the mouse."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QWidget

from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.networks import AffineGenerator, NormalLatent
from ganlab_desktop.experiment.objectives import Wasserstein
from ganlab_desktop.experiment.translation import PatchDiscriminator, patch_side, scores_across
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.badge import LETTERS, NUMBERS
from ganlab_desktop.ui.panels.canvas.bar import LayerBar
from ganlab_desktop.ui.panels.canvas.class_choice import ClassChoice
from ganlab_desktop.ui.panels.canvas.distances import Distances
from ganlab_desktop.ui.panels.canvas.gaussians import GaussianSliders
from ganlab_desktop.ui.panels.canvas.growth import Growth
from ganlab_desktop.ui.panels.canvas.hint import Hint
from ganlab_desktop.ui.panels.canvas.line import Line
from ganlab_desktop.ui.panels.canvas.plane import Plane
from ganlab_desktop.ui.panels.canvas.reading import read, value_at
from ganlab_desktop.ui.panels.canvas.sanity import Lost, lost
from ganlab_desktop.ui.panels.canvas.specs import BEST, COVERS, LAYERS
from ganlab_desktop.ui.panels.canvas.wall import COLUMNS, Wall
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.pairs import numbers_of_pairs
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.switch import Switch
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.colour_bar import ColourBar
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire.messages import Frame, Picture, Preview, Scene

_PLAYING_RESOLUTION, _PAUSED_RESOLUTION = 64, 128  # points a side of the surface
_LINE_RESOLUTION = 256  # of curves on the line, which are cheap
_MOST_LATENT_DIMENSIONS = 2  # of a latent whose grid can be drawn


class Canvas(Panel):
    """The decision surface, the samples and the way the generator wants to move, in the data's own space."""

    name = "canvas"
    export = "canvas"
    title = QT_TRANSLATE_NOOP("Canvas", "Canvas")
    explanation = QT_TRANSLATE_NOOP("Canvas", "what D says, the samples, and the way G wants to move")
    explores: ClassVar[bool] = True  # whether images of its wall can be explored from
    edited = Signal(str, object)  # a slider chose a value for the setting at this path
    corner_wanted = Signal(int, int, bool)  # which of A, B and C, or 1, 2 and 3, is to be which image; of real ones
    view_changed = Signal()  # the box, the layers or the resolution asked for changed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = LayerBar(self)
        self.classes = ClassChoice(self)
        self.plane = Plane(self.picture)
        self.plane.setAccessibleName(self.tr("Canvas"))
        self.line = Line(self.picture)
        self.line.setAccessibleName(self.tr("Canvas"))
        self._views = QStackedLayout()
        self._views.addWidget(self.plane)
        self._views.addWidget(self.line)
        self.wall = Wall(self.picture)
        self.wall.setAccessibleName(self.tr("Canvas"))
        self._views.addWidget(self.wall)
        self.growth = Growth(self.picture)
        self.growth.setAccessibleName(self.tr("Images over the run"))
        self._views.addWidget(self.growth)
        self.over_run = Switch(
            self.tr("over the run"),
            self.tr("Show what G made of the first latents at earlier steps too, in columns from left to right"),
            self,
        )
        self.trouble = QLabel(self)
        self.trouble.setWordWrap(True)
        self.trouble.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.trouble.setVisible(False)
        self.reading = Hint(self)
        self.reading.setAccessibleName(self.tr("Values under the mouse"))
        self.colour_bar = ColourBar(self.tr("D(x)"), 72, self)
        foot = QHBoxLayout()
        foot.setContentsMargins(34, 0, 4, 0)
        foot.addWidget(self.reading, 1)
        foot.addWidget(self.colour_bar)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.bar, 1)
        head.addWidget(self.classes)
        head.addWidget(self.over_run, 0, Qt.AlignmentFlag.AlignRight)
        self.content.addLayout(head)
        self.content.addWidget(self.trouble)
        self.content.addLayout(self._views, 1)
        self.sliders = GaussianSliders(self)
        self.sliders.edited.connect(self.edited)
        self.distances = Distances(self)
        self.content.addLayout(foot)
        self.content.addWidget(self.sliders)
        self.content.addWidget(self.distances)
        self._lost = Lost.NOTHING
        self._mouse: tuple[float, float] | None = None
        self._image = -1  # the one under the mouse
        self._grown = ""  # what is under it over the run
        self.chosen = -1  # and the one that is looked at closely
        self._best = "truth"  # the study that knows the best D; for a critic, transport
        self._on_line = self._tells_classes = self._translates = False
        self._judges = True  # whether there is a discriminator
        self._one_gaussian = False  # whether the generator's distribution is known to be one
        self.bar.toggled.connect(self._toggle)
        self.bar.opacity_changed.connect(self._set_opacity)
        self.classes.chosen.connect(self._show_class)
        for view in (self.plane, self.line):
            view.hovered.connect(self._hover)
            view.left.connect(self._leave)
            view.moved.connect(self.view_changed)
            view.fit_wanted.connect(self.view_changed)
        self.wall.hovered.connect(self._hover_image)
        self.wall.chosen.connect(self._choose_image)
        if self.explores:
            self.wall.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the arrows to the window
            self.wall.menu_wanted.connect(self._offer_corners)
            self.wall.corner_wanted.connect(self._take_corner)
        self.wall.left.connect(self._leave)
        self.over_run.toggled.connect(self._show_over_run)
        self.growth.hovered.connect(self._hover_growth)
        for spec in LAYERS:
            self._toggle(spec.name, spec.on)
        self._say()
        self.apply_theme(DARK)

    @property
    def probes(self) -> tuple[str, ...]:  # type: ignore[override]
        """The pictures of the layers that are on; of images the wall of samples."""
        if self.scene is not None and self.scene.image is not None:
            pairs = ("pairs",) if self._translates else ()
            return ("wall", *pairs) if self.chosen < 0 else ("wall", "closeup", *pairs)
        on = self.bar.on()
        wanted = dict.fromkeys(spec.picture for spec in LAYERS if on[spec.name] and spec.picture)
        known = ("gaussians",) if self._one_gaussian else ()
        if not self._judges:  # the picture of the surface has the data's density too
            wanted["surface"] = None
        batch = () if self._on_line else ("batch",)
        return (*dict.fromkeys(self._best if name == BEST else name for name in wanted), *batch, *known)

    def box(self) -> tuple[float, float, float, float]:
        """The visible part of the data's space: left, right, bottom, top. The scene's box before it is on screen."""
        if self.scene is None:
            return (-1.0, 1.0, -1.0, 1.0)
        if self.scene.image is not None:
            return self.scene.box
        view = self.plane if self.scene.dim > 1 else self.line
        return view.visible_box() if view.isVisible() else self.scene.box

    def label(self) -> int:
        """The class that a conditional game is looked at for, counted from 0."""
        return self.classes.label

    def resolution(self) -> int:
        """Points a side of the surface: finer where training does not pay for it."""
        if self._on_line:
            return _LINE_RESOLUTION
        return _PLAYING_RESOLUTION if self.playing else _PAUSED_RESOLUTION

    def export_settings(self) -> dict[str, Any]:
        if self.scene is None or self.scene.image is not None:
            return {}
        layers = {f"layers.{name}": on for name, on in self.bar.on().items()}
        view = {} if self._on_line else {"view": [round(edge, 4) for edge in self.box()]}
        return layers | view | {"class_shown": self.label()}

    def empty_text(self) -> str:
        return self.tr("The discriminator, the data and the generator's samples appear here once a run is open.")

    def filled(self) -> bool:
        return self.scene is not None

    def show_scene(self, scene: Scene) -> None:
        self.bar.setVisible(scene.image is None)
        self.over_run.setVisible(scene.image is not None and self.explores)
        if scene.image is not None:
            self._show_images(scene)
            return
        on_plane = scene.dim > 1
        self._views.setCurrentWidget(self.plane if on_plane else self.line)
        experiment = from_toml(scene.experiment)
        self.classes.offer(scene.classes)
        self._tells_classes = experiment.tells_discriminator
        self.plane.set_scene(scene)
        self.line.set_scene(scene)
        self._show_class(self.label())
        self._judges = scene.output != "none"
        self.colour_bar.setVisible(on_plane and self._judges)
        on_line = self.tr("densities of data and generator over x, what D says, and the best D")
        told = self.tr(self.explanation) if on_plane else on_line
        decoded = self.tr("the data, and what the decoder makes of normal noise")
        self.header.set_explanation(told if self._judges else decoded)
        drawable = experiment.latent.dim <= _MOST_LATENT_DIMENSIONS
        self._best = "transport" if isinstance(experiment.objective, Wasserstein) else "truth"
        generator, latent = experiment.generator, experiment.latent
        self._one_gaussian = isinstance(generator, AffineGenerator) and isinstance(latent, NormalLatent)
        self.sliders.show_experiment(experiment)
        self.distances.setVisible(self._one_gaussian)
        if on_plane == self._on_line:  # on the line the best D hides nothing
            self._on_line = not on_plane
            self.bar.buttons["optimal"].setChecked(self._on_line)
        for spec in LAYERS:
            button = self.bar.buttons[spec.name]
            if not on_plane and not spec.on_line:
                button.set_available(False, self.tr("This layer needs data in the plane."))
            elif spec.of_discriminator and not self._judges:
                button.set_available(False, self.tr("A variational autoencoder has no discriminator."))
            elif spec.name == "manifold" and not drawable:
                button.set_available(False, self.tr("The latent has more than two dimensions: no grid can be drawn."))
            elif spec.name == "modes" and scene.modes is None:
                button.set_available(False, self.tr("These data have no modes."))
            elif spec.picture == BEST and scene.no_optimum:
                button.set_available(False, self.tr("No best D: {reason}.").format(reason=scene.no_optimum))
            elif spec.name == "difference" and self._best == "transport":
                why = self.tr("No difference: away from the transport segments other potentials are as good.")
                button.set_available(False, why)
            elif spec.name == "ratio" and scene.no_density:
                button.set_available(False, self.tr("No log ratio: {reason}.").format(reason=scene.no_density))
            else:
                button.set_available(True)
            self._toggle(spec.name, button.isChecked())

    def _show_images(self, scene: Scene) -> None:
        """Show samples side by side: images have no plane of their own to be drawn in."""
        self._views.setCurrentWidget(self.growth if self.over_run.isChecked() else self.wall)
        self.wall.set_scene(scene)
        for widget in (self.classes, self.colour_bar, self.distances, self.sliders):
            widget.setVisible(False)
        self._translates = from_toml(scene.experiment).translates
        told = self.tr("each place shows what G makes of one latent; a row is a class")
        alike = self.tr("each place shows what G makes of one latent, which stays the same")
        pairs = self.tr("what is given, what G makes of it and its target, of pairs that it has not trained on")
        of_inputs, of_latents = (
            self.tr("what G made of the same inputs, step by step"),
            self.tr("what G made of the same latents, step by step"),
        )
        grown = of_inputs if self._translates else of_latents
        plain = pairs if self._translates else told if scene.classes else alike
        self.header.set_explanation(grown if self.over_run.isChecked() else plain)
        self._on_line = False
        self._say()

    def show_preview(self, preview: Preview) -> None:
        """Show what a moment of the past was like, until the moment itself comes."""
        for name in set(preview.pictures) & set(self.probes):
            self.pictures[name] = preview.pictures[name]
        self._dirty = True

    def receive(self, frame: Frame, series: Mapping[str, Series]) -> None:
        super().receive(frame, series)
        self.plane.eases = frame.step >= frame.head

    def take_back(self) -> None:
        """Show again what is, where a slider's wish was refused."""
        self.sliders.release()
        if self.scene is not None:
            self.show_scene(self.scene)

    def draw_picture(self, scene: Scene, now: float) -> bool:
        on = self.bar.on()
        gliding = False
        pictures = self._shown_pictures()
        self._lost = lost(scene, pictures)
        if scene.image is not None:
            closeup = pictures.get("closeup")
            fits = closeup is not None and closeup.numbers.get("chosen") == self.chosen
            self.wall.draw(pictures.get("wall"), closeup if fits else None)
            if self.over_run.isChecked():
                self.growth.draw(pictures.get("wall"))
        elif scene.dim > 1:
            self.plane.show_batch(self._batch(), scene)
            self.plane.draw(pictures, on, now)
            self._tell_colours(scene)
        else:
            gliding = self.line.draw(pictures, on, now)
        self._draw_gaussian()
        self._tell_trouble()
        if self._mouse is not None:
            self._say()
        return gliding

    def _batch(self) -> Picture | None:
        """The samples that the phase at hand works on; None between iterations."""
        batch = self.pictures.get("batch")
        return batch if batch is not None and batch.numbers.get("phase", 0.0) > 0 else None

    def _draw_gaussian(self) -> None:
        picture = self.pictures.get("gaussians")
        if picture is None or "mean" not in picture.arrays:
            return
        self.distances.show_numbers(picture.numbers)
        self.sliders.follow(float(picture.arrays["mean"].numpy()[0]), float(picture.arrays["std"].numpy()[0]))

    def _shown_pictures(self) -> dict[str, Picture]:
        """The pictures, and the one that holds the best D under its name."""
        best = self.pictures.get(self._best)
        return self.pictures if best is None else {**self.pictures, BEST: best}

    def numbers(self) -> tuple[Number, ...]:
        pairs = self.pictures.get("pairs")
        if pairs is not None and "ssim" in pairs.numbers:
            return numbers_of_pairs(pairs)
        samples = self.pictures.get("samples")
        averaged = samples is not None and samples.numbers.get("ema", 0.0) > 0
        batch = self._batch()
        if batch is not None and self.scene is not None and self.scene.dim > 1:
            phase = self.scene.phases[int(batch.numbers["phase"]) - 1]
            of_d = "D" if self._judges else "E"
            who, colour = (of_d, "discriminator") if phase.player == "discriminator" else ("G", "fake")
            return (Number(self.tr("batch of"), f"{who} {phase.name}", colour),)
        return (Number(self.tr("samples of"), self.tr("averaged G"), "fake", "diamond"),) if averaged else ()

    def forget(self) -> None:
        self.plane.clear()
        self.line.clear()
        self.wall.clear()
        self.growth.clear()
        self._image = self.chosen = -1
        self.distances.show_numbers({})
        self.trouble.setVisible(False)
        self.trouble.clear()
        self._mouse = None

    def paint_theme(self, colours: Colours) -> None:
        self.bar.apply_theme(colours)
        self.plane.apply_theme(colours)
        self.line.apply_theme(colours)
        for widget in (self.wall, self.growth, self.over_run):
            widget.apply_theme(colours)
        self.sliders.apply_theme(colours)
        self.distances.apply_theme(colours)
        self.colour_bar.apply_theme(colours)
        self.colour_bar.set_table(self.plane.scale.table(colours))
        self.trouble.setStyleSheet(f"color: {colours.trouble}; background: transparent;")
        self.reading.setStyleSheet(f"color: {colours.secondary}; background: transparent;")

    def _toggle(self, name: str, on: bool) -> None:
        shown = on and self.bar.buttons[name].isEnabled()
        if shown and name in COVERS and not self._on_line:
            for other in COVERS:
                self.bar.buttons[other].setChecked(other == name)
        self.plane.layers[name].set_visible(shown)
        self.line.set_visible(name, shown)
        self._dirty = True
        self.view_changed.emit()

    def _show_class(self, label: int) -> None:
        self.plane.show_class(label)
        self.line.show_class(label if self._tells_classes else None)
        self._dirty = True
        self.view_changed.emit()

    def _set_opacity(self, name: str, opacity: float) -> None:
        self.plane.layers[name].set_opacity(opacity)
        self.line.set_opacity(name, opacity)

    def _tell_colours(self, scene: Scene) -> None:
        filling, probability = self.plane.filling(self.bar.on()), scene.output == "probability"
        names = {
            "surface": self.tr("D(x)") if probability else self.tr("score f(x)"),
            "optimal": self.tr("best D(x)") if probability else self.tr("best f(x)"),
            "difference": self.tr("D − best D") if probability else self.tr("f − best f"),
            "ratio": self.tr("log p/q"),
        }
        low, high = self.plane.fillings[filling].levels
        if filling == "surface" and self._lost in (Lost.OUTPUT, Lost.BOTH):
            low = high = math.nan
        self.colour_bar.set_values(names[filling], fixed(low), fixed(high))

    def _tell_trouble(self) -> None:
        """Say why there is nothing to be seen, where that is no choice of the user's."""
        said = {
            Lost.NOTHING: "",
            Lost.SAMPLES: self.tr("The generated samples are no longer finite numbers: the generator has diverged."),
            Lost.OUTPUT: self.tr("What D says is no longer a finite number: the discriminator has diverged."),
            Lost.BOTH: self.tr("Neither the generated samples nor what D says are finite numbers any more."),
            Lost.AWAY: self.tr("All generated samples lie far outside of the picture."),
        }[self._lost]
        if said != self.trouble.text():
            self.trouble.setText(said)
            self.trouble.setVisible(bool(said))

    def _hover(self, x: float, y: float) -> None:
        self._mouse = (x, y)
        self._say()

    def _hover_image(self, number: int) -> None:
        self._image = number
        self._say()

    def _show_over_run(self) -> None:
        if self.scene is not None:
            self._show_images(self.scene)
        self._dirty = True
        self.view_changed.emit()

    def _hover_growth(self, told: str) -> None:
        self._grown = told
        self._say()

    def _choose_image(self, number: int) -> None:
        """Look at one image closely; at the same one again, or beside all of them: no longer."""
        self.chosen = -1 if number == self.chosen else number
        self._dirty = True
        self.view_changed.emit()

    def _offer_corners(self, number: int, real: bool, where: QPoint) -> None:
        letters = () if self._translates else NUMBERS if real else LETTERS
        words = self.tr("Use as real image {letter} of D(x)") if real else self.tr("Use as {letter} of Latent space")
        offers = {
            f"{words.format(letter=letter)}\t{letter}": partial(self.corner_wanted.emit, corner, number, real)
            for corner, letter in enumerate(letters)
        }
        self.open_menu(where, offers)

    def _take_corner(self, corner: int, number: int, real: bool) -> None:
        if not self._translates:
            self.corner_wanted.emit(corner, number, real)

    def _leave(self) -> None:
        self._mouse = None
        self._image = -1
        self._say()

    def _say(self) -> None:
        if self.scene is not None and self.scene.image is not None:
            self.reading.say(self._words_on_image(self.scene.image))
            return
        if self._mouse is None or self.scene is None:
            self.reading.say((self.tr("drag to move"), self.tr("wheel to zoom"), self.tr("double-click to fit")))
        else:
            self.reading.say(self._place(self.scene, *self._mouse))

    def _words_on_image(self, shape: tuple[int, int, int]) -> list[str]:
        channels, height, width = shape
        size = self.tr("{width} × {height} pixels").format(width=width, height=height)
        if self.over_run.isChecked():
            steps = self.tr("from left to right: steps, the newest at the right")
            return [self._grown] if self._grown else [steps, size]
        if self._image < 0:
            size = size if channels == 1 else self.tr("{size} in colour").format(size=size)
            look = self.tr("click an image to look at it closely")
            explore = (self.tr("right-click one to explore from it"),) if self.explores and not self._translates else ()
            return [look, *explore, size, *self._words_on_patches(height)]
        if self.wall.paired:
            return [self.tr("pair {number}").format(number=self._image + 1)]
        words = [self.tr("latent {number}").format(number=self._image % COLUMNS + 1)]
        label = self.wall.label_of(self._image)
        if label < 0:
            return [self.tr("latent {number}").format(number=self._image + 1)]
        return [*words, self.tr("class {label}").format(label=label)]

    def _words_on_patches(self, side: int) -> list[str]:
        """How many scores D gives an image of a side, and how much of it each sees."""
        if self.scene is None or not isinstance(
            judge := from_toml(self.scene.experiment).discriminator, PatchDiscriminator
        ):
            return []
        across, field = scores_across(judge, side), patch_side(judge)
        if field is None:
            return [self.tr("D: one score of the whole")]
        return [self.tr("D: {across} × {across} patches of {side} pixels").format(across=across, side=field)]

    def _place(self, scene: Scene, x: float, y: float) -> list[str]:
        told = read(scene, self._shown_pictures(), x, y)
        words = [f"x ({fixed(x)}, {fixed(y)})" if scene.dim > 1 else f"x {fixed(x)}"]
        if scene.output != "none":
            d = self.tr("D") if scene.output == "probability" else self.tr("score")
            words.append(f"{d} {fixed(told.value, 3)}")
        if not math.isnan(told.best):
            words.append(self.tr("best {value}").format(value=fixed(told.best, 3)))
        if not math.isnan(told.density):
            density = self.tr("density {value}") if scene.dim > 1 else "p_data {value}"
            words.append(density.format(value=fixed(told.density, 3)))
        if self.bar.on()["ratio"] and "truth" in self.pictures:
            ratio = value_at(self.pictures["truth"], "ratio", x, y)
            words.append(self.tr("log p/q {value}").format(value=fixed(ratio)))
        if not math.isnan(told.generated):
            words.append(f"p_g {fixed(told.generated, 3)}")
        if told.mode:
            words.append(self.tr("mode {number} at {sigmas} σ").format(number=told.mode, sigmas=fixed(told.sigmas, 1)))
        return words
