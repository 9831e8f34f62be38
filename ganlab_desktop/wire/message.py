"""What all messages between the window and the engine have in common, and the first one of either side."""

from typing import Literal

from msgspec import Struct

VERSION = 7

Player = Literal["discriminator", "generator"]


class Message(Struct, frozen=True, tag=True, tag_field="type"):
    """The base of all messages; the class name is the tag."""


class Hello(Message, frozen=True):
    """First message in both directions; a peer of another version is refused with a clear reply."""

    id: int = 0
    version: int = VERSION
    program: str = ""
