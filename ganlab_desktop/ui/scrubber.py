"""The run's time as a line: drag to any step that was, and see where settings changed and what was found."""

from bisect import bisect_left

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QToolTip, QWidget

from ganlab_desktop.ui.actions import Actions
from ganlab_desktop.ui.editors import read_integer
from ganlab_desktop.ui.findings import told
from ganlab_desktop.ui.plots.text import fixed
from ganlab_desktop.ui.session import Session
from ganlab_desktop.ui.theme import Theme, mark, mix

_HEIGHT = 32  # px
_RADIUS = 6.0  # px, of the handle
_NEAR = 5.0  # px within which a mark is meant


class Track(QWidget):
    """The line itself, from the earliest step that can be shown to the newest."""

    step_wanted = Signal(int)
    loop_wanted = Signal(int, int)
    hovered = Signal(float)  # a place under the mouse
    dragged = Signal(int)  # the step under the mouse that drags
    left = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._dragged: int | None = None  # the step under the mouse while it drags
        self._begun: int | None = None  # the step at which a loop is begun with the mouse
        self._shown: object = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Time of the run"))
        self.setAccessibleDescription(
            self.tr(
                "Left and Right step, Home and End go to the ends. Fine ticks below the line: steps that are kept and "
                "shown at once; others are played again from there"
            )
        )
        seen = (session.frame_arrived, session.scene_changed, session.findings_changed, session.loop_changed)
        for changed in (*seen, session.playing_changed, theme.changed):
            changed.connect(self._mirror)

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def step_at(self, x: float) -> int:
        """The step under a place."""
        first, last = self._ends()
        share = (x - _RADIUS) / max(self.width() - 2 * _RADIUS, 1.0)
        return min(max(first + round(share * (last - first)), first), last)

    def place_of(self, step: int) -> float:
        """The middle of a step's mark."""
        first, last = self._ends()
        return _RADIUS + (self.width() - 2 * _RADIUS) * (step - first) / max(last - first, 1)

    def _ends(self) -> tuple[int, int]:
        scene = self._session.scene
        first = scene.first if scene is not None else 0
        return first, max(self._session.head, first)

    @Slot()
    def _mirror(self) -> None:
        session = self._session
        first, last = self._ends()
        scene = session.scene
        edits = scene.edits if scene is not None else ()
        marked = edits or session.findings or session.loop or session.bookmarks or session.best or self.keyframes
        shown = (
            round(self.place_of(session.step)),
            session.step < session.head,
            (first, last) if marked else None,
            self.keyframes,
            session.loop,
            edits,
            session.bookmarks,
            session.best,
            session.findings,
            self._theme.colours.name,
        )
        if shown != self._shown:
            self._shown = shown
            self.update()

    @property
    def keyframes(self) -> tuple[int, ...]:
        """Steps that are marked as kept, from which others are played again: while the run rests."""
        return () if self._session.playing else self._session.keyframes

    # --- marks ----------------------------------------------------------------------------------------------------

    def _edits(self) -> list[tuple[int, str]]:
        """Steps at which settings changed, and how; those of one step as one."""
        marks: dict[int, list[str]] = {}
        for edit in self._session.scene.edits if self._session.scene is not None else ():
            marks.setdefault(edit.step, []).append(edit.text)
        return [(step, "\n".join(lines)) for step, lines in marks.items()]

    def text_at(self, x: float) -> str:
        """What the tooltip says of a place: the nearest mark that is close, else the step alone."""
        said = [(step, text) for step, text in self._edits()]
        for finding in self._session.findings:
            title, text = told(finding)
            said.append((finding.step, f"{title}. {text}"))
        said += [(marked.step, marked.note or self.tr("bookmark")) for marked in self._session.bookmarks]
        if (best := self._session.best) is not None:
            score = self.tr("the best by {metric}, {score}").format(metric=best.metric, score=fixed(best.score, 3))
            said.append((best.step, score))
        said.sort()
        place = bisect_left(said, (self.step_at(x), ""))
        near = [mark for mark in said[max(0, place - 2) : place + 2] if abs(self.place_of(mark[0]) - x) <= _NEAR]
        if not near:
            return self.tr("step {0}").format(f"{self.step_at(x):,}")
        return "\n".join(self.tr("step {0}: {1}").format(f"{step:,}", text) for step, text in near)

    # --- events ---------------------------------------------------------------------------------------------------

    @property
    def dragging(self) -> bool:
        """Whether the mouse goes through the run's time."""
        return self._dragged is not None and self._begun is None

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._begun = self._dragged = self.step_at(event.position().x())
            self.update()
        else:
            x = event.position().x()
            mark = self._mark_at(x)
            self._drag(x if mark is None else self.place_of(mark), mark)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self.hovered.emit(event.position().x())
            return
        if self._begun is not None:
            self._dragged = self.step_at(event.position().x())
            self.update()
        else:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        loop, self._begun, self._dragged = self._loop(), None, None
        if loop is not None and loop != self._session.loop:
            self.loop_wanted.emit(*loop)
        self.update()

    def _loop(self) -> tuple[int, int] | None:
        """The loop as it is, or as it is being drawn."""
        if self._begun is None or self._dragged is None:
            return self._session.loop
        return min(self._begun, self._dragged), max(self._begun, self._dragged)

    def _mark_at(self, x: float) -> int | None:
        """The bookmark, or the best step, under a place."""
        best = self._session.best
        marks = [marked.step for marked in self._session.bookmarks] + ([] if best is None else [best.step])
        near = [step for step in marks if abs(self.place_of(step) - x) <= _NEAR]
        return min(near, key=lambda step: abs(self.place_of(step) - x), default=None)

    def _drag(self, x: float, mark: int | None = None) -> None:
        if self._session.scene is None:
            return
        step = self.step_at(x) if mark is None else mark
        if step != self._dragged:
            self._dragged = step
            self.update()
            self.dragged.emit(step)
            _, last = self._ends()
            self.step_wanted.emit(step if step < last else last + 1)  # the right end is the present

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        line = QRectF(_RADIUS, middle - 2, self.width() - 2 * _RADIUS, 4)
        painter.setBrush(QColor(colours.hairline))
        painter.drawRoundedRect(line, 2, 2)
        if self._session.scene is None:
            return
        shown = self._dragged if self._dragged is not None and self._begun is None else self._session.step
        here = self.place_of(shown)
        line.setRight(max(here, line.left()))
        painter.setBrush(QColor(colours.primary))
        painter.drawRoundedRect(line, 2, 2)
        self._paint_loop(painter)
        painter.setBrush(QColor(mix(colours.secondary, colours.panel, 0.6)))
        for place in {round(self.place_of(step)) for step in self.keyframes}:
            painter.drawRect(QRectF(place, middle + 4, 1, 4))
        painter.setBrush(QColor(colours.secondary))
        for step, _ in self._edits():
            painter.drawRect(QRectF(self.place_of(step) - 1, middle - 8, 2, 16))
        painter.setBrush(QColor(colours.text))
        for marked in self._session.bookmarks:
            painter.drawPolygon(_ribbon(self.place_of(marked.step), self.height()))
        if (best := self._session.best) is not None:
            painter.setBrush(QColor(colours.discriminator))
            painter.drawPolygon(_diamond(self.place_of(best.step), middle))
        painter.setBrush(QColor(colours.trouble))
        for finding in self._session.findings:
            x = self.place_of(finding.step)
            painter.drawPolygon(QPolygonF([QPointF(x - 4, 3), QPointF(x + 4, 3), QPointF(x, 10)]))
        painter.setBrush(QColor(colours.text))
        painter.drawEllipse(QPointF(here, middle), _RADIUS, _RADIUS)

    def _paint_loop(self, painter: QPainter) -> None:
        loop, middle = self._loop(), self.height() / 2
        if loop is None:
            return
        left, right = map(self.place_of, loop)
        ink = QColor(self._theme.colours.text)
        painter.setBrush(QColor(mix(self._theme.colours.primary, self._theme.colours.panel, 0.3)))
        painter.drawRect(QRectF(left, middle - 6, max(right - left, 1.0), 4))
        painter.setPen(QPen(ink, 2))
        for place, inwards in ((left, 4.0), (right, -4.0)):  # brackets
            corners = [
                (place + inwards, middle - 9),
                (place, middle - 9),
                (place, middle + 9),
                (place + inwards, middle + 9),
            ]
            painter.drawPolyline([QPointF(*corner) for corner in corners])
        painter.setPen(Qt.PenStyle.NoPen)


