"""A bad experiment gives one line that names the place and what is allowed there."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganlab_desktop.experiment import files, rules
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.rules_of_autoencoders import OF_AUTOENCODERS
from ganlab_desktop.experiment.validate import validate, with_changes

BAD_VALUES = [
    # out of range
    ("[optimizer.generator]\nkind = 'adam'\nlr = -1", "optimizer.generator.lr: must be > 0 and <= 100, got -1"),
    ("[optimizer.generator]\nkind = 'adam'\nlr = 0.0", "optimizer.generator.lr: must be > 0 and <= 100, got 0.0"),
    (
        "[optimizer.discriminator]\nkind = 'sgd'\nlr = 1e9",
        "optimizer.discriminator.lr: must be > 0 and <= 100, got 1000000000.0",
    ),
    ("[optimizer.generator]\nkind = 'adam'\nbetas = [0.5, 1.0]", "optimizer.generator.betas[1]: must be >= 0 and < 1"),
    ("[schedule]\nbatch_size = 0", "schedule.batch_size: must be >= 1 and <= 65,536, got 0"),
    ("[schedule]\nsteps = 1_000_000_000", "schedule.steps: must be >= 1 and <= 100,000,000, got 1000000000"),
    ("[data]\nkind = 'ring'\nmodes = 101", "data.modes: must be >= 1 and <= 100, got 101"),
    ("[data]\nkind = 'mixture_1d'\nsigmas = [1.0, 0.0]", "data.sigmas[1]: must be >= 1e-06 and <= 1000, got 0.0"),
    ("[generator]\nkind = 'mlp'\nhidden = [64, 5000]", "generator.hidden[1]: must be >= 1 and <= 4,096, got 5000"),
    ("[[penalties]]\nkind = 'r1'\nweight = -1", "penalties[0].weight: must be >= 0 and <= "),
    ("[ema]\nhalf_life = -1", "ema.half_life: must be >= 0 and <= "),
    ("seed = -1", "seed: must be >= 0 and <= 9,223,372,036,854,775,807, got -1"),
    ("format = 0", "format: must be >= 1 and <= 1, got 0"),
    # not a number at all
    ("[optimizer.generator]\nkind = 'adam'\nlr = nan", "optimizer.generator.lr: must be > 0 and <= 100, got nan"),
    ("[optimizer.generator]\nkind = 'adam'\nlr = inf", "optimizer.generator.lr: must be > 0 and <= 100, got inf"),
    ("[data]\nkind = 'ring'\nsigma = nan", "data.sigma: must be >= 1e-06 and <= 10, got nan"),
    ("[data]\nkind = 'mixture_1d'\nmeans = [nan, 1.0]", "data.means[0]: must be >= -1000 and <= 1000, got nan"),
    # wrong type
    ("[optimizer.generator]\nkind = 'adam'\nlr = 'fast'", "optimizer.generator.lr: must be a number > 0"),
    ("[optimizer.generator]\nkind = 'adam'\nlr = true", "optimizer.generator.lr: must be a number > 0"),
    ("[schedule]\nbatch_size = 2.5", "schedule.batch_size: must be an integer >= 1 and <= 65,536, got 2.5"),
    ("[schedule]\nbatch_size = '64'", "schedule.batch_size: must be an integer >= 1"),
    (
        "[generator]\nkind = 'mlp'\nhidden = 64",
        "generator.hidden: must be a list of integers >= 1 and <= 4,096, got 64",
    ),
    ("[generator]\nkind = 'mlp'\nhidden = ['a']", "generator.hidden[0]: must be "),
    ("[optimizer.generator]\nkind = 'adam'\nbetas = [0.5]", "optimizer.generator.betas: must be a list of 2 numbers"),
    ("[discriminator]\nkind = 'mlp'\nspectral_norm = 1", "discriminator.spectral_norm: must be true or false, got 1"),
    ("title = 3", "title: must be text, got 3"),
    ("schedule = 3", "schedule: must be a section, got 3"),
    ("data = 'ring'", "data: must be one of ring, ellipse, grid"),
    ("penalties = 'r1'", "penalties: must be one of gradient_penalty, one_sided_gradient_penalty, "),
    ("[penalties]\nkind = 'r1'", "penalties: must be one of gradient_penalty, one_sided_gradient_penalty, "),
    # unknown choice, kind, key
    (
        "[generator]\nkind = 'mlp'\nactivation = 'relux'",
        "generator.activation: must be one of elu, gelu, groupsort, leaky_relu, relu, silu, tanh",
    ),
    ("device = 'tpu'", "device: must be auto, cpu, mps, cuda or cuda:N, got 'tpu'"),
    ("[data]\nkind = 'rong'", "data.kind: must be one of ring, ellipse, grid"),
    ("[data]\nmodes = 8", "data.kind: must be one of ring, ellipse, grid"),
    ("[objective]\nkind = 3", "objective.kind: must be one of minimax, non_saturating, least_squares"),
    (
        "[[penalties]]\nkind = 'r9'",
        "penalties[0].kind: must be one of gradient_penalty, one_sided_gradient_penalty, ",
    ),
    (
        "[generator]\nkind = 'cnn'",
        "generator.kind: must be one of mlp, affine, dcgan, resnet, style, progressive, unet, got 'cnn'",
    ),
    ("[optimizer.generator]\nkind = 'adam'\nlearning_rate = 1", "optimizer.generator.learning_rate: unknown key; "),
    ("[schedule]\nbatchsize = 1", "schedule.batchsize: unknown key; did you mean batch_size? allowed: batch_size, "),
    ("stepps = 1", "stepps: unknown key; "),
    ("[data]\nkind = 'ring'\nside = 5", "data.side: unknown key; "),
    ("[objective]\nkind = 'hinge'\na = 0.0", "objective.a: unknown key; "),
    # the file itself
    ("format = 99", "format: this file was written by a newer version"),
    ("seed = = 1", "not valid TOML: "),
    ("a = " + "[" * 20_000, "not valid TOML: "),
    ("seed = 1\nseed = 2", "not valid TOML: "),
]


def f_gan(divergence, **settings):
    return {"objective": {"kind": "f_gan", "divergence": divergence, **settings}}


TRANSLATED = {"data.kind": "paired", "generator.kind": "unet"}
REFUSED = [
    ({"generator.kind": "dcgan"}, "generator", "makes images"),
    ({"discriminator.kind": "dcgan"}, "discriminator", "judges images"),
    ({"data.kind": "digits", "generator.kind": "affine"}, "generator", "on the line or in the plane"),
    (
        {"data.kind": "mixture_1d", "generator.kind": "affine", "generator.std": [1.0, 2.0]},
        "generator",
        "one mean and one std",
    ),
    ({"discriminator.norm": "batch", "penalties[0].kind": "gradient_penalty"}, "discriminator.norm", "batch norm"),
    (
        {"discriminator.minibatch": "stddev", "penalties[0].kind": "gradient_penalty"},
        "discriminator.minibatch",
        "minibatch layers",
    ),
    ({"discriminator.packing": 2, "penalties[0].kind": "consistency"}, "penalties", "several samples together"),
    ({"discriminator.packing": 3}, "schedule.batch_size", "multiple of discriminator.packing"),
    (
        {"discriminator.norm": "batch", "discriminator.packing": 2, "schedule.batch_size": 2},
        "schedule.batch_size",
        "must be >= 2",
    ),
    ({"generator.norm": "batch", "schedule.batch_size": 1}, "schedule.batch_size", "in the generator"),
    (
        {"discriminator.minibatch": "discrimination", "schedule.batch_size": 1},
        "schedule.batch_size",
        "minibatch discrimination",
    ),
    (
        {"discriminator.minibatch": "stddev", "discriminator.packing": 2, "schedule.batch_size": 12},
        "schedule.batch_size",
        "groups of four",
    ),
    ({"generator.activation": "groupsort", "generator.hidden": [7]}, "generator.hidden", "even"),
    ({"discriminator.activation": "groupsort", "discriminator.hidden": [8, 7]}, "discriminator.hidden", "even"),
    ({"discriminator.orthonormal": True, "discriminator.norm": "layer"}, "discriminator.orthonormal", "1-Lipschitz"),
    ({"game.kind": "extragradient", "schedule.discriminator_steps": 2}, "game", "only alternating"),
    ({"game.kind": "consensus", "penalties[0].kind": "gradient_penalty"}, "game", "not followed"),
    ({"game.kind": "optimistic", "schedule.unrolled_steps": 1}, "schedule.unrolled_steps", "come after"),
    ({"penalties[0].kind": "r1", "schedule.unrolled_steps": 1}, "schedule.unrolled_steps", "penalised"),
    ({"discriminator.spectral_norm": True, "penalties[0].kind": "weight_clipping"}, "penalties", "spectral_norm"),
    ({"penalties[0].kind": "r1", "penalties[1].kind": "r1"}, "penalties", "only once"),
    ({"objective": {"kind": "least_squares", "a": 0.5, "b": 0.5}}, "objective.b", "must differ from a"),
    ({"conditioning.kind": "projection", "data.kind": "swiss_roll"}, "conditioning", "no classes"),
    ({"conditioning.kind": "projection", "discriminator.packing": 2}, "conditioning", "packing"),
    ({"conditioning.kind": "embedding", "discriminator.minibatch": "stddev"}, "conditioning", "minibatch"),
    (
        {
            "conditioning.kind": "projection",
            "discriminator.orthonormal": True,
            "discriminator.activation": "groupsort",
        },
        "conditioning",
        "orthonormal",
    ),
    ({"conditioning.kind": "conditional_batch_norm"}, "conditioning", "this one has none"),
    ({"conditioning.kind": "auxiliary_classifier", "schedule.unrolled_steps": 1}, "conditioning", "classify"),
    (
        {"data.kind": "digits", "generator.kind": "style", "conditioning.kind": "projection"},
        "generator.mixing",
        "of no class",
    ),
    (
        {"data.kind": "digits", "generator.kind": "progressive", "discriminator": {"kind": "progressive", "fade": 0.3}},
        "discriminator.stage_steps",
        "at the same steps",
    ),
    ({"augmentation.kind": "diffaugment"}, "augmentation", "changes of images"),
    (
        {"data.kind": "digits", "augmentation.kind": "diffaugment", "discriminator.packing": 2},
        "augmentation",
        "one by one",
    ),
    (
        {"data.kind": "digits", "augmentation.kind": "diffaugment", "schedule.unrolled_steps": 1},
        "augmentation",
        "as they are",
    ),
    (
        {"data.kind": "digits", "augmentation.kind": "ada", "objective.kind": "wasserstein"},
        "augmentation",
        "the sign of D",
    ),
    ({"penalties[0].kind": "path_length"}, "penalties", "choose generator style"),
    (
        {"data.kind": "stacked_digits", "discriminator.kind": "dcgan", "conditioning.kind": "concatenation"},
        "conditioning",
        "one map of the images' size for every class",
    ),
    ({"data.kind": "digits", "generator.kind": "unet"}, "generator", "of another one"),
    ({"data.kind": "paired", "discriminator.kind": "patch"}, "discriminator", "the one that it is made of"),
    (
        TRANSLATED | {"discriminator": {"kind": "patch", "patch": "34"}},
        "discriminator.patch",
        "larger than the images",
    ),
    (TRANSLATED | {"conditioning.kind": "concatenation"}, "conditioning", "no class"),
    (TRANSLATED | {"discriminator": {"kind": "dcgan", "packing": 2}}, "discriminator.packing", "different inputs"),
    (
        TRANSLATED | {"discriminator": {"kind": "dcgan", "minibatch": "stddev"}},
        "discriminator.minibatch",
        "different inputs",
    ),
    (TRANSLATED | {"augmentation.kind": "diffaugment"}, "augmentation", "no longer fit"),
    (TRANSLATED | {"penalties": [{"kind": "consistency", "latent_weight": 1.0}]}, "penalties", "neighbouring"),
    ({"data.kind": "paired", "penalties[0].kind": "reconstruction"}, "penalties", "the target of the same input"),
    (
        {"data.kind": "paired", "data.task": "grey", "data.source.kind": "glyphs"},
        "data.task",
        "grey already",
    ),
    ({"data.kind": "mixture_1d", "data.weights": [1.0]}, "data.weights", "same length"),
    ({"data.kind": "drawn", "data.raster": ["9.", "9..", "..."]}, "data.raster", "must be a square"),
    ({"data.kind": "drawn", "data.raster": ["..", ".."]}, "data.raster", "nothing is drawn"),
    (f_gan("alpha", alpha=1.0), "objective.alpha", "choose divergence reverse_kl for 0, kl for 1"),
    (f_gan("weighted_js", pi=0.0), "objective.pi", "all weight on one side"),
    ({"objective.kind": "hinge", "label_smoothing.real": 0.9}, "label_smoothing.real", "real label"),
    ({"data.kind": "digits", "selection.metric": "w1"}, "selection.metric", "compare images"),
    ({"precision": "bfloat16", "game.kind": "symplectic"}, "precision", "derivatives of gradients"),
    ({"precision": "bfloat16", "objective.kind": "variational"}, "precision", "share one loss"),
    ({"precision": "bfloat16", "penalties[0].kind": "consistency"}, "precision", "rounds away"),
    (
        {"precision": "bfloat16", "discriminator.orthonormal": True, "discriminator.activation": "groupsort"},
        "precision",
        "slope of at most 1",
    ),
]


@pytest.mark.parametrize(("text", "start"), BAD_VALUES, ids=[start.split(":")[0] for _, start in BAD_VALUES])
def test_a_bad_value_names_its_place_and_what_is_allowed(text, start):
    with pytest.raises(ExperimentError) as caught:
        files.from_toml(text)
    assert str(caught.value).startswith(start)
    assert "\n" not in str(caught.value)
    assert "`" not in str(caught.value)  # none of the library's own words


@pytest.mark.parametrize(("changes", "path", "reason"), REFUSED)
def test_a_combination_without_sense_is_refused_with_the_reason(changes, path, reason):
    with pytest.raises(ExperimentError, match=reason) as caught:
        with_changes(Experiment(), changes)
    assert caught.value.path == path


@pytest.mark.parametrize("kind", ["gradient_penalty", "one_sided_gradient_penalty", "dragan"])
def test_gradient_norms_are_not_held_near_one_under_batch_norm(kind):
    with pytest.raises(ExperimentError, match="batch norm"):
        with_changes(Experiment(), {"discriminator.norm": "batch", "penalties[0].kind": kind})


def test_every_refused_combination_has_a_case_here():
    assert len(REFUSED) + len(OF_AUTOENCODERS) == len(rules.REFUSED)  # these have a file of their own


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"discriminator.norm": "batch", "penalties[0].kind": "r1"}, "discriminator.norm"),
        ({"discriminator.norm": "batch", "penalties[0].kind": "r2"}, "discriminator.norm"),
        ({"discriminator.norm": "batch", "penalties[0].kind": "consistency"}, "discriminator.norm"),
        ({"discriminator.minibatch": "stddev", "penalties[0].kind": "r1"}, "discriminator.minibatch"),
        ({"discriminator.packing": 2}, "discriminator.packing"),
        ({"discriminator.orthonormal": True}, "discriminator.activation"),
        ({"objective.kind": "wasserstein"}, "objective"),
        ({"objective.kind": "wasserstein", "penalties[0].kind": "consistency"}, "objective"),
        ({"latent.dim": 1}, "latent.dim"),
        (f_gan("pearson"), "objective"),
        (f_gan("alpha", alpha=2.0), "objective"),
        ({"optimizer.discriminator.schedule": "cosine", "optimizer.discriminator.schedule_steps": 10}, "optimizer"),
        ({"data.kind": "paired"}, "generator"),
    ],
)
def test_a_doubtful_combination_is_allowed_with_a_warning(changes, path):
    assert any(line.startswith(f"{path}: ") for line in rules.warnings(with_changes(Experiment(), changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"objective.kind": "wasserstein", "penalties[0].kind": "weight_clipping"},
        {**f_gan("pearson"), "penalties[0].kind": "r1"},
        f_gan("alpha", alpha=0.3),
        f_gan("kl", alpha=1.0, pi=0.0) | {"discriminator.spectral_norm": True},
        {"optimizer.generator.schedule": "linear", "optimizer.discriminator.schedule_steps": 10},
        TRANSLATED,
    ],
    ids=["default", "wgan", "constrained", "bounded", "unused", "scheduled", "translated"],
)
def test_sensible_experiments_give_no_warning(changes):
    assert rules.warnings(with_changes(Experiment(), changes)) == ()


def test_a_bad_file_is_named(tmp_path):
    for content, problem in (
        (b"seed = -1", "seed: must be >= 0"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"#" * 1_000_001, "larger than 1 MB"),
        (b"seed = = 1", "not valid TOML"),
    ):
        path = tmp_path / "bad.toml"
        path.write_bytes(content)
        with pytest.raises(ExperimentError) as caught:
            files.load(path)
        assert str(caught.value).startswith(f"{path}: {problem}")


def test_a_missing_file_a_folder_and_a_place_that_cannot_be_written_are_named(tmp_path):
    for path in (tmp_path / "gone.toml", tmp_path):
        with pytest.raises(ExperimentError) as caught:
            files.load(path)
        assert str(caught.value).startswith(f"{path}: ")
    with pytest.raises(ExperimentError, match=r"x\.toml"):
        files.save(Experiment(), tmp_path / "gone" / "x.toml")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
SECTIONS = st.sampled_from([*Experiment.__struct_fields__, "other"])
KINDED = st.fixed_dictionaries(
    {"kind": st.sampled_from(["ring", "mlp", "adam", "r1", "hinge", "normal"])},
    optional=dict.fromkeys(("lr", "modes", "hidden", "weight", "betas", "generator", "norm"), JSON),
)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(SECTIONS, JSON | KINDED | st.lists(KINDED, max_size=2), max_size=4))
def test_no_content_causes_anything_but_an_experiment_error(raw):
    with suppress(ExperimentError):
        assert isinstance(validate(raw), Experiment)


@pytest.mark.parametrize("game", ["consensus", "symplectic"])
@pytest.mark.parametrize("penalty", ["r1", "dragan", "orthogonal", "lecam", "consistency"])
def test_adjusted_games_take_every_penalty_that_is_followed_through_the_generator(game: str, penalty: str) -> None:
    with_changes(Experiment(), {"game.kind": game, "penalties[0].kind": penalty})
    for refused in ("r2", "gradient_penalty", "one_sided_gradient_penalty"):
        with pytest.raises(ExperimentError, match="not followed"):
            with_changes(Experiment(), {"game.kind": game, "penalties[0].kind": refused})
    latent = [{"kind": "consistency", "latent_weight": 1.0}]
    with pytest.raises(ExperimentError, match="not followed"):
        with_changes(Experiment(), {"game.kind": game, "penalties": latent})


def test_both_zero_centred_penalties_warn_beside_minibatch_layers() -> None:
    for penalty in ("r1", "r2"):
        changes = {"discriminator.minibatch": "stddev", "penalties[0].kind": penalty}
        assert any(
            "R1 and R2 with a minibatch layer" in line for line in rules.warnings(with_changes(Experiment(), changes))
        )
