"""Messages as bytes on a stream: a marker once, then a length before each msgpack message.

The marker lets a reader skip what comes before it, such as the banner of a login shell.
"""

from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec

from ganlab_desktop.wire.arrays import WireError
from ganlab_desktop.wire.messages import Answer, Command

MARKER = b"\x00GANLAB-WIRE\x01\n"
BANNER_LIMIT = 1 << 20  # bytes before the marker after which the peer is taken to be something else
MESSAGE_LIMIT = 1 << 28  # bytes

_encoder = msgspec.msgpack.Encoder()
M = TypeVar("M")


def encode(message: msgspec.Struct) -> bytes:
    """The message with its length before it (4 bytes, big-endian)."""
    buffer = bytearray(4)
    _encoder.encode_into(message, buffer, 4)
    buffer[:4] = (len(buffer) - 4).to_bytes(4, "big")
    return bytes(buffer)


class Decoder(Generic[M]):
    """Turns bytes, as they arrive in pieces of any size, into messages of one direction."""

    def __init__(self, decoder: msgspec.msgpack.Decoder[M]) -> None:
        self._decoder = decoder
        self._buffer = bytearray()
        self._marked = False

    def feed(self, data: bytes) -> Iterator[M]:
        """The messages that are now complete. Raises WireError for bytes that are no message."""
        self._buffer += data
        if not self._marked and not self._skip_banner():
            return
        start = 0
        try:
            while len(self._buffer) - start >= 4:
                length = int.from_bytes(self._buffer[start : start + 4], "big")
                if length > MESSAGE_LIMIT:
                    raise WireError(f"a message of {length} bytes; the limit is {MESSAGE_LIMIT}")
                if len(self._buffer) - start - 4 < length:
                    break
                payload = bytes(memoryview(self._buffer)[start + 4 : start + 4 + length])
                start += 4 + length
                try:
                    message = self._decoder.decode(payload)
                except (msgspec.DecodeError, RecursionError) as error:
                    raise WireError(f"a message that cannot be read: {error}") from None
                yield message
        finally:
            del self._buffer[:start]

    def _skip_banner(self) -> bool:
        position = self._buffer.find(MARKER)
        if position < 0:
            if len(self._buffer) > BANNER_LIMIT:
                raise WireError("no engine answered: a megabyte came without the engine's marker")
            return False
        del self._buffer[: position + len(MARKER)]
        self._marked = True
        return True


def command_decoder() -> Decoder[Command]:
    """A decoder for what the engine reads."""
    return Decoder(msgspec.msgpack.Decoder(Command))


def answer_decoder() -> Decoder[Answer]:
    """A decoder for what the window reads."""
    return Decoder(msgspec.msgpack.Decoder(Answer))
