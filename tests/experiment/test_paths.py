"""Settings are named by path, changed by path and compared by path."""

import copy

import pytest

from ganlab_desktop.experiment import changes, paths
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.networks import MlpGenerator
from ganlab_desktop.experiment.objectives import Hinge
from ganlab_desktop.experiment.optimizers import SGD, Adam
from ganlab_desktop.experiment.penalties import R1, GradientPenalty
from ganlab_desktop.experiment.validate import with_changes

EXPERIMENT = Experiment(penalties=(R1(weight=2.0), GradientPenalty()))


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("schedule.steps=500", "schedule.steps", 500),
        ("optimizer.generator.lr = 1e-4", "optimizer.generator.lr", 1e-4),
        ("generator.hidden=[32, 32]", "generator.hidden", [32, 32]),
        ("discriminator.spectral_norm=true", "discriminator.spectral_norm", True),
        ("objective.kind=hinge", "objective.kind", "hinge"),
        ('objective.kind="hinge"', "objective.kind", "hinge"),
        ("title=a = b", "title", "a = b"),
        ("penalties=[]", "penalties", []),
        ("title=", "title", ""),
    ],
)
def test_a_setting_is_read_as_toml_or_plain_text(text, path, value):
    assert paths.parse_setting(text) == (path, value)
    assert type(paths.parse_setting(text)[1]) is type(value)


def test_a_setting_without_a_value_is_refused():
    with pytest.raises(ExperimentError, match="must be path=value"):
        paths.parse_setting("schedule.steps")


@pytest.mark.parametrize("path", ["a", "a.b.c", "penalties[0]", "penalties[10].weight", "data.kind"])
def test_splitting_and_joining_a_path_are_inverse(path):
    assert paths.join(paths.split(path)) == path


@pytest.mark.parametrize(
    "path",
    ["", ".", "a..b", "a.", "a[", "a[x]", "a[-1]", "a[" + "9" * 5000 + "]", "[0]", "a b", "a[0]b", "1a", "a.\n", "a\n"],
)
def test_what_is_no_path_is_refused(path):
    with pytest.raises(ExperimentError):
        paths.split(path)


def test_values_and_fields_are_found_by_path():
    assert paths.value_at(EXPERIMENT, "penalties[0].weight") == 2.0
    assert paths.value_at(EXPERIMENT, "penalties[1].kind") == "gradient_penalty"
    assert paths.value_at(EXPERIMENT, "optimizer.generator") == Adam()
    field = paths.field_at(EXPERIMENT, "optimizer.generator.lr")
    assert field is not None
    assert (field.title, field.bounds.gt, field.default) == ("Learning rate", 0.0, 1e-3)
    assert paths.field_at(EXPERIMENT, "penalties[0]") is None


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("penalties[2].weight", r"penalties has 2"),
        ("seed[0]", "no such entry"),
        ("data.side", "unknown key"),
        ("schedule.batchsize", "did you mean batch_size"),
        ("seed.low", "unknown key"),
        ("schedule.kind", "unknown key"),
    ],
)
def test_a_path_that_leads_nowhere_says_so(path, problem):
    with pytest.raises(ExperimentError, match=problem):
        paths.value_at(EXPERIMENT, path)


@pytest.mark.parametrize(
    ("change", "path", "expected"),
    [
        ({"optimizer.generator.lr": 0.5}, "optimizer.generator", Adam(lr=0.5)),
        ({"optimizer.generator.kind": "sgd"}, "optimizer.generator", SGD()),
        ({"optimizer.generator.kind": "adam", "optimizer.generator.lr": 0.5}, "optimizer.generator", Adam(lr=0.5)),
        ({"objective.kind": "hinge"}, "objective", Hinge()),
        ({"generator.hidden": [8]}, "generator", MlpGenerator(hidden=(8,))),
        ({"penalties[0].weight": 3.0}, "penalties", (R1(weight=3.0), GradientPenalty())),
        ({"penalties": []}, "penalties", ()),
        ({"penalties[1]": {"kind": "weight_clipping"}, "penalties[0].every": 4}, "penalties[0]", R1(2.0, 4)),
    ],
)
def test_changes_by_path_give_a_new_experiment_and_leave_the_old(change, path, expected):
    before = copy.deepcopy(EXPERIMENT)
    assert paths.value_at(with_changes(EXPERIMENT, change), path) == expected
    assert before == EXPERIMENT


def test_choosing_the_same_kind_keeps_its_settings():
    changed = with_changes(EXPERIMENT, {"penalties[0].kind": "r1"})
    assert changed == EXPERIMENT


def test_a_list_takes_one_new_entry_at_its_end():
    changed = with_changes(EXPERIMENT, {"penalties[2].kind": "weight_clipping"})
    assert paths.value_at(changed, "penalties[2].limit") == 0.01
    for path in ("penalties[3].kind", "penalties[4]"):
        with pytest.raises(ExperimentError, match="no such entry"):
            with_changes(EXPERIMENT, {path: "weight_clipping"})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"seed.low": 1}, "seed is a single value"),
        ({"penalties.weight": 1}, r"write penalties\[0\]\.weight"),
        ({"optimizer.generator.lr": -1}, "optimizer.generator.lr: must be > 0"),
        ({"optimizer.generater.lr": 1.0}, "did you mean generator"),
        ({"data[0]": 1}, "no such entry"),
        ({"data[0].kind": "ring"}, "no such entry"),
        ({"penalties.weight.more": 1}, "penalties is a list"),
        ({"penalties[0]": 3}, r"penalties\[0\]"),
        ({"penalties[0].kind": ["r1"]}, "must be one of"),
        ({"": 1}, "empty"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(change, problem):
    with pytest.raises(ExperimentError, match=problem):
        with_changes(EXPERIMENT, change)


def test_differences_name_what_changed_what_went_and_what_came():
    new = with_changes(EXPERIMENT, {"seed": 5, "optimizer.generator.kind": "sgd", "penalties": []})
    found = paths.differences(EXPERIMENT, new)
    assert found["seed"] == (0, 5)
    assert found["optimizer.generator.kind"] == ("adam", "sgd")
    assert found["optimizer.generator.betas"] == ([0.5, 0.9], None)
    assert found["optimizer.generator.momentum"] == (None, 0.0)
    assert found["penalties[0].weight"] == (2.0, None)
    assert "optimizer.discriminator.lr" not in found


@pytest.mark.parametrize(
    ("change", "restarts"),
    [
        ({"optimizer.generator.lr": 0.5}, False),
        ({"objective.kind": "hinge"}, False),
        ({"penalties": []}, False),
        ({"schedule.batch_size": 64}, False),
        ({"title": "x"}, False),
        ({"data.modes": 5}, False),
        ({"seed": 1}, True),
        ({"device": "auto"}, True),
        ({"latent.dim": 3}, True),
        ({"generator.hidden": [8]}, True),
        ({"discriminator.spectral_norm": True}, True),
    ],
)
def test_what_fixes_the_weights_needs_a_restart_and_the_rest_applies_live(change, restarts):
    reasons = changes.restart_reasons(EXPERIMENT, with_changes(EXPERIMENT, change))
    (path,) = change
    assert list(reasons) == ([path] if restarts else [])
    assert bool(changes.needs_restart(path)) is restarts
    assert all(reasons.values())
