"""What the panels show of a variational autoencoder, which has no discriminator."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from scenes import BOX, floats, frame, pictures, ring, series_of
from test_latent_panel import path, plane
from test_wall import EXPERIMENT, images, wall

from ganlab_desktop.experiment.files import to_toml
from ganlab_desktop.experiment.objectives import Variational
from ganlab_desktop.measure.studies.likelihood import Likelihood as Study
from ganlab_desktop.measure.studies.quality import Quality as QualityStudy
from ganlab_desktop.ui.panels.canvas import Canvas
from ganlab_desktop.ui.panels.critic import CriticField
from ganlab_desktop.ui.panels.dynamics import Dynamics
from ganlab_desktop.ui.panels.generator import Generator
from ganlab_desktop.ui.panels.latent import Latent
from ganlab_desktop.ui.panels.likelihood import Likelihood
from ganlab_desktop.ui.panels.losses import Losses
from ganlab_desktop.ui.panels.memory import Memory
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.panels.quality import Quality
from ganlab_desktop.ui.panels.schedule import Schedule
from ganlab_desktop.ui.panels.truth import Truth
from ganlab_desktop.ui.series import Series
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Chunk, Picture, Scene

AUTOENCODER = msgspec.structs.replace(EXPERIMENT, objective=Variational(), penalties=())
STEP = ("discriminator_loss", "generator_loss", "reconstruction", "divergence")


def points(objective: Variational | None = None, **fields) -> Scene:
    return ring("none", {"objective": objective or Variational()}, **fields)


def digits() -> Scene:
    return images(experiment=to_toml(AUTOENCODER), output="none")


@pytest.fixture
def shown(qtbot) -> Callable[..., Panel]:
    def show(kind: type[Panel], scene: Scene) -> Panel:
        panel = kind()
        qtbot.addWidget(panel)
        panel.resize(420, 260)
        panel.show()
        panel.set_scene(scene)
        panel.draw()
        return panel

    return show


@pytest.mark.parametrize("kind", [CriticField, Dynamics, Generator, Memory, Truth])
def test_a_panel_of_the_discriminator_says_that_there_is_none(shown, kind: type[Panel]) -> None:
    panel = shown(kind, points())
    panel.receive(frame(pictures()), {})
    panel.draw()
    assert "has none" in panel.empty.text()
    assert panel.empty.isVisible()


def test_the_canvas_shows_samples_and_offers_no_layer_of_the_discriminator(shown) -> None:
    canvas = shown(Canvas, points())
    assert isinstance(canvas, Canvas)
    gone = {name for name, button in canvas.bar.buttons.items() if not button.isEnabled()}
    assert gone >= {"surface", "contours", "gradients", "field", "optimal", "difference"}
    assert not gone & {"real", "generated", "manifold", "modes", "ratio", "plan"}
    assert "no discriminator" in canvas.bar.buttons["surface"].toolTip()
    assert "surface" in canvas.probes  # for the density of the data
    density = Picture(1, {"density": floats(np.zeros((64, 64)))}, BOX)
    canvas.receive(frame(pictures() | {"surface": density}), {})
    canvas.draw()
    assert not canvas.colour_bar.isVisible()
    assert "decoder" in canvas.header.explanation
    canvas.plane.hovered.emit(0.5, 0.5)
    assert canvas.reading.text()
    assert "density 1" in canvas.reading.text()
    assert "score" not in canvas.reading.text()


def test_a_closeup_shows_the_image_and_its_neighbours_without_d(shown) -> None:
    canvas = shown(Canvas, digits())
    assert isinstance(canvas, Canvas)
    grey = Array.of(np.zeros((5, 8, 8, 1), np.uint8))
    one = Array.of(np.zeros((1, 8, 8, 1), np.uint8))
    closeup = {"image": one, "latent": floats(np.zeros(8)), "nearest": grey, "distances": floats(np.ones(5))}
    canvas.chosen = 3
    canvas.receive(frame({"wall": wall(), "closeup": Picture(1, closeup, {"chosen": 3.0})}), {})
    canvas.draw()
    canvas.grab()
    assert len(canvas.wall._tiles) == 6


@pytest.mark.parametrize(
    ("objective", "first"),
    [(Variational(), "−ELBO"), (Variational(beta=4.0), "loss"), (Variational(warm_up=100), "loss")],
)
def test_losses_are_minus_the_bound_and_its_two_parts(shown, objective: Variational, first: str) -> None:
    losses = shown(Losses, points(objective))
    assert isinstance(losses, Losses)
    series = Series()
    rows = np.tile([1.0, 1.0, -3.0, 4.0], (500, 1))
    series.extend(Chunk("step", 0, STEP, Array.of(np.arange(500, dtype=np.int64)), floats(rows)))
    losses.receive(frame(step=500), {"step": series})
    losses.draw()
    told = {number.label: number.value for number in losses.header.numbers}
    assert told == {first: "1.000", "reconstruction": "−3.000", "KL": "4.000"}
    assert "Nats per sample" in losses.header.toolTip()


def test_latents_are_explored_without_d_and_from_real_images_where_wanted(shown) -> None:
    latent = shown(Latent, digits())
    assert isinstance(latent, Latent)
    assert not latent.pages.buttons[3].isEnabled()
    assert not latent.controls.shade.isVisible()
    assert latent.controls.encoded.isVisible()
    marked = []
    latent.marks_changed.connect(lambda: marked.append((latent.marked, latent.reals)))
    latent.controls.encoded.click()
    assert latent.exploration.encoded
    assert marked[-1] == ((), (0, 1, 2))  # none of the generated images is A, B or C
    latent.use(2, 5, real=True)
    assert marked[-1] == ((), (0, 1, 5))
    latent.use(0, 3)
    assert not latent.exploration.encoded
    assert marked[-1] == ((3, 1, 2), ())
    latent.controls.encoded.click()
    unknown = {"outputs": floats(np.full((4, 6), np.nan))}
    seen = plane()
    latent.receive(frame({"latent_plane": Picture(1, seen.arrays | unknown, seen.numbers)}), {})
    latent.draw()
    assert [number.label for number in latent.header.numbers] == ["|z|"]
    assert latent.plane.grid.shading.isNull()
    assert "D =" not in latent.plane._tell(3)
    latent.pages.buttons[1].click()
    latent.receive(frame({"latent_path": path()}), {})
    latent.draw()
    assert "D =" not in latent.path._tell(3)
    latent.set_scene(images(run="a game"))
    assert not latent.exploration.encoded


def likelihood(arrays: dict[str, Array], log_density: float) -> Picture:
    values = (-5.5, -1.25, 20.0, 25.5, 0.125, log_density)
    return Picture(5, arrays, dict(zip(Study.COLUMNS, values, strict=True)))


def receive(panel: Panel, picture: Picture) -> None:
    rows = np.array([list(picture.numbers.values())] * 2, np.float32)
    rows[0] -= 1.0
    panel.receive(frame({"likelihood": picture}, step=5), series_of("likelihood", Study.COLUMNS, rows))
    panel.draw()


def test_likelihood_stands_over_time_beside_the_data_own_density(shown) -> None:
    panel = shown(Likelihood, points())
    assert isinstance(panel, Likelihood)
    spots = floats(np.random.default_rng(0).normal(size=(20, 2)))
    receive(panel, likelihood({"original": spots, "decoded": spots}, 1.5))
    told = {number.label: number.value for number in panel.header.numbers}
    assert told == {"ELBO": "−5.50", "IWAE": "−1.25", "data": "1.50", "KL": "25.5", "s": "0.125"}
    elbo, iwae, known = panel.time.curves
    assert elbo.reach() == pytest.approx((-6.5, -5.5))
    assert iwae.reach() == pytest.approx((-2.25, -1.25))
    assert known.dashed
    assert "−2.750 a number" in panel.time.toolTip()  # of two
    panel.pages.buttons[1].click()
    panel.draw()
    assert panel.samples.currentWidget() is panel.points
    np.testing.assert_allclose(np.stack(panel.real.getData(), 1), spots.numpy())
    assert len(panel.ways.getData()[0]) == 40


def test_images_stand_over_what_is_decoded_of_them(shown) -> None:
    panel = shown(Likelihood, digits())
    assert isinstance(panel, Likelihood)
    dark, bright = (Array.of(np.full((24, 8, 8, 1), level, np.uint8)) for level in (10, 200))
    receive(panel, likelihood({"original": dark, "decoded": bright}, float("nan")))
    assert "data" not in {number.label for number in panel.header.numbers}
    panel.pages.buttons[1].click()
    panel.draw()
    shades = [image.pixelColor(0, 0).red() for image in panel.images.images if image is not None]
    assert shades == ([10] * 8 + [200] * 8) * 3
    assert "held-out" in panel._tell(0)
    assert "decoded" in panel._tell(8)


def test_the_panel_says_why_a_gan_has_no_likelihood(shown) -> None:
    panel = shown(Likelihood, ring())
    assert "without telling how likely" in panel.empty.text()
    panel = shown(Likelihood, points())
    assert "appears here" in panel.empty.text()


def test_quality_says_why_there_is_no_accuracy_of_d(shown) -> None:
    panel = shown(Quality, points())
    assert isinstance(panel, Quality)
    rows = np.full((2, len(QualityStudy.COLUMNS)), np.nan)
    panel.receive(frame(step=5), series_of("quality", QualityStudy.COLUMNS, rows))
    panel.draw()
    assert "no discriminator" in panel.why.text()


def test_the_warm_up_is_drawn_over_the_whole_training(shown) -> None:
    panel = shown(Schedule, points(Variational(beta=2.0, warm_up=100)))
    assert isinstance(panel, Schedule)
    panel.receive(frame(step=50), {})
    panel.draw()
    (plot,) = panel.plots
    steps, values = plot.lines[0].getData()
    np.testing.assert_allclose(values, 2.0 * np.minimum(steps / 100, 1.0), atol=1e-6)
