"""A stream of bytes becomes messages, however it is cut, and anything else becomes a WireError."""

import itertools
import struct
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganlab_desktop.wire import framing
from ganlab_desktop.wire.arrays import WireError
from ganlab_desktop.wire.messages import Edit, Log, Pause, Play, Saved

COMMANDS = [Play(1), Edit(2, {"seed": 3, "title": "x" * 300}), Pause(3)]
STREAM = framing.MARKER + b"".join(framing.encode(message) for message in COMMANDS)
BANNER = b"Welcome to the cluster! \x00GANLAB you are user 7\r\nLast login: today\n"


def pieces_of(stream, cuts):
    edges = [0, *sorted(cuts), len(stream)]
    return [stream[first:last] for first, last in itertools.pairwise(edges)]


def decode(pieces):
    decoder = framing.command_decoder()
    return [message for piece in pieces for message in decoder.feed(piece)]


@settings(deadline=None)
@given(st.lists(st.integers(0, len(BANNER + STREAM)), max_size=20))
def test_messages_arrive_in_pieces_of_any_size(cuts):
    assert decode(pieces_of(BANNER + STREAM, cuts)) == COMMANDS


def test_messages_arrive_byte_by_byte():
    assert decode([bytes([byte]) for byte in BANNER + STREAM]) == COMMANDS


@settings(deadline=None)
@given(st.lists(st.integers(0, len(STREAM)), max_size=10))
def test_a_message_is_given_out_as_soon_as_its_last_byte_is_there(cuts):
    decoder = framing.command_decoder()
    given_out, fed = 0, 0
    ends = [len(framing.MARKER)]
    for message in COMMANDS:
        ends.append(ends[-1] + len(framing.encode(message)))
    for piece in pieces_of(STREAM, cuts):
        given_out += len(list(decoder.feed(piece)))
        fed += len(piece)
        assert given_out == sum(end <= fed for end in ends[1:])


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_truncated_stream_gives_the_whole_messages_only(cut):
    received = decode([STREAM[:-cut]])
    assert received == COMMANDS[: len(received)]
    assert len(received) < len(COMMANDS)


def test_a_marker_broken_by_the_banner_is_still_found():
    assert decode([framing.MARKER[:5], framing.MARKER[:9], STREAM]) == COMMANDS


def test_a_peer_that_never_sends_the_marker_is_refused():
    decoder = framing.command_decoder()
    megabyte = b"y\n" * (framing.BANNER_LIMIT // 2)
    assert list(decoder.feed(megabyte)) == []
    with pytest.raises(WireError, match="marker"):
        list(decoder.feed(b"y"))


def test_a_length_over_the_limit_is_refused_before_its_bytes_arrive():
    with pytest.raises(WireError, match="limit"):
        decode([framing.MARKER + struct.pack(">I", framing.MESSAGE_LIMIT + 1)])


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        b"\x81\xa4type\xa4Play",  # no id
        msgspec.msgpack.encode({"type": "Launch", "id": 1}),
        msgspec.msgpack.encode({"type": "Play", "id": "one"}),
        msgspec.msgpack.encode({"type": "Step", "id": 1, "only": "referee"}),
        msgspec.msgpack.encode([1, 2]),
        b"\x91" * 100_000,  # nested without end
        b"\xdd\xff\xff\xff\xff",  # a list of four thousand million entries
        b"\xc6\xff\xff\xff\xff",
    ],
)
def test_a_payload_that_is_no_message_is_refused(payload):
    with pytest.raises(WireError):
        decode([framing.MARKER + struct.pack(">I", len(payload)) + payload])


def test_an_answer_is_no_command():
    for answer in (Saved(1, "x"), Log("info", "x")):
        with pytest.raises(WireError):
            decode([framing.MARKER + framing.encode(answer)])


def test_messages_before_a_bad_one_are_delivered():
    messages = framing.command_decoder().feed(STREAM + struct.pack(">I", 1) + b"\xc1")
    assert [next(messages) for _ in COMMANDS] == COMMANDS
    with pytest.raises(WireError):
        next(messages)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_garbage_causes_nothing_but_a_wire_error(garbage):
    for stream in (garbage, framing.MARKER + garbage, framing.MARKER + struct.pack(">I", len(garbage)) + garbage):
        with suppress(WireError):
            list(framing.answer_decoder().feed(stream))


def test_a_reader_may_stop_in_the_middle_and_go_on():
    decoder = framing.command_decoder()
    assert next(decoder.feed(STREAM)) == COMMANDS[0]
    assert list(decoder.feed(b"")) == COMMANDS[1:]
