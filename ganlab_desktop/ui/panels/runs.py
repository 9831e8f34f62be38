"""The Runs panel: the tree of runs in the document, what they differ in, and what was measured of each."""

from typing import Any, NamedTuple

from PySide6.QtCore import (
    QCoreApplication,
    QPoint,
    QPointF,
    QRectF,
    QSignalBlocker,
    QSize,
    QSizeF,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from ganlab_desktop.palette import RUN_COLOURS, run_colour
from ganlab_desktop.ui.panels.header import Header
from ganlab_desktop.ui.panels.words import QT_TRANSLATE_NOOP
from ganlab_desktop.ui.plots.text import fixed, percent, tabular
from ganlab_desktop.ui.session import Session
from ganlab_desktop.ui.theme import Theme
from ganlab_desktop.wire.messages import Compared, Scene, TreeRun

_SETTLE_MS = 250  # after the last change of the step, before the table is asked for
_AGAIN_MS = 5_000  # while training
_SWATCH = QSize(20, 14)  # px


class Column(NamedTuple):
    """A column of the table: what is measured, and how it is written."""

    title: str
    measure: str
    places: int | None  # None for a share in per cent


COLUMNS = (
    Column(QT_TRANSLATE_NOOP("Runs", "Modes"), "captured", 0),
    Column(QT_TRANSLATE_NOOP("Runs", "Quality"), "high_quality", None),
    Column(QT_TRANSLATE_NOOP("Runs", "JSD"), "jsd", 3),
    Column(QT_TRANSLATE_NOOP("Runs", "W1"), "w1", 3),
    Column(QT_TRANSLATE_NOOP("Runs", "D loss"), "discriminator_loss", 3),
    Column(QT_TRANSLATE_NOOP("Runs", "G loss"), "generator_loss", 3),
)
RUN, STEP, DIFFERS, NOTE = range(4)
_MEASURES = NOTE + 1  # the first of COLUMNS
_NUMBERS = (STEP, *range(_MEASURES, _MEASURES + len(COLUMNS)))


class Runs(QWidget):
    """One row a run, forks below the runs that they left. A tick shows its curves, a double click turns to it, its
    title and note are written in place; the rest is in its menu."""

    name = "runs"
    turn_wanted = Signal(int)
    fork_wanted = Signal()
    seed_wanted = Signal()
    overlay_wanted = Signal(int, bool)
    beside_wanted = Signal(int)
    description_wanted = Signal(int, object)  # what is to be said of a run, by name
    comparison_wanted = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(self.name)
        self._session, self._theme = session, theme
        self._rows: dict[int, QTreeWidgetItem] = {}
        self._compared: dict[int, Compared] = {}
        self._document = ""  # whose runs are shown
        self._late = False  # whether there is news that waits until the user has written what he writes
        self._step = -1  # that the table was asked for
        self.header = Header(self.tr("Runs"), self.tr("all runs of this document at the step shown"), self)
        self.setAccessibleName(self.tr("Runs"))
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName(self.tr("Runs of this document"))
        self.tree.setHeaderLabels(
            [self.tr("Run"), self.tr("Step"), self.tr("Differs in"), self.tr("Note")]
            + [self.tr(column.title) for column in COLUMNS]
        )
        self.tree.setSortingEnabled(True)
        self.tree.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # as they were made, until a header is clicked
        self.tree.setUniformRowHeights(True)
        self.tree.setEditTriggers(QTreeWidget.EditTrigger.EditKeyPressed)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._open_menu)
        self.tree.itemDoubleClicked.connect(self._turn)
        self.tree.itemChanged.connect(self._changed)
        self.tree.itemDelegate().closeEditor.connect(self._catch_up, Qt.ConnectionType.QueuedConnection)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.tree.setIconSize(_SWATCH)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for place in _NUMBERS:
            self.tree.headerItem().setTextAlignment(place, right)
        for column, width in ((DIFFERS, 220), (NOTE, 120)):
            self.tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.tree.setColumnWidth(column, width)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.tree)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy_table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self._ask)
        session.scene_changed.connect(self._mirror)
        session.frame_arrived.connect(self._follow_step)
        session.others.overlays_changed.connect(self._mirror_ticks)
        theme.changed.connect(self._recolour)
        self._recolour()

    def sizeHint(self) -> QSize:
        return QSize(600, 130)

    # --- mirrors --------------------------------------------------------------------------------------------------

    @property
    def _written_in(self) -> bool:
        """Whether the user writes a title or a note, whose row must stay."""
        return self.tree.state() == QTreeWidget.State.EditingState

    @Slot()
    def _catch_up(self) -> None:
        if self._late and not self._written_in and self._session.scene is not None:
            self._mirror(self._session.scene)

    @Slot(object)
    def _mirror(self, scene: Scene) -> None:
        document = scene.runs[0].created if scene.runs else ""
        self._late = self._written_in and document == self._document
        if self._late:
            return
        self._document = document
        with QSignalBlocker(self.tree):
            self.tree.setSortingEnabled(False)
            self.tree.clear()
            self._rows = {}
            for run in scene.runs:
                if not run.deleted:
                    self._add(run)
            self.tree.expandAll()
            self.tree.setSortingEnabled(True)
        self._compared = {}
        self._write()
        self._mirror_ticks()
        self._step = -1
        self._settle.start(_SETTLE_MS)

    def _add(self, run: TreeRun) -> None:
        row = _Row(self._rows.get(run.parent or 0) or self.tree)
        row.setData(RUN, Qt.ItemDataRole.UserRole, run.id)
        row.setText(RUN, named(run))
        row.setText(NOTE, run.note)
        row.setFlags(row.flags() | Qt.ItemFlag.ItemIsEditable)
        self._rows[run.id] = row

    def _write(self) -> None:
        """Write what depends on the step, the theme and on which run is at hand."""
        scene = self._session.scene
        if scene is None:
            return
        if self._written_in:
            self._late = True
            return
        with QSignalBlocker(self.tree):
            for run in scene.runs:
                if run.id in self._rows:
                    self._write_row(self._rows[run.id], run, at_hand=run.id == scene.branch)

    def _write_row(self, row: QTreeWidgetItem, run: TreeRun, *, at_hand: bool) -> None:
        told = self._compared.get(run.id)
        font = row.font(RUN)
        font.setBold(at_hand)
        row.setFont(RUN, font)
        if at_hand:
            row.setData(RUN, Qt.ItemDataRole.CheckStateRole, None)  # its curves are always shown
        row.setIcon(RUN, _swatch(self._colour(run, at_hand=at_hand), self._theme.colours.panel, str(run.id)))
        row.setToolTip(RUN, self._told(run, at_hand=at_hand))
        row.setText(STEP, f"{told.step if told is not None else run.step:,}")
        differs = "; ".join(f"{path} = {value}" for path, value in told.differs.items()) if told is not None else ""
        row.setText(DIFFERS, differs)
        row.setToolTip(DIFFERS, differs.replace("; ", "\n"))
        measures = told.measures if told is not None else {}
        for place, column in enumerate(COLUMNS, _MEASURES):
            value = measures.get(column.measure)
            row.setData(place, Qt.ItemDataRole.UserRole, value)
            row.setText(place, "" if value is None else _written(value, column.places))
        for place in _NUMBERS:
            row.setTextAlignment(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _colour(self, run: TreeRun, *, at_hand: bool) -> str:
        colours = self._theme.colours
        return colours.text if at_hand else run_colour(run.colour, run.id, colours)

    def _told(self, run: TreeRun, *, at_hand: bool) -> str:
        where = self.tr("from step {0} of run {1}").format(f"{run.forked_at:,}", run.parent) if run.parent else ""
        what = self.tr("at hand") if at_hand else self.tr("double click to turn to it, tick it to see its curves")
        return f"{run.id} {run.title}".strip() + f": {where or self.tr('from the beginning')}, {what}"

    @Slot()
    def _mirror_ticks(self) -> None:
        scene = self._session.scene
        with QSignalBlocker(self.tree):
            for number, row in self._rows.items():
                if scene is not None and number != scene.branch:
                    shown = number in self._session.others.overlays
                    row.setCheckState(RUN, Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)

    @Slot()
    def _recolour(self) -> None:
        self.header.apply_theme(self._theme.colours)
        self._write()

    # --- the table ------------------------------------------------------------------------------------------------

    @Slot()
    def _follow_step(self) -> None:
        if self._session.step != self._step and not self._settle.isActive():
            self._settle.start(_AGAIN_MS if self._session.playing and self._step >= 0 else _SETTLE_MS)

    @Slot()
    def _ask(self) -> None:
        if self.isVisible() and self._session.scene is not None and self._session.scene.runs:
            self._step = self._session.step
            self.comparison_wanted.emit()

    def show_compared(self, runs: tuple[Compared, ...]) -> None:
        """Fill the table."""
        self._compared = {run.run: run for run in runs}
        self._write()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._settle.start(_SETTLE_MS)

    @Slot()
    def copy_table(self) -> None:
        """Put the whole table on the clipboard, tab-separated, with its heads."""
        head = self.tree.headerItem()
        rows = [head, *self._rows.values()]
        lines = ["\t".join(row.text(column) for column in range(self.tree.columnCount())) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

    # --- wishes ---------------------------------------------------------------------------------------------------

    @Slot(QTreeWidgetItem, int)
    def _turn(self, row: QTreeWidgetItem, column: int) -> None:
        if column == NOTE:
            self.tree.editItem(row, NOTE)
        else:
            self.turn_wanted.emit(_number(row))

    @Slot(QTreeWidgetItem, int)
    def _changed(self, row: QTreeWidgetItem, column: int) -> None:
        number = _number(row)
        run = next((run for run in self._session.scene.runs if run.id == number), None) if self._session.scene else None
        if run is None:
            return
        if column == NOTE:
            self.description_wanted.emit(number, {"note": row.text(NOTE)})
        elif column == RUN and row.text(RUN) != named(run):
            self.description_wanted.emit(number, {"title": row.text(RUN)})
        elif column == RUN:
            self.overlay_wanted.emit(number, row.checkState(RUN) == Qt.CheckState.Checked)

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        row = self.tree.itemAt(place)
        menu = self.menu_of(None if row is None else _number(row))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.tree.viewport().mapToGlobal(place))

    def menu_of(self, number: int | None) -> QMenu:
        """What can be done with a run, and with the document where none is meant."""
        menu = QMenu(self)
        if number is not None and number in self._rows:
            row = self._rows[number]
            at_hand = self._session.scene is not None and number == self._session.scene.branch
            turn = menu.addAction(self.tr("Turn to this run"), lambda: self.turn_wanted.emit(number))
            turn.setEnabled(not at_hand)
            menu.addAction(self.tr("Show on a second canvas"), lambda: self.beside_wanted.emit(number))
            menu.addAction(self.tr("Rename"), lambda: self.tree.editItem(row, RUN))
            menu.addAction(self.tr("Write a note"), lambda: self.tree.editItem(row, NOTE))
            colours = menu.addMenu(self.tr("Colour"))
            for name in RUN_COLOURS:
                icon = _swatch(run_colour(name, number, self._theme.colours), self._theme.colours.panel)
                colours.addAction(icon, name, lambda name=name: self.description_wanted.emit(number, {"colour": name}))
            delete = menu.addAction(self.tr("Delete"), lambda: self.description_wanted.emit(number, {"deleted": True}))
            delete.setEnabled(len(self._rows) > 1)
            menu.addSeparator()
        menu.addAction(self.tr("Fork at the step shown"), self.fork_wanted.emit)
        menu.addAction(self.tr("Same with another seed..."), self.seed_wanted.emit)
        menu.addSeparator()
        menu.addAction(self.tr("Copy table"), self.copy_table)
        deleted = [run for run in (self._session.scene.runs if self._session.scene else ()) if run.deleted]
        if deleted:
            back = menu.addMenu(self.tr("Take back"))
            for run in deleted:
                back.addAction(named(run), lambda id=run.id: self.description_wanted.emit(id, {"deleted": False}))
        return menu


class _Row(QTreeWidgetItem):
    """Sorts by value where there is one."""

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        column = self.treeWidget().sortColumn()
        if column >= _MEASURES:
            mine, others = (item.data(column, Qt.ItemDataRole.UserRole) for item in (self, other))
            return float("-inf" if mine is None else mine) < float("-inf" if others is None else others)
        if column == STEP:
            return int(self.text(STEP).replace(",", "")) < int(other.text(STEP).replace(",", ""))
        return self.text(column) < other.text(column)


def named(run: TreeRun) -> str:
    """What a run is called; a fork without a title by where it left its parent."""
    if run.title or run.parent is None:
        return run.title
    return QCoreApplication.translate("Runs", "from step {0}").format(f"{run.forked_at:,}")


def _number(row: QTreeWidgetItem) -> int:
    return int(row.data(RUN, Qt.ItemDataRole.UserRole))


def _written(value: float, places: int | None) -> str:
    return percent(value) if places is None else fixed(value, places)


def _swatch(colour: str, ground: str, number: str = "") -> QIcon:
    """A patch of a run's colour with its number in it, at twice the size for fine screens."""
    pixels = QPixmap(_SWATCH * 2)
    pixels.setDevicePixelRatio(2.0)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(QRectF(QPointF(0, 0), QSizeF(_SWATCH)), 3, 3)
    painter.setPen(QColor(ground))
    painter.setFont(tabular(painter.font(), 10, bold=True))
    painter.drawText(QRectF(QPointF(0, 0), QSizeF(_SWATCH)), Qt.AlignmentFlag.AlignCenter, number)
    painter.end()
    return QIcon(pixels)
