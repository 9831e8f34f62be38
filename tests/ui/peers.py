"""Small programs that take the engine's place on the other end of the pipe, to behave well or badly."""

import sys

_PRELUDE = """
import os, sys
from ganlab_desktop.wire import messages as m
from ganlab_desktop.wire.framing import MARKER, command_decoder, encode

def write(data):
    view = memoryview(data)
    while view:
        view = view[os.write(1, view):]

def commands():
    decoder = command_decoder()
    while data := os.read(0, 65536):
        yield from decoder.feed(data)

def greet():
    write(MARKER + encode(m.Hello(program="peer")) + encode(m.Reply(0)))
"""

ECHO = """
greet()
for command in commands():
    if isinstance(command, m.Shutdown):
        write(encode(m.Reply(command.id)))
        break
    if isinstance(command, m.Grant):
        write(encode(m.Frame(command.credit, "r", 0, 0, command.credit, True)))
    elif not isinstance(command, m.Hello):
        error = "no such file" if isinstance(command, m.Open) else ""
        write(encode(m.Reply(command.id, error)))
"""


def peer(body: str = ECHO) -> list[str]:
    """The command line of a program with these statements."""
    return [sys.executable, "-c", _PRELUDE + body]
