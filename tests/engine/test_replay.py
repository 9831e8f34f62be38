"""Every kind of game is replayed bit for bit from a keyframe in mid-run, along each way that leads to a moment."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
import torch

from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.replica import Replica
from ganlab_desktop.engine.run import Run
from ganlab_desktop.experiment.conditioning import ConditioningSpec
from ganlab_desktop.experiment.data import DataSpec
from ganlab_desktop.experiment.experiment import Experiment
from ganlab_desktop.experiment.fields import fields_of, kind_of
from ganlab_desktop.experiment.games import GameSpec
from ganlab_desktop.experiment.objectives import AdversarialSpec, FGan
from ganlab_desktop.experiment.optimizers import OptimizerSpec
from ganlab_desktop.experiment.penalties import PenaltySpec
from ganlab_desktop.experiment.validate import with_changes
from ganlab_desktop.gan.state import GameState
from ganlab_desktop.measure.probes import PROBES, View, fits

CPU = torch.device("cpu")
KEYFRAME, LAST = 4, 14  # all that is visited is played from this keyframe on
EDITS: dict[int, dict[str, Any]] = {7: {"optimizer.generator.lr": 3e-3}, 10: {"schedule.discriminator_steps": 1}}
VIEW = View((-2.0, 2.0, -2.0, 2.0), 8)
SMALL: dict[str, Any] = {
    "schedule.batch_size": 16,
    "generator.hidden": [8],
    "discriminator.hidden": [8],
    "schedule.discriminator_steps": 2,
    "ema.half_life": 500.0,
}


FROM_FILES = ("points", "image_folder", "idx", "npz", "torchvision")
ELSEWHERE = ("none", "path_length", "conditional_batch_norm", "reconstruction")  # these need networks, see IMAGES


def kinds(spec: Any) -> list[str]:
    known = map(kind_of, (option() for option in get_args(spec)))
    return [kind for kind in known if kind not in (*FROM_FILES, *ELSEWHERE)]


SMALL_JUDGE = {"kind": "dcgan", "maps": 4}
IMAGES: list[dict[str, Any]] = [
    {"data.kind": "digits", "generator": generator, "discriminator": SMALL_JUDGE | judge, **others}
    for generator, judge, others in (
        ({"kind": "dcgan", "maps": 4}, {"norm": "batch"}, {"conditioning.kind": "conditional_batch_norm"}),
        ({"kind": "dcgan", "maps": 4}, {}, {"augmentation.kind": "ada", "augmentation.interval": 2}),
        ({"kind": "style", "maps": 4}, {}, {"penalties[0].kind": "path_length", "penalties[0].every": 2}),
        ({"kind": "progressive", "maps": 4, "stage_steps": 3}, {"kind": "progressive", "stage_steps": 3}, {}),
        ({"kind": "resnet", "maps": 4}, {"kind": "resnet", "spectral_norm": True}, {"objective.kind": "hinge"}),
    )
]


PAIRS: list[dict[str, Any]] = [
    {
        "data": {"kind": "paired", "source": {"kind": "digits"}, **data},
        "generator": {"kind": "unet", "maps": 4},
        "discriminator": {"maps": 4, **judge},
        **others,
    }
    for data, judge, others in (
        ({}, {"kind": "patch", "patch": "image"}, {"penalties": [{"kind": "reconstruction"}]}),
        (
            {"task": "low_resolution", "coarseness": 2},
            {"kind": "dcgan", "norm": "layer"},
            {"penalties": [{"kind": "reconstruction", "adversarial": 0.5}, {"kind": "gradient_penalty"}]},
        ),
        ({}, {"kind": "patch", "patch": "image", "norm": "none"}, {"schedule.unrolled_steps": 2}),
    )
]
PAIRS.append(
    PAIRS[0]
    | {
        "data": {"kind": "paired", "source": {"kind": "glyphs", "size": 16, "count": 60}},
        "discriminator": {"kind": "patch", "patch": "16", "maps": 4},
        "objective.kind": "relativistic_paired",
    }
)


ALONE = {"schedule.discriminator_steps": 1}  # both networks of an autoencoder move once
AUTOENCODERS: list[dict[str, Any]] = [
    {"objective": {"kind": "variational", "warm_up": 8}, **ALONE},
    {"objective": {"kind": "variational", "variance": "fixed"}, "discriminator.spectral_norm": True, **ALONE},
    {"objective.kind": "variational", "generator.kind": "affine", "data.n_train": 20, **ALONE},
    {"objective.kind": "variational", **ALONE}
    | {"data.kind": "digits", "generator": {"kind": "dcgan", "maps": 4}, "discriminator": {"kind": "dcgan", "maps": 4}},
]


CHANGES: list[dict[str, Any]] = [
    *({"objective.kind": kind} for kind in kinds(AdversarialSpec)),
    *({"objective": {"kind": "f_gan", "divergence": name}} for name in fields_of(FGan)["divergence"].choices),
    *({"penalties[0].kind": kind} for kind in kinds(PenaltySpec)),
    {"penalties": [{"kind": "r1", "every": 3}, {"kind": "lecam"}]},
    {"penalties": [{"kind": "consistency", "latent_weight": 1.0, "generator_weight": 1.0}]},
    {"discriminator.spectral_norm": True},
    {"discriminator.norm": "batch"},
    {"discriminator.norm": "layer"},
    {"generator.norm": "batch"},
    {"discriminator.orthonormal": True, "discriminator.activation": "groupsort"},
    {"discriminator.minibatch": "discrimination"},
    {"discriminator.minibatch": "stddev", "discriminator.packing": 2},
    {"schedule.unrolled_steps": 2},
    {"instance_noise.std": 0.1, "instance_noise.steps": 12},
    {"label_smoothing.real": 0.9, "label_smoothing.steps": 12},
    {"data.n_train": 20},
    *({"optimizer.generator.kind": kind, "optimizer.discriminator.kind": kind} for kind in kinds(OptimizerSpec)),
    {"optimizer.discriminator.schedule": "cosine", "optimizer.discriminator.schedule_steps": 12},
    *({"game.kind": kind, "schedule.discriminator_steps": 1} for kind in kinds(GameSpec)),
    *({"conditioning.kind": kind} for kind in kinds(ConditioningSpec)),
    *({"data.kind": kind} for kind in kinds(DataSpec)),
    {"precision": "bfloat16", "discriminator.spectral_norm": True, "penalties[0].kind": "r1"},
    IMAGES[0] | {"precision": "bfloat16"},
    *IMAGES,
    *PAIRS,
    *AUTOENCODERS,
]
SENT_ABROAD = (
    "objective.kind: wasserstein",
    "discriminator.norm: batch",
    "game.kind: extragradient, schedule.discriminator_steps: 1",
)


def named(changes: dict[str, Any]) -> str:
    return ", ".join(f"{path}: {value}" for path, value in changes.items())


class Lived(NamedTuple):
    """A run that has been trained, with its state after every step, and within the steps after each phase."""

    document: Document
    states: dict[int, GameState]
    phases: dict[tuple[int, int], bytes]

    @property
    def run(self) -> Run:
        return self.document.run


def live(changes: dict[str, Any], path: Path) -> Lived:
    """Train with edits, lone moves and one keyframe between the first and the last state; one step goes by phases."""
    torch.set_num_threads(1)
    small = {name: value for name, value in SMALL.items() if name.split(".")[0] not in changes}
    document = Document.new(with_changes(Experiment(), small | changes), path)
    document.start_writing(lambda step: None, lambda text: None)
    run, states, phases = document.run, {}, {}
    for step in range(LAST):
        if step in EDITS:
            document.edit(EDITS[step])
        if step == 6:
            for phase in range(len(run.game.phases)):
                run.advance_phase()
                phases[step, phase + 1] = numbers(run)
        else:
            run.advance("generator" if step == 5 else None)
        states[run.step] = run.game.state()
        if run.step in (KEYFRAME, LAST):
            run.timeline.keep(run.game)
    run.timeline.keyframes[:] = [kept for kept in run.timeline.keyframes if kept.step in (0, KEYFRAME, LAST)]
    return Lived(document, states, phases)


def numbers(shown: Run | Replica) -> bytes:
    """The weights of both players as they are, within an iteration too."""
    players = (shown.game.generator, shown.game.discriminator)
    return b"".join(player.vector.detach().numpy().tobytes() for player in players)


def visited(replica: Replica, step: int, phase: int = 0) -> GameState:
    replica.aim(step, phase)
    replica.work(60.0)
    return replica.game.state()


@pytest.mark.parametrize("changes", CHANGES, ids=named)
def test_every_way_to_a_moment_leads_to_the_same_numbers(changes: dict[str, Any], tmp_path: Path) -> None:
    lived = live(changes, tmp_path / "a.ganlab")
    run, states = lived.run, lived.states
    assert run.timeline.nearest(LAST - 1).step == KEYFRAME
    assert run.game.finite

    watched = Replica(run.timeline, CPU)
    probes = [make(watched.game) for name, make in PROBES.items() if fits(name, watched.game)]
    for step in (LAST, *range(KEYFRAME, LAST), *reversed(range(KEYFRAME, LAST))):  # straight, by steps, backwards
        assert visited(watched, step).equals(states[step]), step
        for probe in probes:
            probe(VIEW)
    assert watched.exact

    by_phases = Replica(run.timeline, CPU)
    for step in range(KEYFRAME, LAST):
        visited(by_phases, step)
        for phase in range(1 if run.timeline.alone(step + 1) else len(by_phases.game.phases)):
            state = visited(by_phases, step, phase)
            assert state.equals(states[step]), (step, phase)
            assert numbers(by_phases) == lived.phases.get((step, phase), numbers(by_phases)), (step, phase)
    assert visited(by_phases, LAST).equals(states[LAST])
    assert by_phases.exact

    lived.document.close()
    opened = Document.open(tmp_path / "a.ganlab")
    replica = Replica(opened.run.timeline, CPU)
    assert opened.run.timeline.nearest(LAST - 1).state is None  # it lies in the file
    for step in (LAST - 1, KEYFRAME + 1, LAST):
        assert visited(replica, step).equals(states[step]), step
    assert replica.exact
    assert opened.run.game.state().equals(states[LAST])
    opened.close()


_ABROAD = """
import hashlib, json, sys
import torch
from pathlib import Path
from ganlab_desktop.engine.document import Document
from ganlab_desktop.engine.replica import Replica

