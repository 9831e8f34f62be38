"""The client against real processes: what arrives, what fails, and that nothing stays behind."""

import os
import shlex
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import psutil
import pytest
from peers import ECHO, peer
from pytestqt.qtbot import QtBot

from ganlab_desktop.ui import engine_client
from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.ui.engine_client import EngineClient, EngineError
from ganlab_desktop.wire import messages as m

Await = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def result_of(awaiting: Awaiting, qtbot: QtBot) -> Await:
    """Runs a coroutine to its end on the test's loop and gives its result."""

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        task = awaiting.start(_outcome(coroutine))
        qtbot.waitUntil(task.done, timeout=60_000)
        value, error = task.result()
        if error is not None:
            raise error
        return value

    return run


async def _outcome(coroutine: Awaitable[Any]) -> tuple[Any, BaseException | None]:
    try:
        return await coroutine, None
    except Exception as error:
        return None, error


@pytest.fixture
def start(awaiting: Awaiting, result_of: Await) -> Iterator[Callable[..., EngineClient]]:
    """Starts clients, and closes them at the end."""
    clients: list[EngineClient] = []

    def make(body: str = ECHO, *, command_line: list[str] | None = None) -> EngineClient:
        client = EngineClient(awaiting, command_line or peer(body))
        clients.append(client)
        client.deaths = []  # type: ignore[attr-defined]
        client.lines = []  # type: ignore[attr-defined]
        client.died.connect(client.deaths.append)  # type: ignore[attr-defined]
        client.log.connect(lambda level, text: client.lines.append(text))  # type: ignore[attr-defined]
        client.start()
        return client

    yield make
    for client in clients:
        result_of(client.close())
        assert not client.alive


def death(qtbot: QtBot, client: EngineClient) -> str:
    """The reason that the client tells for its engine's end."""
    deaths: list[str] = client.deaths  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: bool(deaths), timeout=20_000)
    qtbot.wait(50)
    assert len(deaths) == 1
    assert not client.alive
    return deaths[0]


def test_an_engine_is_greeted_and_answers(start, result_of, qtbot) -> None:
    client = start()
    with qtbot.waitSignal(client.ready, timeout=20_000) as ready:
        reply = result_of(client.request(m.Play(client.next_id())))
    assert ready.args == ["peer"]
    assert reply.error == ""


def test_a_refusal_is_raised_with_the_engines_words(start, result_of) -> None:
    client = start()
    with pytest.raises(EngineError, match="no such file"):
        result_of(client.request(m.Open(client.next_id(), "nowhere.ganlab")))
    assert result_of(client.request(m.Play(client.next_id()))).error == ""


def test_replies_in_any_order_find_their_request(start, awaiting, qtbot) -> None:
    client = start("""
greet()
asked = []
for command in commands():
    if isinstance(command, m.Shutdown):
        break
    if isinstance(command, m.Play):
        asked.append(command.id)
        if len(asked) == 3:
            for id in reversed(asked):
                write(encode(m.Reply(id)))
""")
    answered: list[int] = []

    async def ask(id: int) -> None:
        answered.append((await client.request(m.Play(id))).id)

    for id in (11, 12, 13):
        awaiting.start(ask(id))
    qtbot.waitUntil(lambda: len(answered) == 3, timeout=20_000)
    assert answered == [13, 12, 11]


def test_a_login_banner_before_the_marker_is_skipped(start, result_of) -> None:
    client = start("write(b'Last login: yesterday\\n\\x00GANLAB')\n" + ECHO)
    assert result_of(client.request(m.Play(client.next_id()))).error == ""


def test_frames_answer_credits_in_order(start, qtbot) -> None:
    client = start()
    credits: list[int] = []
    client.frame_arrived.connect(lambda frame: credits.append(frame.credit))
    for credit in range(1, 51):
        client.grant(m.Grant(credit))
    qtbot.waitUntil(lambda: len(credits) == 50, timeout=20_000)
    assert credits == list(range(1, 51))


def test_messages_cut_anywhere_arrive_whole(start, result_of) -> None:
    client = start("""
import time
greet()
for command in commands():
    if isinstance(command, m.Shutdown):
        break
    if isinstance(command, m.Play):
        for byte in encode(m.Reply(command.id)):
            os.write(1, bytes([byte]))
            time.sleep(0.002)
""")
    assert result_of(client.request(m.Play(client.next_id()))).error == ""


def test_what_the_engine_prints_reaches_the_log(start, result_of, qtbot) -> None:
    client = start("print('loading torch', file=sys.stderr, flush=True)\n" + ECHO)
    result_of(client.request(m.Play(client.next_id())))
    qtbot.waitUntil(lambda: "loading torch" in client.lines, timeout=20_000)


def test_a_killed_engine_is_told_with_its_signal_and_fails_what_waits(start, result_of, awaiting, qtbot) -> None:
    client = start("""
greet()
for command in commands():
    pass
""")
    failures: list[str] = []

    async def ask() -> None:
        try:
            await client.request(m.Play(client.next_id()))
        except EngineError as error:
            failures.append(str(error))

    awaiting.start(ask())
    qtbot.waitUntil(lambda: client.program == "peer", timeout=20_000)
    os.kill(client.process_id, signal.SIGKILL)
    assert "signal 9" in death(qtbot, client)
    qtbot.waitUntil(lambda: len(failures) == 1)
    assert "signal 9" in failures[0]
    with pytest.raises(EngineError, match="not running"):
        result_of(client.request(m.Play(client.next_id())))


