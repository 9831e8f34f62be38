"""The transport bar: play, steps of several sizes, speed, and whether the run has finished."""

import math
import time

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QToolButton,
    QToolTip,
    QWidget,
)

from ganlab_desktop.ui.actions import Actions
from ganlab_desktop.ui.editors import OwnKeys, read_integer
from ganlab_desktop.ui.elided import Elided
from ganlab_desktop.ui.session import FLAT_OUT, Session, Speed
from ganlab_desktop.ui.theme import Theme, mark

MOST_STEPS = 10_000_000
_SPEED_POSITIONS = 100  # the last one is flat out
_DECADES = 3.5  # from 1 to about 3,000 steps a second
_PHASES_PER_SECOND = (1.0, 2.0, 4.0, 8.0)  # at the slider's low end
_PHASE_WIDTH = 6  # positions for each of these
_PATIENCE_MS = 400
_PHASE_POSITIONS = _PHASE_WIDTH * len(_PHASES_PER_SECOND)


def speed_at(position: int) -> Speed:
    """The speed at a position of the slider; those below 0 go phase by phase."""
    if position >= _SPEED_POSITIONS:
        return FLAT_OUT
    if position < 0:
        return Speed(_PHASES_PER_SECOND[(position + _PHASE_POSITIONS) // _PHASE_WIDTH], phases=True)
    return Speed(float(f"{10 ** (_DECADES * position / (_SPEED_POSITIONS - 1)):.2g}"))


def position_of(speed: Speed) -> int:
    """The slider's position for a speed."""
    if speed.per_second <= 0:
        return _SPEED_POSITIONS
    if speed.phases:
        nearest = min(_PHASES_PER_SECOND, key=lambda known: abs(known - speed.per_second))
        return _PHASE_WIDTH * _PHASES_PER_SECOND.index(nearest) - _PHASE_POSITIONS
    decades = math.log10(max(speed.per_second, 1.0))
    return min(_SPEED_POSITIONS - 1, round(decades / _DECADES * (_SPEED_POSITIONS - 1)))


class Transport(QWidget):
    """Buttons mirror the registry's actions; none takes the keyboard's focus."""

    steps_wanted = Signal(int)
    speed_wanted = Signal(object)  # Speed
    stay_wanted = Signal()

    def __init__(self, session: Session, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self._session, self._actions, self._theme = session, actions, theme
        self._keys = OwnKeys(self)
        self._way_begun = 0.0  # when a moment of the past was set out for, 0 while none is on its way
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 6, 12, 6)
        line.setSpacing(2)
        line.addWidget(self._button("restart", icon_only=True))
        self._play = self._button("play")
        self._play.setObjectName("primary")
        self._play.setMinimumWidth(96)
        line.addSpacing(4)
        line.addWidget(self._play)
        line.addSpacing(4)
        for id in ("back", "phase_back"):
            line.addWidget(self._button(id, icon_only=True))
        line.addWidget(self._button("phase"))
        line.addWidget(self._button("step"))
        line.addWidget(_hairline(self))
        line.addWidget(self._button("d_only"))
        line.addWidget(self._button("g_only"))
        line.addWidget(_hairline(self))
        self._count = QLineEdit(self)
        self._count.setFixedWidth(76)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._count.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._count.setAccessibleName(self.tr("Number of iterations to run"))
        self._count.returnPressed.connect(self._run_steps)
        self._count.textEdited.connect(self._read_count)
        self._steps = 1_000
        self._write_count()
        self._run = QToolButton(self)
        self._run.setText(self.tr("Run steps"))
        self._run.setToolTip(self._count.toolTip())
        self._run.setAccessibleName(self.tr("Run steps"))
        self._run.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._run.clicked.connect(self._run_steps)
        line.addWidget(self._count)
        line.addWidget(self._run)
        line.addWidget(_hairline(self))
        self._build_speed(line)
        self._where = Elided(self)  # never widens the window
        self._where.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._where.setObjectName("secondary")
        self._where.setAccessibleName(self.tr("State of the run"))
        line.addWidget(self._where, 1)
        self.stay = QToolButton(self)
        self.stay.setText(self.tr("Stay here"))
        self.stay.setToolTip(self.tr("Go no further: stay at the step that is reached"))
        self.stay.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.stay.clicked.connect(self.stay_wanted)
        self.stay.hide()
        line.addWidget(self.stay)
        self._patience = QTimer(self)  # most ways are short, and not worth a word
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._mirror_where)
        session.playing_changed.connect(self._mirror_playing)
        for changed in (session.playing_changed, session.frame_arrived, session.scene_changed, session.paused):
            changed.connect(self._mirror_where)
        theme.changed.connect(self._mirror_playing)
        self._mirror_playing()
        self.mirror_enabled()

    def _build_speed(self, line: QHBoxLayout) -> None:
        name = QLabel(self.tr("Speed"), self)
        name.setObjectName("secondary")
        self._speed = QSlider(Qt.Orientation.Horizontal, self)
        self._speed.setRange(-_PHASE_POSITIONS, _SPEED_POSITIONS)
        self._speed.setValue(position_of(self._session.speed))
        self._speed.setFixedWidth(128)
        self._speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._speed.installEventFilter(self._keys)
        self._speed.setAccessibleName(self.tr("Speed limit"))
        self._speed.setToolTip(
            self.tr("Limit of training speed: at the left end phase by phase, at the right end flat out")
        )
        self._speed.valueChanged.connect(self._speed_moved)
        self._speed_text = QLabel(self)
        self._speed_text.setMinimumWidth(self.fontMetrics().horizontalAdvance("3,000 steps/s") + 4)
        name.setBuddy(self._speed)
        line.addWidget(name)
        line.addSpacing(6)
        line.addWidget(self._speed)
        line.addSpacing(6)
        line.addWidget(self._speed_text)
        self._write_speed()

    def _button(self, id: str, *, icon_only: bool = False) -> QToolButton:
        action = self._actions[id]
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.setAccessibleName(action.text().replace("&", ""))
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if icon_only else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        button.setToolButtonStyle(style if not action.icon().isNull() else Qt.ToolButtonStyle.ToolButtonTextOnly)
        return button

    # --- mirrors --------------------------------------------------------------------------------------------------

    @Slot()
    def _mirror_playing(self) -> None:
        playing = self._session.playing
        action: QAction = self._actions["play"]
        action.setText(self.tr("&Pause") if playing else self.tr("&Play"))
        faded = self._theme.colours.secondary
        action.setIcon(self._theme.icon("pause-fill" if playing else "play-fill", "#FFFFFF", faded))

    @Slot()
    def _mirror_where(self) -> None:
        long_way = self._is_long_way()
        self.stay.setVisible(long_way)
        text = "" if self._session.playing else self._where_text(long_way)
        if text != self._where.text():
            self._where.setText(text)

    def _is_long_way(self) -> bool:
        """Whether a moment of the past has been on its way for a while."""
        if self._session.aim is None or self._session.playing:
            self._patience.stop()
            self._way_begun = 0.0
            return False
        if not self._way_begun:
            self._way_begun = time.monotonic()
            self._patience.start(_PATIENCE_MS)
        return time.monotonic() - self._way_begun >= _PATIENCE_MS / 1000

    def _where_text(self, long_way: bool) -> str:
        """Where a run that does not play stands, if that wants telling."""
        session = self._session
        if long_way and session.aim is not None:
            return self.tr("Going to step {0}").format(f"{session.aim[0]:,}")
        if session.rest == "finished":
            return self.tr("Finished at {0} steps; Play goes on").format(f"{session.step:,}")
        return ""

    @Slot()
    def mirror_enabled(self) -> None:
        """Follow the actions in what is possible now."""
        possible = self._actions["play"].isEnabled()
        for widget in (self._count, self._run, self._speed):
            widget.setEnabled(possible)

    # --- wishes ---------------------------------------------------------------------------------------------------

    @Slot()
    def _run_steps(self) -> None:
        count = self._read_count()
        if count is None:
            return
        self._steps = count
        self._write_count()
        self._count.clearFocus()
        self.steps_wanted.emit(self._steps)

    @Slot()
    def _read_count(self) -> int | None:
        """The number in the field; where it cannot be one, the field says why."""
        try:
            count = read_integer(self._count.text())
            if not 1 <= count <= MOST_STEPS:
                raise ValueError(self.tr("must be >= 1 and <= {0}").format(f"{MOST_STEPS:,}"))
        except ValueError as error:
            self._show_problem(str(error))
            return None
        self._show_problem("")
        return count

    def _write_count(self) -> None:
        self._count.setText(f"{self._steps:,}")
        self._show_problem("")

    def _show_problem(self, problem: str) -> None:
        mark(self._count, "wrong", bool(problem))
        self._count.setToolTip(problem or self.tr("Train this many iterations, then pause"))
        self._count.setAccessibleDescription(problem)
        if problem:
            QToolTip.showText(self._count.mapToGlobal(self._count.rect().bottomLeft()), problem, self._count)
        else:
            QToolTip.hideText()

    @Slot()
    def _speed_moved(self) -> None:
        self._write_speed()
        self.speed_wanted.emit(speed_at(self._speed.value()))

    def _write_speed(self) -> None:
        limit, phases = speed_at(self._speed.value())
        text = self.tr("{0} steps/s").format(f"{limit:,.0f}" if limit >= 10 else f"{limit:g}")
        if phases:
            text = self.tr("1 phase/s") if limit == 1 else self.tr("{0} phases/s").format(f"{limit:g}")
        self._speed_text.setText(text if limit else self.tr("flat out"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._count.hasFocus():
            self._write_count()
            self._count.clearFocus()
        else:
            super().keyPressEvent(event)


def _hairline(parent: QWidget) -> QWidget:
    """A thin line between groups, with room on both sides."""
    holder = QWidget(parent)
    line = QHBoxLayout(holder)
    line.setContentsMargins(8, 4, 8, 4)
    rule = QFrame(holder)
    rule.setObjectName("hairline")
    rule.setFixedWidth(1)
    line.addWidget(rule)
    return holder