found = {}
for name in sys.argv[1:]:
    opened = Document.open(Path(name))
    torch.set_num_threads(opened.run.threads)
    replica = Replica(opened.run.timeline, torch.device("cpu"))
    found[name] = {}
    for step in (13, 9, 5):
        replica.aim(step)
        replica.work(60.0)
        digest = hashlib.sha256()
        for key, tensor in sorted(replica.game.state().tensors.items()):
            digest.update(key.encode() + tensor.numpy().tobytes())
        found[name][step] = digest.hexdigest()
    opened.close()
print(json.dumps(found))
"""


def digest_of(state: GameState) -> str:
    digest = hashlib.sha256()
    for key, tensor in sorted(state.tensors.items()):
        digest.update(key.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()


def test_another_process_replays_the_same_numbers_from_the_file(tmp_path: Path) -> None:
    expected: dict[str, dict[str, str]] = {}
    for number, changes in enumerate(changes for changes in CHANGES if named(changes) in SENT_ABROAD):
        path = tmp_path / f"{number}.ganlab"
        lived = live(changes, path)
        lived.document.close()
        expected[str(path)] = {str(step): digest_of(lived.states[step]) for step in (13, 9, 5)}
    assert len(expected) == len(SENT_ABROAD)
    done = subprocess.run([sys.executable, "-c", _ABROAD, *expected], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == expected