def test_an_engine_that_ends_by_itself_is_told_with_its_code_and_last_lines(start, qtbot) -> None:
    client = start("greet(); print('CUDA is on fire', file=sys.stderr); sys.exit(3)")
    assert "exit code 3" in death(qtbot, client)
    assert "CUDA is on fire" in client.last_lines


def test_half_a_message_before_the_end_is_no_message(start, qtbot) -> None:
    client = start("greet(); write(encode(m.Log('info', 'half'))[:-2])")
    assert "exit code 0" in death(qtbot, client)
    assert "half" not in client.lines


@pytest.mark.parametrize(
    "garbage",
    ["write(MARKER + b'\\xff' * 64)", "greet(); write((5).to_bytes(4, 'big') + b'\\xc1abcd')"],
    ids=["length", "message"],
)
def test_garbage_counts_as_death_and_the_process_goes(start, qtbot, garbage: str) -> None:
    client = start(garbage + "\nimport time; time.sleep(60)")
    process = psutil.Process(client.process_id)
    assert "sent a message" in death(qtbot, client)
    qtbot.waitUntil(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE, timeout=5_000)


def test_another_version_is_refused_with_both_numbers(start, qtbot) -> None:
    client = start("write(MARKER + encode(m.Hello(version=99)))\nfor command in commands(): pass")
    reason = death(qtbot, client)
    assert "99" in reason
    assert str(m.VERSION) in reason


def test_a_program_that_is_not_there_is_told(start, qtbot) -> None:
    assert "could not be started" in death(qtbot, start(command_line=["/nowhere/ganlab"]))


def test_an_engine_that_ignores_everything_is_killed_in_the_end(start, result_of, monkeypatch) -> None:
    monkeypatch.setattr(engine_client, "_SHUTDOWN_MS", 300)
    monkeypatch.setattr(engine_client, "_TERMINATE_MS", 200)
    client = start("""
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
greet()
for command in commands():
    if isinstance(command, m.Play):
        write(encode(m.Reply(command.id)))
    if isinstance(command, m.Shutdown):
        time.sleep(60)
""")
    result_of(client.request(m.Play(client.next_id())))
    process = psutil.Process(client.process_id)
    result_of(client.close())
    assert not process.is_running()
    assert not client.deaths


def test_an_engine_can_be_started_again(start, result_of, qtbot) -> None:
    client = start()
    result_of(client.request(m.Play(client.next_id())))
    os.kill(client.process_id, signal.SIGKILL)
    death(qtbot, client)
    client.start()
    assert result_of(client.request(m.Play(client.next_id()))).error == ""


async def ask_often(client: EngineClient, count: int) -> int:
    answered = 0
    for _ in range(count):
        answered += (await client.request(m.Play(client.next_id()))).error == ""
    return answered


def test_300_replies_can_be_awaited(start, result_of) -> None:
    assert result_of(ask_often(start(), 300)) == 300


@pytest.mark.soak
def test_10000_replies_can_be_awaited_while_the_application_runs(start, awaiting, qapp) -> None:
    client = start()

    async def ask() -> int:
        return sum([await task for task in [awaiting.start(ask_often(client, 2_500)) for _ in range(4)]])

    task = awaiting.start(ask())
    task.add_done_callback(lambda _: qapp.quit())
    awaiting.run()
    assert task.result() == 10_000


def test_an_exception_in_a_task_is_reported(qapp, qtbot, nothing_left_over) -> None:
    loop = Awaiting(qapp)

    async def fail() -> None:
        raise ValueError("lost")

    with qtbot.waitSignal(loop.failed) as failed:
        loop.start(fail())
    assert str(failed.args[0]) == "lost"
    loop.close()


def test_closing_the_loop_ends_tasks_that_wait_for_ever(qapp, nothing_left_over) -> None:
    loop = Awaiting(qapp)
    ended: list[bool] = []

    async def wait() -> None:
        try:
            await loop.future()
        finally:
            ended.append(True)

    loop.start(wait())
    for _ in range(10):
        qapp.processEvents()
    assert loop.running == 1
    loop.close()
    assert ended == [True]
    assert loop.running == 0


def test_another_command_runs_where_the_engine_does(awaiting: Awaiting) -> None:
    words = ("export", "/home/me/it's mine.ganlab", "--set", 'page={size = "slide"}')
    local = EngineClient(awaiting).beside(*words)
    assert local == [*engine_client.ENGINE[:-2], *words]
    far = EngineClient(awaiting, ["ssh", "host", "ganlab", "engine", "--stdio"]).beside(*words)
    assert far[:3] == ["ssh", "host", "ganlab"]
    assert shlex.split(" ".join(far[2:])) == ["ganlab", *words]  # as the shell at the other end reads it
