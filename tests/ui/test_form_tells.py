"""Every method can be chosen in the form, and each of its settings tells its name, meaning, range and unit there."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.fields import FieldInfo, fields_of
from ganlab_desktop.experiment.spec import Spec
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.ui.editors import ChoiceEditor
from ganlab_desktop.ui.form import Field, Form, Section
from ganlab_desktop.ui.theme import Theme

CHOICES = {  # by the names that scripts rely on
    "objective.kind": "minimax non_saturating least_squares hinge wasserstein relativistic_paired relativistic_average "
    "relativistic_average_ls relativistic_average_hinge f_gan",
    "objective.divergence": "kl reverse_kl pearson neyman squared_hellinger jeffrey jensen_shannon weighted_js gan "
    "total_variation alpha",
    "objective.generator_form": "minimax alternative",
    "penalties[0].kind": "gradient_penalty one_sided_gradient_penalty r1 r2 dragan weight_clipping orthogonal lecam "
    "consistency",
    "game.kind": "alternating simultaneous extragradient optimistic consensus symplectic",
    "optimizer.generator.kind": "adam rmsprop sgd",
    "optimizer.discriminator.kind": "adam rmsprop sgd",
    "optimizer.generator.schedule": "constant linear cosine",
    "discriminator.norm": "none layer batch",
    "discriminator.activation": "relu leaky_relu tanh silu gelu elu groupsort",
    "discriminator.minibatch": "none discrimination stddev",
}
STABILISERS = (
    *("discriminator.spectral_norm", "discriminator.orthonormal", "discriminator.packing", "ema.half_life"),
    *("schedule.discriminator_steps", "schedule.generator_steps", "schedule.unrolled_steps"),
    *("instance_noise.std", "instance_noise.steps", "label_smoothing.real", "label_smoothing.steps"),
)
WITHOUT_UNIT = {  # ratios, weights of a term and bounds of parameters; counts whose name says of what
    *(
        "a",
        "b",
        "c",
        "pi",
        "alpha",
        "generator_embedding",
        "weight",
        "latent_weight",
        "generator_weight",
        "gamma",
        "real",
        "limit",
        "decay",
    ),
    *("lr", "betas", "eps", "momentum", "scale", "factor", "share", "weights", "turns", "fourier_scale"),
    *("jitter", "latent_jitter", "seed", "layout", "dim", "hidden", "fourier", "minibatch_kernels", "minibatch_dim"),
    *("modes", "side", "arms", "squares", "blades", "n_train", "width", "fade", "mixing", "truncation", "target"),
    *("dropout", "adversarial", "beta"),
}


def specs(spec: type[Spec] = Experiment, prefix: str = "") -> Iterator[tuple[str, str, FieldInfo, type[Spec]]]:
    """Path, kind ("" for a plain section), field and spec of every part that an experiment can have."""
    for name, info in fields_of(spec).items():
        path = f"{prefix}{name}[0]" if info.shape == "variants" else f"{prefix}{name}"
        for kind, variant in info.variants.items():
            yield path, kind, info, variant
            yield from specs(variant, f"{path}.")


DIGITS = {"data.kind": "digits"}
PAIRS = {"data.kind": "paired"}
NEEDS = {  # by the beginning of a part's name, what else it needs to be accepted
    "data.source": {"data.kind": "paired"},
    **{f"generator {kind}": DIGITS for kind in ("dcgan", "resnet", "style", "progressive")},
    **{f"discriminator {kind}": DIGITS for kind in ("dcgan", "resnet", "progressive")},
    "generator unet": PAIRS,
    "discriminator patch": PAIRS | {"generator.kind": "unet"},
    "augmentation": DIGITS,
    "penalties[0] path_length": DIGITS | {"generator.kind": "style"},
    "penalties[0] reconstruction": PAIRS | {"generator.kind": "unet"},
    "conditioning conditional_batch_norm": {"generator.norm": "batch"},
}
SPECS = {f"{path} {kind}".strip(): (path, kind, info, spec) for path, kind, info, spec in specs()}


@pytest.fixture(scope="module")
def form(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Form]:
    settings = QSettings(str(tmp_path_factory.mktemp("form") / "settings.ini"), QSettings.Format.IniFormat)
    form = Form(Theme(qapp, settings))
    yield form
    form.deleteLater()


def row(form: Form, path: str) -> Field:
    found = form.field(path)
    assert found is not None, path
    return found


def options(form: Form, path: str) -> dict[str, tuple[str, str]]:
    """What can be chosen at a path, in a list or from the menu that adds an entry: value to text and tooltip."""
    if path.endswith("[0].kind"):
        section = next(part for part in form.findChildren(Section) if part.path == path.removesuffix("[0].kind"))
        menu = section.findChild(QToolButton, "add").menu()
        menu.aboutToShow.emit()
        return {action.data(): (action.text(), action.toolTip()) for action in menu.actions()}
    editor = row(form, path).editor
    assert isinstance(editor, ChoiceEditor), path
    tip = Qt.ItemDataRole.ToolTipRole
    return {editor.itemData(k): (editor.itemText(k), editor.itemData(k, tip)) for k in range(editor.count())}


def read(rich_text: str) -> str:
    """Rich text as it reads on the screen."""
    return " ".join(QTextDocumentFragment.fromHtml(rich_text).toPlainText().split())


@pytest.mark.parametrize("path", CHOICES)
def test_every_method_is_offered_by_name(form: Form, path: str) -> None:
    form.show_experiment(with_changes(Experiment(), {"objective.kind": "f_gan"}), {})
    offered = options(form, path)
    assert set(CHOICES[path].split()) <= set(offered)
    assert all(text for text, _ in offered.values())


@pytest.mark.parametrize("path", STABILISERS)
def test_every_stabiliser_has_its_row(form: Form, path: str) -> None:
    assert row(form, path).title


@pytest.mark.parametrize("part", SPECS)
def test_every_setting_tells_its_name_meaning_range_and_unit(form: Form, part: str) -> None:
    path, kind, field, spec = SPECS[part]
    before = next((changes for named, changes in NEEDS.items() if f"{path} {kind}".startswith(named)), {})
    form.show_experiment(with_changes(Experiment(), before), {})
    if len(field.variants) > 1:
        assert options(form, f"{path}.kind")[kind] == (spec.title, spec.__doc__)
        assert spec.title
        assert spec.__doc__
        form.show_experiment(with_changes(Experiment(), before | {f"{path}.kind": kind}), {})
    for name, info in fields_of(spec).items():
        if info.variants or info.hidden:
            continue
        shown = row(form, f"{path}.{name}")
        names = [label.text() for label in shown.findChildren(QLabel, "fieldName")]
        assert names == [shown.editor.accessibleName()] == [info.title], path
        tip = read(shown.toolTip())
        assert info.help, name
        assert " ".join(info.help.split()) in tip
        assert info.unit in tip
        if info.shape in ("integer", "number", "integers", "numbers"):
            assert str(info.bounds) in tip
            assert ">" in str(info.bounds), name
            assert "<" in str(info.bounds), name
            assert info.unit or name in WITHOUT_UNIT, name
        elif info.shape == "choice":
            assert set(options(form, shown.path)) == set(info.choices)
