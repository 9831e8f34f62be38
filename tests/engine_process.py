"""A real engine process and the window's side of the conversation with it, for tests."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ganlab_desktop.wire import messages as wire
from ganlab_desktop.wire.framing import MARKER, answer_decoder, encode

SMALL = 'title = "small"\n[schedule]\nbatch_size = 32\nsteps = 100000000\n[generator]\nkind = "mlp"\nhidden = [16]\n'
PROBES = ("samples", "gradients", "manifold", "surface", "critic_field", "coverage")


class Engine:
    """An engine started on a data folder of its own."""

    def __init__(self, data: Path) -> None:
        environment = {**os.environ, "GANLAB_DATA": str(data)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ganlab_desktop", "engine", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self.seen: list[wire.Message] = []
        self.rows = {"step": 0, "coverage": 0}
        self._decoder = answer_decoder()
        self._number = 0
        self.write(MARKER)

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, command: wire.Message) -> None:
        self.write(encode(command))

    def until(self, wanted: Callable[[wire.Message], bool], seconds: float = 60.0) -> wire.Message:
        """The first message from now on for which `wanted` holds."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            while self.seen:
                message = self.seen.pop(0)
                if wanted(message):
                    return message
            ready, _, _ = select.select([self.process.stdout], [], [], deadline - time.monotonic())
            if not ready:
                break
            data = os.read(self.process.stdout.fileno(), 1 << 18)
            assert data, "the engine closed its output"
            self.seen.extend(self._decoder.feed(data))
        raise AssertionError("the engine did not answer in time")

    def ask(self, kind: type[wire.Message], *arguments: object) -> wire.Reply:
        self._number += 1
        self.send(kind(self._number, *arguments))
        number = self._number
        reply = self.until(lambda message: isinstance(message, wire.Reply) and message.id == number)
        assert isinstance(reply, wire.Reply)
        return reply

    def frame(self, credit: int = 1, probes: tuple[str, ...] = PROBES) -> wire.Frame:
        self.send(wire.Grant(credit, probes, None, 32, dict(self.rows)))
        frame = self.until(lambda message: isinstance(message, wire.Frame) and message.credit == credit)
        assert isinstance(frame, wire.Frame)
        for chunk in frame.chunks:
            assert chunk.start == self.rows.get(chunk.series, 0)
            self.rows[chunk.series] = chunk.start + chunk.steps.shape[0]
        return frame

    def start(self) -> wire.Scene:
        assert self.ask(wire.Hello).error == ""
        reply = self.ask(wire.New, SMALL)
        assert reply.error == ""
        assert reply.scene is not None
        return reply.scene

    def kill(self) -> None:
        """End the process at once and close its pipes."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