def _diamond(x: float, y: float) -> QPolygonF:
    """The best step's mark, over the line."""
    return QPolygonF([QPointF(x + right, y + down) for right, down in ((0, -9), (5, 0), (0, 9), (-5, 0))])


def _ribbon(x: float, bottom: float) -> QPolygonF:
    """A bookmark's mark, below the line."""
    corners = ((-4, -12), (4, -12), (4, -1), (0, -5), (-4, -1))
    return QPolygonF([QPointF(x + right, bottom + down) for right, down in corners])


class Scrubber(QWidget):
    """The track between the step that is shown, to be typed over, and the way back to the newest."""

    step_wanted = Signal(int)

    def __init__(self, session: Session, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scrubber")
        self._session = session
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 2, 12, 2)
        line.setSpacing(8)
        name = QLabel(self.tr("Step"), self)
        name.setObjectName("secondary")
        self.field = QLineEdit(self)
        self.field.setFixedWidth(self.fontMetrics().horizontalAdvance("0,000,000") + 24)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.field.setAccessibleName(self.tr("Step that is shown"))
        self.field.setToolTip(self.tr("Type a step to see the run as it was then"))
        self.field.returnPressed.connect(self._typed)
        self.field.editingFinished.connect(self._mirror)
        name.setBuddy(self.field)
        self.track = Track(session, theme, self)
        self.track.step_wanted.connect(self.step_wanted)
        self.newest = QToolButton(self)
        self.newest.setDefaultAction(actions["end"])
        self._best = actions["best"]
        self.newest.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.newest.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        for widget, stretch in ((name, 0), (self.field, 0), (self.track, 1), (self.newest, 0)):
            line.addWidget(widget, stretch)
        for changed in (session.frame_arrived, session.scene_changed):
            changed.connect(self._mirror)
        self._mirror()

    @Slot()
    def _mirror(self) -> None:
        session = self._session
        self.newest.setEnabled(session.step < session.head)
        self._best.setEnabled(session.best is not None)
        if not self.field.hasFocus():
            self._write()

    def _write(self) -> None:
        """Show the step that is shown."""
        session = self._session
        text = f"{session.step:,}" if session.scene is not None else ""
        if text != self.field.text():
            self.field.setText(text)
        self._show_problem("")

    @Slot()
    def _typed(self) -> None:
        session = self._session
        first = session.scene.first if session.scene is not None else 0
        try:
            step = read_integer(self.field.text())
            if not first <= step <= session.head:
                raise ValueError(
                    self.tr("this run can be seen from step {0} to {1}").format(f"{first:,}", f"{session.head:,}")
                )
        except ValueError as error:
            self._show_problem(str(error))
            return
        self.field.clearFocus()
        self.step_wanted.emit(step)

    def _show_problem(self, problem: str) -> None:
        mark(self.field, "wrong", bool(problem))
        if problem:
            QToolTip.showText(self.field.mapToGlobal(self.field.rect().topLeft()), problem, self.field)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.field.clearFocus()
            self._write()
        else:
            super().keyPressEvent(event)
