"""What lies between images: in the space of latents, of styles, of pixels and of features."""

from typing import Any, ClassVar

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from ganlab_desktop.experiment.exploration import Corners, Exploration
from ganlab_desktop.experiment.files import from_toml
from ganlab_desktop.experiment.style import StyleGenerator
from ganlab_desktop.palette import DARK, Colours
from ganlab_desktop.ui.panels.header import Number
from ganlab_desktop.ui.panels.latent.controls import Controls
from ganlab_desktop.ui.panels.latent.features_page import FeaturesPage
from ganlab_desktop.ui.panels.latent.mixing_page import MixingPage
from ganlab_desktop.ui.panels.latent.page import LatentPage
from ganlab_desktop.ui.panels.latent.path_page import PathPage
from ganlab_desktop.ui.panels.latent.plane_page import PlanePage
from ganlab_desktop.ui.panels.latent.surface_page import SurfacePage
from ganlab_desktop.ui.panels.pages import Page, Pages
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.wire.messages import Scene

_MIXING, _JUDGED, _FEATURES = 2, 3, 4  # pages that not every run has


class Latent(Panel):
    """Pages around three images of the wall, A, B and C. The engine looks at what the page in sight shows."""

    of_images: ClassVar[bool] = True
    name = "latent"
    export = "latent"
    title = QT_TRANSLATE_NOOP("Latent", "Latent space")
    explanation = QT_TRANSLATE_NOOP("Latent", "what lies between images of the wall")
    probes: tuple[str, ...] = (PlanePage.study,)
    rest = 0.0
    marks_changed = Signal()  # other images of the wall, or beside it, are explored from

    def __init__(self, parent: QWidget | None = None) -> None:
        self._translates = False  # whether G is told images, and not latents alone
        super().__init__(parent)
        self.exploration: Exploration = Exploration()
        self.plane, self.path, self.mixing = PlanePage(), PathPage(), MixingPage()
        self.surface, self.features = SurfacePage(), FeaturesPage()
        self.pages = Pages(
            (
                Page(self.tr("Plane"), self.tr("Images over the plane through the latents of A, B and C"), self.plane),
                Page(self.tr("Path"), self.tr("Images on the way from A to B"), self.path),
                Page(self.tr("Mix"), self.tr("Images with some layers in the style of A, others of B"), self.mixing),
                Page(self.tr("D(x)"), self.tr("What D says over a plane through images"), self.surface),
                Page(self.tr("Features"), self.tr("Images as a classifier of the data sees them"), self.features),
            ),
            self.picture,
        )
        self.controls = Controls(self.picture)
        self.content.addWidget(self.pages, 1)
        self.content.addWidget(self.controls)
        self.pages.turned.connect(self._turn)
        self.controls.changed.connect(self._wish)
        self.plane.reshaped.connect(self._wish)
        self._run = ""
        self._turn()
        self.apply_theme(DARK)

    @property
    def corners(self) -> Corners:
        """The places on the wall of A, B and C."""
        return self.exploration.corners

    @property
    def reals(self) -> tuple[int, ...]:
        """The places beside the wall of 1, 2 and 3, where the page in sight is about real images."""
        about = self.exploration.plane == "real" if self.pages.shown is self.surface else self.exploration.encoded
        return self.exploration.reals if about else ()

    @property
    def marked(self) -> tuple[int, ...]:
        """The places on the wall of A, B and C, unless these are real images."""
        return () if self.exploration.encoded else self.corners

    def use(self, corner: int, place: int, real: bool = False) -> None:
        """Take an image of the wall as A, B or C (0, 1, 2), or a real one beside it as 1, 2 or 3."""
        name = "reals" if real else "corners"
        places = list(getattr(self.exploration, name))
        places[corner] = place
        self.exploration = msgspec.structs.replace(self.exploration, **{name: tuple(places)})
        if self._judged and real:
            self.pages.buttons[_JUDGED].click()
            self.controls.choose("real")
        elif not self._judged:
            self.controls.encoded.setChecked(real)
        self._tell_corners()

    @property
    def _judged(self) -> bool:
        """Whether there is a discriminator to be asked."""
        return self.scene is None or self.scene.output != "none"

    def _tell_corners(self) -> None:
        """Have the images marked, and name them for who does not see the letters."""
        of_real = self.tr("1, 2 and 3 are the real images {0}, {1} and {2} beside the wall.")
        of_wall = self.tr("A, B and C are the images {0}, {1} and {2} of the wall.")
        places = self.reals or self.corners
        self.pages.setAccessibleDescription((of_real if self.reals else of_wall).format(*(1 + at for at in places)))
        self.marks_changed.emit()

    def export_settings(self) -> dict[str, Any]:
        return {"corners": list(self.corners)}

    def empty_text(self) -> str:
        if self._translates:
            return self.tr("What G makes follows from the image that is given: there is little between two latents.")
        return self.tr("What G makes between images appears here once a run of images is open.")

    def filled(self) -> bool:
        return self.scene is not None and not self._translates

    def show_scene(self, scene: Scene) -> None:
        experiment = from_toml(scene.experiment)
        self._translates = experiment.translates
        if scene.image is None or self._translates:
            self.probes = ()
            return
        if scene.run != self._run:
            self._run = scene.run
            self.controls.psi.chosen = None
        for page in self._all:
            page.set_scene(scene)
        styled = isinstance(experiment.generator, StyleGenerator)
        self.controls.show_experiment(experiment, scene.image[1])
        self._wish()
        self.pages.set_available(
            _MIXING, styled, self.tr("Only a style-based generator has a style for each of its layers.")
        )
        self.pages.set_available(
            _JUDGED, scene.output != "none", self.tr("A variational autoencoder has no discriminator.")
        )
        reason = self.tr("No features: {reason}.").format(reason=scene.no_comparison)
        self.pages.set_available(_FEATURES, not scene.no_comparison, reason)
        self._turn()

    def draw_picture(self, scene: Scene, now: float) -> bool:
        return self._page.draw(self.pictures.get(self._page.study), now, playing=self.playing)

    def numbers(self) -> tuple[Number, ...]:
        picture = self.pictures.get(self._page.study)
        return () if picture is None else self._page.numbers(picture)

    def forget(self) -> None:
        for page in self._all:
            page.clear()

    def paint_theme(self, colours: Colours) -> None:
        self.pages.apply_theme(colours)
        self.controls.apply_theme(colours)
        for page in self._all:
            page.apply_theme(colours)

    @property
    def _all(self) -> tuple[LatentPage, ...]:
        return self.plane, self.path, self.mixing, self.surface, self.features

    @property
    def _page(self) -> LatentPage:
        page = self.pages.shown
        assert isinstance(page, LatentPage)
        return page

    @Slot()
    def _turn(self) -> None:
        """Show the page in sight, its controls, and what the header tells of it."""
        page, controls = self._page, self.controls
        styled = self.scene is not None and isinstance(from_toml(self.scene.experiment).generator, StyleGenerator)
        psi = (controls.psi,) if styled else ()
        of_d = controls.shade if self._judged else controls.encoded
        own: dict[LatentPage, tuple[QWidget, ...]] = {
            self.plane: (controls.length, of_d, *psi),
            self.path: (of_d, *psi),
            self.mixing: (controls.layers, *psi),
            self.surface: tuple(controls.kinds.values()),
        }
        controls.offer(*own.get(page, ()))
        controls.setVisible(page in own)
        self.probes = (page.study,)
        self.header.set_explanation(page.tr(page.explanation))
        self._tell_corners()
        self._dirty = True

    @Slot()
    def _wish(self) -> None:
        """Take over what was chosen: the engine is asked for it with the next credit."""
        controls = self.controls
        self.exploration = msgspec.structs.replace(
            self.exploration,
            grid=self.plane.shape,
            keeps_length=controls.length.isChecked(),
            psi=controls.psi.chosen,
            from_b=controls.layers.from_b,
            plane=controls.kind,
            encoded=controls.encoded.isChecked() and not self._judged,
        )
        shades = controls.shade.isChecked() and self._judged
        if self.plane.shades != shades:
            for page in (self.plane, self.path):
                page.shades = shades
                page.draw_again()
        self._tell_corners()
        self._dirty = True
