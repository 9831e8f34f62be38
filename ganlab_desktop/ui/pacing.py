"""When the window draws: each tick grants the engine one frame and, while that is made, paints the one before."""

import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot

from ganlab_desktop.experiment.exploration import Exploration
from ganlab_desktop.ui.engine_client import EngineClient
from ganlab_desktop.ui.panels.panel import Panel
from ganlab_desktop.ui.session import EngineState, Session
from ganlab_desktop.wire import messages as m

SLOWEST_FPS = 30  # under load; below this motion falls apart
_IDLE_MS = 100
_IDLE_AFTER_S = 0.5  # seconds without anything new
_PANEL_S = 0.045  # beside the canvas, a panel has its turn at most about 20 times a second
_ASK_AGAIN_S = 0.25  # an engine that holds a credit is told of new wishes after this
_BUSY_HIGH, _BUSY_LOW = 1.05, 0.70  # share of a period that one tick's work takes
_CROWDED = 0.75  # share of a period above which the canvas and a panel no longer fit one tick
_CROWDED_S = 5.0  # seconds until they are tried together again
_KEPT = 120  # intervals that the read-out looks at
_DONE = QEvent.Type(QEvent.registerEventType())
_AFTER_PAINTING = Qt.EventPriority.LowEventPriority.value - 1


