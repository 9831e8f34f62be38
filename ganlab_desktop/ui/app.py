"""Starts the window: the engine first, so that it loads while the window is built."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from ganlab_desktop import __version__
from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.ui.engine_client import EngineClient
from ganlab_desktop.ui.preferences import Preferences

if TYPE_CHECKING:
    from ganlab_desktop.ui.session import Session

DESKTOP_FILE = "org.ganlab.Desktop"  # also the name of packaging's .desktop file, without its ending
_FEW_CORES = 2  # on which Qt's painting threads would take the core that trains


def application() -> QApplication:
    """The application object with its names."""
    QCoreApplication.setOrganizationName("GAN Lab")
    QCoreApplication.setApplicationName("GAN Lab Desktop")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName(DESKTOP_FILE)
    if (os.cpu_count() or 1) <= _FEW_CORES:
        os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    running = QApplication.instance()
    return running if isinstance(running, QApplication) else QApplication(sys.argv[:1])


def main(
    files: list[str],
    *,
    preset: str = "ring-ns",
    fps: int = 60,
    measure_seconds: float = 0.0,
    play: bool = True,
) -> int:
    """Open the window on a file or a preset and run until it is closed. The exit code.

    With `measure_seconds`, the window measures itself that long, prints one JSON object and closes.
    """
    app = application()
    awaiting = Awaiting(app)
    settings = QSettings()
    client = EngineClient(awaiting, environment=Preferences(settings).environment)
    client.start()

    from ganlab_desktop.ui.layout import DEFAULT_SIZE
    from ganlab_desktop.ui.session import Session  # these load slowly, so the engine starts before them
    from ganlab_desktop.ui.theme import Theme
    from ganlab_desktop.ui.window import Window

    app.setQuitOnLastWindowClosed(False)  # the window quits when the engine has saved
    session = Session(client)
    measured = measure_seconds > 0
    window = Window(session, client, awaiting, Theme(app, settings), settings, fps=fps, ask=not measured)
    awaiting.failed.connect(_report)
    _tell_defects(session)
    window.closed.connect(app.quit)
    _leave_on_signals(window.leave)
    if measured:
        from ganlab_desktop.ui.measuring import Measuring, printed

        window.resize(DEFAULT_SIZE)
        measuring = Measuring(session, window.pacing, window, measure_seconds)
        measuring.done.connect(lambda report: print(printed(report), flush=True))
        measuring.done.connect(window.leave)
    else:
        window.restore_layout()
    window.show()
    window.documents.begin(files, preset, play=play)
    code = awaiting.run()
    awaiting.close()
    return code


def _leave_on_signals(leave: Callable[[], None]) -> None:
    """Ctrl+C in the terminal closes the window in order. The handler runs at the next tick of a timer."""

    def handle(number: int, frame: FrameType | None) -> None:
        leave()

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)


def _tell_defects(session: "Session") -> None:
    """Log what goes wrong in a receiver of signals, once: Qt only prints it, and the window would seem to stand."""
    told: set[str] = set()
    print_it = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        print_it(kind, error, trace)
        line = f"{kind.__name__}: {error}"
        if issubclass(kind, Exception) and line not in told:
            told.add(line)
            session.log.emit("error", line)

    sys.excepthook = tell


def _report(error: BaseException) -> None:
    """A defect in a task: tell it as Python tells one elsewhere."""
    sys.excepthook(type(error), error, error.__traceback__)
