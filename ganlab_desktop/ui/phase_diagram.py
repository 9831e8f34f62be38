"""One iteration as a row of its phases: who moves and on what, which one is done and which comes next."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.marks import SIZE, Mark, draw_mark
from ganlab_desktop.ui.session import Session
from ganlab_desktop.ui.theme import Theme, mix
from ganlab_desktop.wire.messages import PhaseInfo, Player

_HEIGHT = 26  # px
_EDGE, _GAP, _PAD = 12.0, 14.0, 9.0  # px: at both ends, between turns, and beside a phase's words


class Turn(NamedTuple):
    """The same phases, taken by one player so many times in a row; `first` is the place of the first one."""

    player: Player
    names: tuple[str, ...]
    first: int
    times: int


class _Words(NamedTuple):
    """A phase for people: its name, what happens in it, and the mark and colour of what it draws."""

    name: str
    tip: str
    mark: Mark = ""
    colour: str = ""


def _t(text: str) -> str:
    return QT_TRANSLATE_NOOP("PhaseDiagram", text)


_PHASES = {
    "real batch": _Words(_t("real"), _t("Draws a batch of real samples"), "round", "real"),
    "fake batch": _Words(_t("fake"), _t("G makes a batch of samples"), "diamond", "fake"),
    "latent batch": _Words(_t("latent"), _t("Draws the latents that G starts from"), "net", "fake"),
    "unroll": _Words(_t("unroll"), _t("Foresees the next updates of D")),
    "encode": _Words(
        _t("encode"),
        _t("Draws one of the latents that the encoder tells each sample may be of"),
        "net",
        "discriminator",
    ),
    "decode": _Words(_t("decode"), _t("G makes samples of these latents, and the loss is computed"), "diamond", "fake"),
    "gradients": _Words(_t("gradients"), _t("The loss's gradient in the weights of both networks")),
    "forward": _Words(_t("forward"), _t("D judges the batch, and the loss is computed")),
    "gradient": _Words(_t("gradient"), _t("The loss's gradient in the player's weights")),
    "extrapolation": _Words(_t("extrapolate"), _t("A step to where the gradient is taken again")),
    "adjustment": _Words(_t("adjust"), _t("Corrects the gradient by the game's curvature")),
    "update": _Words(_t("update"), _t("The optimiser moves the player's weights")),
}


def turns_of(phases: tuple[PhaseInfo, ...]) -> list[Turn]:
    """The phases of an iteration as turns of the players."""
    turns: list[Turn] = []
    start = 0
    for end in range(1, len(phases) + 1):
        here = phases[start]
        if end < len(phases) and (phases[end].player, phases[end].update) == (here.player, here.update):
            continue
        names = tuple(phase.name for phase in phases[start:end])
        last = turns[-1] if turns else None
        if last is not None and (last.player, last.names) == (here.player, names):
            turns[-1] = last._replace(times=last.times + 1)
        else:
            turns.append(Turn(here.player, names, start, 1))
        start = end
    return turns


class PhaseDiagram(QWidget):
    """Highlights the phase that is done and outlines the next while the run rests or goes phase by phase. A click on a
    phase goes to where it is done."""

    phase_wanted = Signal(int)  # how many phases of the iteration are to have run

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("phases")
        self._session, self._theme = session, theme
        self._cells: list[tuple[QRectF, int]] = []  # places and the phases that they stand for
        self._shown: object = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Phases of one iteration"))
        self.setMouseTracking(True)
        for changed in (session.frame_arrived, session.scene_changed, session.playing_changed, theme.changed):
            changed.connect(self.mirror)

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    @property
    def done(self) -> int | None:
        """The phase that ran last, while that can be followed."""
        session = self._session
        if session.scene is None:
            return None
        if session.phases is not None:
            return session.phase - 1
        by_phase = session.playing and session.speed.phases and session.step > 0
        return len(session.scene.phases) - 1 if by_phase else None

    @property
    def next(self) -> int | None:
        """The phase that comes next, while that can be followed."""
        done = self.done
        return None if done is None or self._session.scene is None else (done + 1) % len(self._session.scene.phases)

    def text_at(self, place: QPointF) -> str:
        """What the tooltip says of a place."""
        phase = self._phase_at(place)
        if phase is None or self._session.scene is None:
            return ""
        info = self._session.scene.phases[phase]
        words = _worded(info.name)
        return self.tr("{0} {1}: {2}. Click to go there.").format(
            self._letter(info.player), info.name, self.tr(words.tip)
        )

    def place_of(self, phase: int) -> QPointF:
        """The middle of a phase's cell."""
        cells = self._layout()
        return next(cell.center() for cell, first in cells if self._stands_for(first, phase))

    @Slot()
    def mirror(self) -> None:
        """Show where the run stands."""
        scene = self._session.scene
        shown = (scene.phases if scene is not None else (), self.done, self._theme.colours.name)
        if shown != self._shown:
            self._shown = shown
            self._describe()
            self.update()

    def _describe(self) -> None:
        scene, done, following = self._session.scene, self.done, self.next
        text = ""
        if scene is not None and done is not None and following is not None:
            names = (f"{self._letter(scene.phases[k].player)} {scene.phases[k].name}" for k in (done, following))
            text = self.tr("Done: {0}, next: {1}").format(*names)
        self.setAccessibleDescription(text)

    # --- places ---------------------------------------------------------------------------------------------------

    def _turns(self) -> list[Turn]:
        return turns_of(self._session.scene.phases) if self._session.scene is not None else []

    def _stands_for(self, first: int, phase: int | None) -> bool:
        """Whether the cell whose first phase is given stands for a phase; repeated turns share their cells."""
        if phase is None:
            return False
        for turn in self._turns():
            length = len(turn.names)
            if turn.first <= first < turn.first + length:
                return turn.first <= phase < turn.first + length * turn.times and (phase - first) % length == 0
        return False

    def _round_of(self, turn: Turn) -> int:
        """Which time the turn is taken now, from 1; 0 where it is another's."""
        done = self.done
        inside = done is not None and turn.first <= done < turn.first + len(turn.names) * turn.times
        return (done - turn.first) // len(turn.names) + 1 if inside and done is not None else 0

    def _label(self, turn: Turn) -> str:
        """Who takes the turn and, where it is taken several times, which time it is."""
        if turn.times == 1:
            return self._letter(turn.player)
        now = self._round_of(turn)
        count = self.tr("{0} of {1}").format(now, turn.times) if now else self.tr("{0} times").format(turn.times)
        return f"{self._letter(turn.player)}  {count}"

    def _layout(self) -> list[tuple[QRectF, int]]:
        """The cells, as wide as their words, or narrower where there is no room for all."""
        metrics, turns = QFontMetricsF(self._font(strong=True)), self._turns()
        widths = [
            [metrics.horizontalAdvance(self._text(name)) + 2 * _PAD + _mark_width(name) for name in turn.names]
            for turn in turns
        ]
        fixed = sum(self._label_width(turn) + _GAP for turn in turns) + 2 * _EDGE
        wanted = sum(map(sum, widths))
        share = min(1.0, max(self.width() - fixed, 1.0) / max(wanted, 1.0))
        cells, x = [], _EDGE
        for turn, row in zip(turns, widths, strict=True):
            x += self._label_width(turn)
            for place, width in enumerate(row):
                cells.append((QRectF(x, 3.0, width * share, _HEIGHT - 6.0), turn.first + place))
                x += width * share
            x += _GAP
        return cells

    def _label_width(self, turn: Turn) -> float:
        metrics, letter = QFontMetricsF(self._font(strong=True)), self._letter(turn.player)
        counts = [self.tr(text).format(turn.times, turn.times) for text in ("{0} of {1}", "{0} times")]
        texts = [letter] if turn.times == 1 else [f"{letter}  {count}" for count in counts]
        return max(map(metrics.horizontalAdvance, texts)) + _PAD

    def _phase_at(self, place: QPointF) -> int | None:
        """The phase that a click there means: of turns taken several times, the time at hand."""
        for cell, first in self._layout():
            if cell.contains(place):
                for turn in self._turns():
                    if turn.first <= first < turn.first + len(turn.names):
                        return first + max(self._round_of(turn) - 1, 0) * len(turn.names)
        return None

    def _text(self, name: str) -> str:
        return self.tr(_worded(name).name)

    def _letter(self, player: Player) -> str:
        """The player's letter: D, E for an encoder in its place, or G."""
        if player == "generator":
            return "G"
        return "E" if self._session.scene is not None and self._session.scene.output == "none" else "D"

    def _font(self, *, strong: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(11)
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        return font

    # --- events ---------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.text_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._phase_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        phase = self._phase_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if phase is not None:
            self.phase_wanted.emit(phase + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cells = {first: cell for cell, first in self._layout()}
        for turn in self._turns():
            ink = _ink(turn.player, colours)
            first = cells[turn.first]
            label = QRectF(first.left() - self._label_width(turn), 0, self._label_width(turn), _HEIGHT)
            active = self._round_of(turn) > 0
            painter.setFont(self._font(strong=True))
            painter.setPen(QColor(ink if active or self.done is None else mix(ink, colours.panel, 0.7)))
            painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, self._label(turn))
            for place, name in enumerate(turn.names):
                self._paint_phase(painter, cells[turn.first + place], turn.first + place, name, ink)

    def _paint_phase(self, painter: QPainter, cell: QRectF, first: int, name: str, ink: str) -> None:
        colours, words = self._theme.colours, _worded(name)
        done, following = self._stands_for(first, self.done), self._stands_for(first, self.next)
        frame = cell.adjusted(0.5, 0.5, -0.5, -0.5)
        if done:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mix(ink, colours.panel, 0.3)))
            painter.drawRoundedRect(frame, 4, 4)
        elif following:
            painter.setPen(QPen(QColor(ink), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, 4, 4)
        inner = cell.adjusted(_PAD, 0, -_PAD / 2, 0)
        if words.mark and cell.width() > SIZE + 2 * _PAD:
            draw_mark(
                painter, words.mark, QPointF(inner.left(), cell.center().y() - SIZE / 2), getattr(colours, words.colour)
            )
            inner.setLeft(inner.left() + _mark_width(name))
        painter.setFont(self._font(strong=done))
        painter.setPen(QColor(colours.text if done or following else colours.secondary))
        text = QFontMetricsF(painter.font()).elidedText(self._text(name), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, text)


def _worded(name: str) -> _Words:
    return _PHASES.get(name, _Words(name, name))


def _mark_width(name: str) -> float:
    return SIZE + 3.0 if _worded(name).mark else 0.0


def _ink(player: Player, colours: Colours) -> str:
    return colours.discriminator if player == "discriminator" else colours.fake
