"""The Experiment panel: the settings as a form, and below it the edits that wait for a new start."""

from typing import Any

import msgspec
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ganlab_desktop.experiment.errors import ExperimentError
from ganlab_desktop.ui.awaiting import Awaiting
from ganlab_desktop.ui.caption import caption, own_title
from ganlab_desktop.ui.dialogs.files import file_dialog, folder_dialog
from ganlab_desktop.ui.editors import LineEditor
from ganlab_desktop.ui.engine_client import EngineError
from ganlab_desktop.ui.form import Field, Form
from ganlab_desktop.ui.panels.header import Header
from ganlab_desktop.ui.session import Session
from ganlab_desktop.ui.theme import Theme
from ganlab_desktop.ui.wording import in_words
from ganlab_desktop.wire.messages import Scene

_SCROLLBAR = 10  # px, as in the style sheet


class ExperimentPanel(QWidget):
    """Sends live edits at once and collects those that need a new start."""

    name = "experiment"
    restart_wanted = Signal()

    def __init__(self, session: Session, awaiting: Awaiting, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(self.name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session, self._awaiting, self._theme = session, awaiting, theme
        title = self.tr("Experiment")
        self.setAccessibleName(title)
        self.header = Header(title, "", self)
        self._holder = QWidget(self)
        self._holder.setObjectName("panel")
        self._holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._fill()
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self._holder)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._starting = QLabel(self.tr("Starting the engine..."), self)
        self._starting.setObjectName("secondary")
        self._starting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._bar = self._build_bar()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._starting, 1)
        column.addWidget(self._area, 1)
        column.addWidget(self._bar)
        self._run = ""  # whose experiment is shown
        session.scene_changed.connect(self._scene_changed)
        session.pending_changed.connect(self.mirror)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.mirror()

    def minimumSizeHint(self) -> QSize:
        """Never narrower than the form; it scrolls downwards."""
        return QSize(self._holder.minimumSizeHint().width() + _SCROLLBAR, 160)

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width(), 600)

    @Slot(object)
    def _scene_changed(self, scene: Scene) -> None:
        if scene.run != self._run:
            self._run = scene.run
            self.form.drop_refused()
        self.mirror()

    @Slot()
    def mirror(self) -> None:
        """Show the session's experiment with the edits that wait."""
        pending = self._session.pending
        known = self._session.scene is not None or self._session.expected
        self._starting.setVisible(not known)
        self._area.setVisible(known)
        draft = self._session.draft
        # A title that no longer holds is not shown as if it did; beside the empty field stands what the window says.
        self.form.show_experiment(msgspec.structs.replace(draft, title=own_title(draft)), pending)
        if (title := self.form.field("title")) is not None and isinstance(title.editor, LineEditor):
            title.editor.setPlaceholderText(caption(draft))
        self.setMinimumWidth(self.minimumSizeHint().width())
        count = len(pending)
        self._bar.setVisible(count > 0)
        one = self.tr("1 change needs a new start")
        self._waiting.setText(one if count == 1 else self.tr("{0} changes need a new start").format(count))
        reasons = dict.fromkeys(in_words(f"{path}: {waiting.reason}") for path, waiting in pending.items())
        self._waiting.setToolTip("\n".join(reasons))

    @Slot(str, object)
    def _edited(self, path: str, value: Any) -> None:
        self._awaiting.start(self._edit(path, value))

    async def _edit(self, path: str, value: Any) -> None:
        try:
            await self._session.edit({path: value})
        except (ExperimentError, EngineError) as error:
            problem = in_words(_reason(error, path))
            self.mirror()
            if not self.form.refuse(path, problem):
                self._session.log.emit("warning", problem)

    @Slot(object)
    def _browse(self, field: Field) -> None:
        """Let the user choose the file or the folder that a setting names."""
        if field.info.folder:
            dialog = folder_dialog(self, self._theme.settings, self.tr("Choose a folder"))
        else:
            kinds = field.info.suffixes
            dialog = file_dialog(self, self._theme.settings, self.tr("Choose a file"), field.title, *kinds)
        dialog.fileSelected.connect(field.take)
        dialog.open()

    def _build_bar(self) -> QWidget:
        bar = QFrame(self)
        bar.setObjectName("restartBar")
        column = QVBoxLayout(bar)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(6)
        self._waiting = QLabel(bar)
        self._waiting.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        self.restart_button = QPushButton(self.tr("Restart with changes"), bar)
        self.restart_button.clicked.connect(self.restart_wanted)
        self.revert_button = QPushButton(self.tr("Revert"), bar)
        self.revert_button.clicked.connect(self._session.drop_pending)
        for button in (self.restart_button, self.revert_button):
            button.setAccessibleName(button.text())
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addWidget(self._waiting)
        column.addLayout(buttons)
        return bar

    def _fill(self) -> None:
        self.form = Form(self._theme, self._holder, local=self._session.local)
        self.form.edited.connect(self._edited)
        self.form.browse_wanted.connect(self._browse)
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)

    @Slot()
    def _recolour(self) -> None:
        self.header.apply_theme(self._theme.colours)
        self.form.recolour()


def _reason(error: ExperimentError | EngineError, path: str) -> str:
    """Why a change at a path was refused; the setting at fault is named where it is another one."""
    return error.problem if isinstance(error, ExperimentError) and error.path == path else str(error)
