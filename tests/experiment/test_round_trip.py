"""Every kind of every spec survives TOML, and every field says what it is."""

from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganlab_desktop.experiment import files, paths, rules
from ganlab_desktop.experiment.augmentation import Adaptive, AugmentationSpec, DiffAugment
from ganlab_desktop.experiment.convolutions import ImageDiscriminator, ImageGenerator
from ganlab_desktop.experiment.data import DataSpec
from ganlab_desktop.experiment.drawing import EMPTY, FEWEST
from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.experiment.experiment import Ema, Experiment, InstanceNoise, LabelSmoothing, Schedule
from ganlab_desktop.experiment.fields import FieldInfo, fields_of, kind_of
from ganlab_desktop.experiment.networks import DiscriminatorSpec, GeneratorSpec, LatentSpec
from ganlab_desktop.experiment.objectives import ObjectiveSpec
from ganlab_desktop.experiment.optimizers import Optimizers, OptimizerSpec
from ganlab_desktop.experiment.penalties import PathLength, PenaltySpec, Reconstruction
from ganlab_desktop.experiment.presets import load_preset, preset_names, presets_directory
from ganlab_desktop.experiment.spec import Spec
from ganlab_desktop.experiment.translation import PatchDiscriminator, UnetGenerator
from ganlab_desktop.experiment.validate import validate

VARIANTS = {
    "data": get_args(DataSpec),
    "latent": get_args(LatentSpec),
    "objective": get_args(ObjectiveSpec),
    "penalties": get_args(PenaltySpec),
    "optimizer.generator": get_args(OptimizerSpec),
    "optimizer.discriminator": get_args(OptimizerSpec),
    "generator": get_args(GeneratorSpec),
    "discriminator": get_args(DiscriminatorSpec),
    "augmentation": get_args(AugmentationSpec),
}
SPECS = sorted(
    {
        Experiment,
        Schedule,
        Ema,
        InstanceNoise,
        LabelSmoothing,
        Optimizers,
        *(spec for specs in VARIANTS.values() for spec in specs),
    },
    key=lambda spec: spec.__name__,
)


def place(section: str, spec: Spec) -> dict[str, object]:
    return {section: [msgspec.to_builtins(spec)] if section == "penalties" else msgspec.to_builtins(spec)}


RASTERS = st.integers(FEWEST, 5).flatmap(
    lambda side: st.lists(st.text(EMPTY + "123456789", min_size=side, max_size=side), min_size=side, max_size=side)
)


def values_of(field: FieldInfo) -> st.SearchStrategy:
    """Values that the field's own definition allows."""
    low = field.bounds.ge if field.bounds.ge is not None else field.bounds.gt
    high = field.bounds.le if field.bounds.le is not None else field.bounds.lt
    numbers = st.floats(
        low, high, exclude_min=field.bounds.gt is not None, exclude_max=field.bounds.lt is not None, allow_nan=False
    )
    integers = st.integers(low, high)
    least, most = field.length
    lists = {"min_size": least or 0, "max_size": min(most or 4, 4)}
    match field.shape:
        case "integer":
            return integers
        case "number":
            return numbers
        case "integers":
            return st.lists(integers, **lists)
        case "numbers":
            return st.lists(numbers, **lists)
        case "raster":
            return RASTERS
        case "choice":
            return st.sampled_from(field.choices)
        case "switch":
            return st.booleans()
        case "text":
            return st.text(st.characters(codec="utf-8"), max_size=20)
        case shape:
            raise AssertionError(shape)


def settings_of(spec: type[Spec]) -> st.SearchStrategy:
    """A spec's nested dict with random values; device and format keep their defaults."""
    fields = {name: field for name, field in fields_of(spec).items() if name not in ("device", "format")}
    plain = {name: values_of(field) for name, field in fields.items() if not field.variants}
    kind = {"kind": st.just(tag)} if (tag := spec.__struct_config__.tag) else {}
    return st.fixed_dictionaries(kind, optional=plain)


def any_of(specs) -> st.SearchStrategy:
    return st.one_of([settings_of(spec) for spec in specs])