class Pacing(QObject):
    """Paces frames: the canvas is drawn on every tick, other panels take turns, one on each.

    One credit is outstanding at a time, so a slow window slows nothing but itself. Where the canvas and a panel
    together fill a tick, painting included, they part: every third tick or so is a panel's. Where ticks with the canvas
    still cost more than the period, it grows, down to 30 frames a second, and shrinks again later.
    """

    ticked = Signal(float)  # seconds since the last tick that painted; only after one that painted

    def __init__(self, session: Session, client: EngineClient, fps: int = 60, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._client = client
        self._full_ms = 1000.0 / fps
        self._period_ms = self._full_ms
        self._canvas: Any = None
        self._panels: list[Panel] = []
        self._turn = 0
        self._drawn: dict[str, float] = {}
        self._panel_drawn = 0.0
        self._credit = 0
        self._outstanding = False
        self._asked: tuple[Any, ...] = ()
        self._acknowledged: dict[str, int] = {}  # what the outstanding credit says is here
        self._wanted: dict[str, tuple[str, ...]] = {}  # by the panels in sight
        self._newest: dict[str, m.Picture] = {}  # each is sent once, whoever asks for it later
        self._stamp: tuple[str, int, int] | None = None  # whose they are
        self._granted_at = 0.0
        self._minimised = False
        self._last_tick = self._last_paint = self._last_news = 0.0
        self._busy_ms = 0.0
        self._drew_canvas = self._shared = False  # on this tick; shared: the canvas and a panel
        self._shared_ms = 0.0
        self._crowded_until = 0.0
        self._intervals: deque[float] = deque(maxlen=_KEPT)
        self.dropped = 0
        self.refreshes: dict[str, int] = {}
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        session.frame_arrived.connect(self._frame_arrived)
        session.scene_changed.connect(self._scene_changed)
        session.state_changed.connect(self._state_changed)

    def watch(self, canvas: Any, panels: Sequence[Panel]) -> None:
        """Pace these panels."""
        self._canvas, self._panels = canvas, list(panels)
        self.refreshes = dict.fromkeys([canvas.name, *(panel.name for panel in panels)], 0)

    def start(self) -> None:
        self.wake()

    def stop(self) -> None:
        """Draw nothing and ask for nothing any more."""
        self._timer.stop()
        self._canvas, self._panels = None, []

    def set_minimised(self, minimised: bool) -> None:
        """Nobody looks at a minimised window: nothing is drawn or asked for, and training goes on."""
        self._minimised = minimised
        if minimised:
            self._timer.stop()
        else:
            self.wake()

    def refresh(self, panel: Panel) -> None:
        """Bring a panel that has just become visible up to date."""
        if self._session.frame is not None:
            panel.receive(self._session.frame, self._session.series)
        self.wake()

    @property
    def fps(self) -> float:
        """Painted frames a second over the last two seconds or so; 0 while nothing moves."""
        if not self._intervals or time.perf_counter() - self._last_paint > 1.0:
            return 0.0
        return len(self._intervals) / sum(self._intervals)

    # --- receivers ------------------------------------------------------------------------------------------------

    @Slot(object)
    def _frame_arrived(self, frame: m.Frame) -> None:
        self._outstanding = False
        self._newest |= frame.pictures
        for panel in self._visible():
            panel.receive(frame, self._session.series)
        if frame.playing or frame.pictures or frame.chunks or frame.beside is not None:
            self.wake()

    @Slot(object)
    def _scene_changed(self, scene: m.Scene) -> None:
        self._outstanding = False
        stamp = (scene.run, scene.branch, scene.layout)
        if stamp != self._stamp:
            self._stamp = stamp
            self._newest.clear()
        self.wake()

    @Slot(object)
    def _state_changed(self, state: EngineState) -> None:
        self._outstanding = False
        self.wake()

    def event(self, event: QEvent) -> bool:
        if event.type() != _DONE:
            return super().event(event)
        self._work_done(time.perf_counter())
        return True

    @Slot()
    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last_tick and self._timer.interval() < _IDLE_MS:
            late = (now - self._last_tick) * 1000 / self._period_ms
            if late > 1.5:
                self.dropped += round(late) - 1
        self._last_tick = now
        self._grant(now)
        if self._draw(now):
            interval = now - self._last_paint
            self._last_paint = self._last_news = now
            QCoreApplication.postEvent(self, QEvent(_DONE), _AFTER_PAINTING)
            if interval < 1.0:
                self._intervals.append(interval)
            self.ticked.emit(interval)
        if not self._session.playing and now - self._last_news > _IDLE_AFTER_S and self._timer.interval() < _IDLE_MS:
            self._timer.start(_IDLE_MS)

    # --- work -----------------------------------------------------------------------------------------------------

    def _visible(self) -> list[Any]:
        panels = [] if self._canvas is None else [self._canvas, *self._panels]
        return [panel for panel in panels if _in_sight(panel)]

    def _draw(self, now: float) -> bool:
        """Paint the canvas, a panel or both, where they are dirty and it is their turn; false where nothing was."""
        canvas = self._canvas if self._canvas is not None and self._canvas.isVisible() and self._canvas.dirty else None
        crowded = canvas is not None and now < self._crowded_until
        panel = None
        if not crowded or now - self._panel_drawn >= _PANEL_S:
            panel = self._next_panel(now, beside=canvas is not None)
        if crowded and panel is not None:
            canvas = None
        self._drew_canvas = canvas is not None
        self._shared = canvas is not None and panel is not None
        for drawn in (canvas, panel):
            if drawn is not None:
                drawn.draw()
                self._drawn[drawn.name] = now
                self.refreshes[drawn.name] += 1
        if panel is not None:
            self._panel_drawn = now
        return canvas is not None or panel is not None

    def _next_panel(self, now: float, *, beside: bool) -> Panel | None:
        """The panel whose turn it is; `beside` the canvas, one that was not drawn just before."""
        for offset in range(len(self._panels)):
            panel = self._panels[(self._turn + offset) % len(self._panels)]
            due = not beside or now - self._drawn.get(panel.name, 0.0) >= _PANEL_S
            if due and panel.dirty and _in_sight(panel):
                self._turn = (self._turn + offset + 1) % len(self._panels)
                return panel
        return None

    def _work_done(self, now: float) -> None:
        """What the last tick caused is painted: judge what fits a tick."""
        spent = (now - self._last_tick) * 1000
        if self._shared:
            self._shared_ms += 0.1 * (spent - self._shared_ms)
            crowded = _CROWDED * self._period_ms
            if self._shared_ms > crowded:
                self._shared_ms = crowded  # at the next try, one crowded tick suffices
                self._crowded_until = now + _CROWDED_S
        if self._drew_canvas:
            self._busy_ms += 0.1 * (spent - self._busy_ms)
        slowest = 1000 / SLOWEST_FPS
        if self._busy_ms > _BUSY_HIGH * self._period_ms and self._period_ms < slowest:
            self._set_period(min(slowest, 1.25 * self._period_ms))
        elif self._busy_ms < _BUSY_LOW * self._full_ms and self._period_ms > self._full_ms:
            self._set_period(self._full_ms)

    def _grant(self, now: float) -> None:
        if self._canvas is None or self._session.scene is None or self._session.state is not EngineState.RUNNING:
            return
        visible = self._visible()
        wanted = {panel.name: panel.probes for panel in visible}
        if wanted != self._wanted:
            self._wanted = wanted
            self._catch_up(visible)
        probes = tuple(sorted({probe for asked in wanted.values() for probe in asked}))
        beside = next((panel for panel in visible if panel.beside_probes), None)
        second = () if beside is None else beside.beside_probes, None if beside is None else beside.box()
        asked = (
            probes,
            self._canvas.box(),
            self._canvas.resolution(),
            self._canvas.label(),
            second,
            self._canvas.chosen,
            next((panel.exploration for panel in visible if panel.exploration is not None), Exploration()),
        )
        acknowledged = {name: series.count for name, series in self._session.series.items()}
        acknowledged["findings"] = len(self._session.findings)
        acknowledged["keyframes"] = self._session.keyframe_count
        lost = any(acknowledged.get(name, 0) < count for name, count in self._acknowledged.items())
        news = lost or asked != self._asked  # rows that a series has forgotten since are to be sent again
        if self._outstanding and (not news or now - self._granted_at < _ASK_AGAIN_S):
            return
        self._asked, self._acknowledged, self._granted_at, self._outstanding = asked, acknowledged, now, True
        self._credit += 1
        probes, box, resolution, label, _, *images = asked
        self._client.grant(m.Grant(self._credit, probes, box, resolution, acknowledged, label, *second, *images))

    def _catch_up(self, panels: Sequence[Panel]) -> None:
        """Give panels that ask for something else than before what the engine has sent of this moment already."""
        step = self._session.step
        current = {name: picture for name, picture in self._newest.items() if picture.step == step}
        for panel in panels:
            panel.catch_up(current)

    def wake(self) -> None:
        """Tick at full rate: there is, or may soon be, something to draw."""
        self._last_news = time.perf_counter()
        if not self._minimised and (not self._timer.isActive() or self._timer.interval() >= _IDLE_MS):
            self._last_tick = 0.0
            self._timer.start(int(self._period_ms))

    def _set_period(self, period_ms: float) -> None:
        self._period_ms = period_ms
        if self._timer.isActive() and self._timer.interval() < _IDLE_MS:
            self._timer.start(int(period_ms))


def _in_sight(panel: Any) -> bool:
    """Whether a part of the panel is shown. Qt leaves a dock behind other tabs visible and moves it out of the way."""
    return bool(panel.isVisible() and not panel.visibleRegion().isEmpty())
