"""The status bar: the engine, how fast it trains, how smoothly the window draws, and what is saved."""

import time

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from ganlab_desktop.ui.findings import told
from ganlab_desktop.ui.pacing import Pacing
from ganlab_desktop.ui.session import EngineState, Session
from ganlab_desktop.ui.theme import Theme

_REFRESH_MS = 250


class Dot(QWidget):
    """A small filled circle; the word beside it says the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = QColor()
        self.setFixedSize(14, 14)

    def set_colour(self, colour: str) -> None:
        if QColor(colour) != self._colour:
            self._colour = QColor(colour)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(self._colour)
        painter.drawEllipse(QRectF(3, 3, 8, 8))


class Status(QStatusBar):
    """Mirrors the session and the pacing four times a second; texts that have not changed cost nothing."""

    findings_wanted = Signal()  # where they are explained

    def __init__(self, session: Session, pacing: Pacing, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._pacing, self._theme = session, pacing, theme
        self._ink = ""  # of the findings' icon
        self._saved: tuple[int, float] = (-1, 0.0)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 12, 0)
        self._dot = Dot(self)
        self.addWidget(self._dot)
        self._engine = self._label("engine starting · cpu · 1 thread", self.tr("Engine"))
        self._rate = self._label("99,999 steps/s", self.tr("Training speed"))
        self._frames = self._label("60 fps · 9,999 dropped", self.tr("Frames"))
        for label in (self._engine, self._rate, self._frames):
            self.addWidget(label)
        self._frames.setToolTip(self.tr("Frames the window draws in a second, and frames that came too late"))
        self._findings = QToolButton(self)
        self._findings.setObjectName("findings")
        self._findings.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._findings.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._findings.setIconSize(QSize(14, 14))
        self._findings.clicked.connect(self.findings_wanted)
        self._findings.hide()
        self.addWidget(self._findings)
        self._step = self._label("", self.tr("Step"))
        self._age = self._label("kept untitled, 59 min ago", self.tr("Saved"))
        self._age.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addPermanentWidget(self._step)
        self.addPermanentWidget(self._age)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(_REFRESH_MS)
        session.state_changed.connect(self.refresh)
        session.scene_changed.connect(self.refresh)
        theme.changed.connect(self.refresh)
        self.refresh()

    def _label(self, widest: str, name: str) -> QLabel:
        label = QLabel(self)
        label.setMinimumWidth(self.fontMetrics().horizontalAdvance(widest) + 16 if widest else 0)
        label.setAccessibleName(name)
        return label

    @Slot()
    def refresh(self) -> None:
        session, colours = self._session, self._theme.colours
        words = {
            EngineState.STARTING: (self.tr("engine starting"), colours.fake),
            EngineState.RUNNING: (self.tr("engine running"), colours.discriminator),
            EngineState.DEAD: (self.tr("engine stopped"), colours.trouble),
        }
        word, colour = words[session.state]
        self._dot.set_colour(colour)
        scene = session.scene
        if scene is not None and session.state is EngineState.RUNNING:
            threads = self.tr("{0} threads").format(scene.threads) if scene.threads > 1 else self.tr("1 thread")
            word = f"{word} · {scene.device} · {threads}"
        rate = session.frame.steps_per_second if session.frame is not None and session.playing else 0.0
        _write(self._engine, word)
        rests = {"finished": self.tr("finished"), "diverged": self.tr("diverged"), "failed": self.tr("failed")}
        resting = rests.get(session.rest, self.tr("paused"))
        if scene is None or session.state is not EngineState.RUNNING:
            resting = ""
        _write(self._rate, self.tr("{0} steps/s").format(f"{rate:,.0f}") if session.playing else resting)
        fps = self._pacing.fps
        drawn = self.tr("{0} fps").format(f"{fps:.0f}") if fps else self.tr("still")
        dropped = self.tr("{0} dropped").format(f"{self._pacing.dropped:,}")
        _write(self._frames, f"{drawn} · {dropped}")
        self._tell_findings()
        target = session.experiment.schedule.steps
        if session.step < session.head:
            step = self.tr("step {0}, the newest is {1}").format(f"{session.step:,}", f"{session.head:,}")
        elif session.step <= target:
            step = self.tr("step {0} of {1}").format(f"{session.step:,}", f"{target:,}")
        else:
            step = self.tr("step {0}").format(f"{session.step:,}")
        _write(self._step, step if scene is not None else "")
        _write(self._age, self._saved_text())

    def _tell_findings(self) -> None:
        """How many things go wrong, and the newest; the log explains them."""
        findings = self._session.findings
        self._findings.setVisible(bool(findings))
        if not findings:
            return
        count = len(findings)
        newest, advice = told(findings[-1])
        one = self.tr("1 finding: {0}").format(newest)
        words = one if count == 1 else self.tr("{0} findings, the newest: {1}").format(count, newest)
        if self._findings.text() != words:
            self._findings.setText(words)
            self._findings.setAccessibleName(words)
            where = self.tr("Step {0}. The log has them all.").format(f"{findings[-1].step:,}")
            self._findings.setToolTip(f"<qt>{advice}<br>{where}</qt>")
        if self._ink != self._theme.colours.trouble:
            self._ink = self._theme.colours.trouble
            self._findings.setIcon(self._theme.icon("warning-fill", self._ink))

    def _saved_text(self) -> str:
        session = self._session
        if session.saved_step < 0:
            return self.tr("not saved") if session.scene is not None else ""
        if session.saved_step != self._saved[0]:
            self._saved = (session.saved_step, time.monotonic())
        age = int(time.monotonic() - self._saved[1])
        fresh = session.saved_step >= session.step or age < 2
        if session.path:
            text = self.tr("saved") if fresh else self.tr("saved {0} ago")
        else:
            text = self.tr("kept untitled") if fresh else self.tr("kept untitled, {0} ago")
        return text.format(f"{age} s" if age < 60 else f"{age // 60} min")


def _write(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