EXPERIMENTS = st.fixed_dictionaries(
    {},
    optional={
        **{
            name: any_of(VARIANTS[name])
            for name in ("data", "latent", "objective", "generator", "discriminator", "augmentation")
        },
        "penalties": st.lists(any_of(VARIANTS["penalties"]), max_size=2),
        "optimizer": st.fixed_dictionaries(
            {}, optional={name: any_of(get_args(OptimizerSpec)) for name in ("generator", "discriminator")}
        ),
        "schedule": settings_of(Schedule),
        "ema": settings_of(Ema),
        "instance_noise": settings_of(InstanceNoise),
        "label_smoothing": settings_of(LabelSmoothing),
        "seed": st.integers(0, 2**63 - 1),
        "title": st.text(st.characters(codec="utf-8"), max_size=50),
    },
)


@settings(max_examples=150, deadline=None)
@given(EXPERIMENTS)
def test_whatever_is_accepted_survives_toml(raw):
    # All values are allowed ones, so only the table of refused combinations may still object.
    experiment = msgspec.convert(raw, Experiment)
    if any(rule.applies(experiment) for rule in rules.REFUSED):
        with pytest.raises(ExperimentError):
            validate(raw)
        return
    assert validate(raw) == experiment
    again = files.from_toml(files.to_toml(experiment))
    assert again == experiment
    assert paths.flatten(again) == paths.flatten(experiment)
    assert paths.differences(again, experiment) == {}


@pytest.mark.parametrize(
    ("section", "spec"), [(section, spec) for section, specs in VARIANTS.items() for spec in specs]
)
def test_every_kind_survives_toml_with_its_defaults(section, spec):
    raw = place(section, spec())
    if "." in section:
        outer, inner = section.split(".")
        raw = {outer: {inner: raw[section]}}
    if issubclass(spec, ImageGenerator | ImageDiscriminator | DiffAugment | Adaptive):
        raw |= {"data": {"kind": "digits"}}
    if spec in (UnetGenerator, PatchDiscriminator, Reconstruction):
        raw |= {"data": {"kind": "paired"}, "generator": {"kind": "unet"}}
    if spec is PathLength:
        raw |= {"data": {"kind": "digits"}, "generator": {"kind": "style"}}
    experiment = validate(raw)
    found = paths.value_at(experiment, "penalties[0]" if section == "penalties" else section)
    assert type(found) is spec
    assert files.from_toml(files.to_toml(experiment)) == experiment
    assert f'kind = "{kind_of(found)}"' in files.to_toml(experiment)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.__name__)
def test_every_field_has_a_title_and_every_value_a_help_line(spec):
    for name, field in fields_of(spec).items():
        assert field.title, name
        assert "\n" not in field.help
        if not field.variants:
            assert field.help.endswith("."), f"{spec.__name__}.{name}"
        if field.shape in ("integer", "number"):
            assert str(field.bounds), f"{spec.__name__}.{name} has no bounds"


@pytest.mark.parametrize("section", ["data", "latent", "objective", "penalties", "optimizer.generator", "augmentation"])
def test_kinds_have_names_for_people(section):
    titles = [spec.title for spec in VARIANTS[section]]
    assert all(titles)
    assert len(set(titles)) == len(titles)


def test_an_empty_file_is_the_default_experiment():
    assert files.from_toml("") == Experiment()


def test_a_saved_file_loads_again_and_is_replaced_whole(tmp_path):
    path = tmp_path / "experiment.toml"
    path.write_text("old")
    files.save(Experiment(title="Größe → 2"), path)
    assert files.load(path).title == "Größe → 2"
    assert list(tmp_path.iterdir()) == [path]


def test_a_byte_order_mark_is_no_obstacle(tmp_path):
    path = tmp_path / "experiment.toml"
    path.write_bytes("\ufeffseed = 3".encode())
    assert files.load(path).seed == 3


def test_all_presets_load_and_survive_toml():
    assert sorted(path.stem for path in presets_directory().glob("*.toml")) == preset_names()
    for name in preset_names():
        experiment = load_preset(name)
        assert experiment.title, name
        assert files.from_toml(files.to_toml(experiment)) == experiment


def test_an_unknown_preset_lists_those_there_are():
    with pytest.raises(ExperimentError, match="unknown preset 'nothing'; presets: " + ", ".join(preset_names())):
        load_preset("nothing")
