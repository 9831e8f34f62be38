"""Every message of either direction arrives as it was sent."""

from typing import get_args

import numpy as np
import pytest

from ganlab_desktop.wire import framing, messages
from ganlab_desktop.wire.arrays import Array
from ganlab_desktop.wire.messages import Answer, Command, Message

MATRIX = Array.of(np.arange(6, dtype=np.float32).reshape(2, 3))
STEPS = Array.of(np.arange(2, dtype=np.int64))
SCENE = messages.Scene(
    run="r1",
    branch=2,
    layout=3,
    step=40,
    experiment="seed = 1\n",
    dim=2,
    box=(-1.0, 1.0, -2.0, 2.0),
    real=MATRIX,
    output="score",
    phases=(messages.PhaseInfo("discriminator", "real batch", 1), messages.PhaseInfo("generator", "update")),
    device="cpu",
    threads=1,
    path="/home/me/größe.ganlab",
    saved=messages.Moment(1, 10, 2),
    modes=messages.Modes(MATRIX, MATRIX, MATRIX),
    warnings=("objective: no constraint",),
)
COMMANDS = [
    messages.Hello(1, program="ganlab 0.1"),
    messages.New(2, "seed = 1"),
    messages.Open(3, "/a/b.ganlab"),
    messages.Save(4, "/a/c.ganlab"),
    messages.Commit(4),
    messages.Play(5, True, (10, 20)),
    messages.Pause(6),
    messages.Step(7, 100, "generator"),
    messages.StepPhase(8, 3),
    messages.Seek(5, 120, 3),
    messages.SetSpeed(9, 12.5, True),
    messages.Edit(10, {"optimizer.generator.lr": 1e-4, "generator.hidden": [1, 2], "penalties[0]": {"kind": "r1"}}),
    messages.Undo(11, True),
    messages.Bookmark(11, 40, "modes merge"),
    messages.Fork(14, {"optimizer.generator.lr": 1e-3}),
    messages.TurnTo(15, 2),
    messages.Duplicate(16, 7),
    messages.Describe(17, 2, title="higher rate", deleted=False),
    messages.ShowBeside(18, 2, 40),
    messages.Overlay(19, 2),
    messages.Compare(20, 40),
    messages.Recover(21, ("/a/b.ganlab",)),
    messages.Peek(22, ("/a/b.ganlab", "/a/größe.ganlab")),
    messages.Restart(11, {"seed": 2**63 - 1}),
    messages.Revert(12),
    messages.Survey(12),
    messages.Explain(12, "/a/b.ganlab"),
    messages.Shutdown(12),
    messages.StopReading(),
    messages.Look(40, (-1.0, 1.0, -1.0, 1.0), 2),
    messages.Grant(13, ("surface", "samples"), (-1.0, 1.0, -1.0, 1.0), 128, {"losses": 10**9}),
]
ANSWERS = [
    messages.Hello(version=7),
    SCENE,
    messages.Reply(2, "schedule.steps: must be >= 1", SCENE),
    messages.Frame(
        credit=13,
        keyframes=messages.Keyframes(9, STEPS),
        run="r1",
        branch=2,
        layout=3,
        step=41,
        playing=True,
        phase=4,
        steps_per_second=930.5,
        probe_share=0.1,
        chunks=(messages.Chunk("losses", 10, ("D", "G"), STEPS, MATRIX),),
        findings=(messages.Finding("mode_collapse", 41, "mode collapse", "{reached:.0f} modes.", {"reached": 3.0}),),
        pictures={"surface": messages.Picture(41, {"z": MATRIX}, {"low": -1.0, "nan": float("inf")})},
    ),
    messages.Preview("r1", 2, 3, 40, 38, {"surface": messages.Picture(38, {"z": MATRIX})}),
    messages.Reply(3, curves=messages.Curves(2, (messages.Chunk("step", 0, ("D", "G"), STEPS, MATRIX),))),
    messages.Reply(4, comparison=messages.Comparison((messages.Compared(2, 40, {"seed": "7"}, {"jsd": 0.1}),))),
    messages.Reply(5, machine=messages.Machine(("auto", "cpu"), 2, "/home/me/data")),
    messages.Reply(
        6,
        format=messages.FileFormat("SQLite.", (messages.TableFormat("meta", "Facts.", (("key", "Name."),)),), "x=1"),
    ),
    messages.BesideScene(SCENE),
    messages.Paused(41, "diverged", "the loss is not finite"),
    messages.Saved(40, "/a/b.ganlab"),
    messages.Reading(3_000, 100_000),
    messages.Log("warning", "a line\nand another"),
]


@pytest.mark.parametrize(
    ("samples", "decoder", "union"),
    [(COMMANDS, framing.command_decoder, Command), (ANSWERS, framing.answer_decoder, Answer)],
    ids=["commands", "answers"],
)
def test_every_message_arrives_as_it_was_sent(samples, decoder, union):
    assert {type(message) for message in samples} == set(get_args(union))
    stream = framing.MARKER + b"".join(framing.encode(message) for message in samples)
    assert list(decoder().feed(stream)) == samples


def test_defaults_travel_too():
    for message in (messages.Grant(1), messages.Step(2), messages.Restart(3), messages.SetSpeed(4)):
        assert list(framing.command_decoder().feed(framing.MARKER + framing.encode(message))) == [message]


def test_arrays_of_a_message_are_usable_without_a_copy_on_arrival():
    (scene,) = framing.answer_decoder().feed(framing.MARKER + framing.encode(SCENE))
    np.testing.assert_array_equal(scene.real.numpy(), np.arange(6, dtype=np.float32).reshape(2, 3))
    assert not scene.real.numpy().flags.owndata


def test_all_messages_belong_to_a_direction():
    ours = {kind for kind in Message.__subclasses__() if kind.__module__.startswith("ganlab_desktop.wire.")}
    assert ours == set(get_args(Command)) | set(get_args(Answer))
