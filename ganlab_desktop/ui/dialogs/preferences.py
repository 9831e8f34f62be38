"""Edit > Preferences. Every choice is kept at once; each section says when it takes effect."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ganlab_desktop.ui.elided import Elided
from ganlab_desktop.ui.folding import small_head
from ganlab_desktop.ui.preferences import AUTOMATIC, MEGABYTES, Preferences
from ganlab_desktop.ui.theme import Theme
from ganlab_desktop.ui.theme_menu import mode_names
from ganlab_desktop.wire.environment import IN_MEMORY, KEYFRAMES, THREADS
from ganlab_desktop.wire.messages import Machine

_WIDTH = 460  # px
_FIELD = 200
_LISTED = 16  # numbers of threads that are listed one by one


class PreferencesDialog(QDialog):
    """Opened, never exec'ed. What the engine's machine offers is shown once it has told."""

    def __init__(self, preferences: Preferences, theme: Theme, local: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Preferences"))
        self._preferences, self._theme, self._local = preferences, theme, local
        self._folder = ""
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 1)
        self._build()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 16)
        column.addLayout(self._grid)
        column.addSpacing(12)
        column.addWidget(buttons)
        self.setFixedWidth(_WIDTH)

    def _build(self) -> None:
        self._head(self.tr("Appearance"), self.tr("Takes effect at once."))
        self.theme = QComboBox(self)
        for mode, name in mode_names().items():
            self.theme.addItem(name, mode)
        self.theme.setCurrentIndex(self.theme.findData(self._theme.mode))
        self.theme.activated.connect(self._choose_theme)
        self._row(self.tr("Theme"), self.theme)
        self._head(self.tr("New experiments"), self.tr("Takes effect with the next File > New from preset."))
        self.device = QComboBox(self)
        self.device.setToolTip(
            self.tr(
                "<p>Where new experiments train. One that is opened says that itself. Automatic takes an accelerator "
                "for images, where there is one, and the processor for points, whose small networks are fastest "
                "there.</p>"
            )
        )
        self.device.activated.connect(self._choose_device)
        self._list_devices(("cpu",))
        self._row(self.tr("Device"), self.device)
        self._head(
            self.tr("Engine"),
            self.tr("Takes effect when this program starts next."),
        )
        self.threads = QComboBox(self)
        self.threads.setToolTip(
            self.tr(
                "<p>CPU threads that train. Automatic takes one for toy networks, which lose more by sharing their "
                "work than they gain, and all processors but one for others; a run that is opened keeps its number. "
                "With another one its past is replayed, but not bit for bit.</p>"
            )
        )
        self.threads.activated.connect(self._choose_threads)
        self._list_threads(1)
        self._row(self.tr("Threads"), self.threads, THREADS)
        self.keyframes = self._megabytes(KEYFRAMES)
        self.keyframes.setToolTip(
            self.tr(
                "<p>What the keyframes of one run may take in its file. With less of them, its past comes slower.</p>"
            )
        )
        self._row(self.tr("Keyframes of a run"), self.keyframes, KEYFRAMES)
        self.in_memory = self._megabytes(IN_MEMORY)
        self.in_memory.setToolTip(self.tr("<p>What of them stays in memory, though the file has it too.</p>"))
        self._row(self.tr("Of these in memory"), self.in_memory, IN_MEMORY)
        self._head(self.tr("Data"), self.tr("Runs without a name lie here."))
        self.folder = Elided(self)
        self.folder.setAccessibleName(self.tr("Folder of runs without a name"))
        self.folder.setText(self.tr("The engine has not told it yet."))
        self.show_folder = QPushButton(self.tr("Open folder"), self)
        self.show_folder.setAutoDefault(False)
        self.show_folder.setEnabled(False)
        self.show_folder.setToolTip(self.tr("GANLAB_DATA in the environment names another folder"))
        self.show_folder.clicked.connect(self._open_folder)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.folder, 1)
        line.addWidget(self.show_folder)
        self._grid.addLayout(line, self._grid.rowCount(), 0, 1, 2)

    def _head(self, title: str, when: str) -> None:
        """A section's name, and when what stands in it takes effect."""
        row = self._grid.rowCount()
        head = small_head(title, self)
        head.setContentsMargins(0, 12, 0, 0)
        told = QLabel(when, self)
        told.setObjectName("secondary")
        self._grid.addWidget(head, row, 0, 1, 2)
        self._grid.addWidget(told, row + 1, 0, 1, 2)

    def _row(self, name: str, field: QWidget, variable: str = "") -> None:
        label = QLabel(name, self)
        label.setBuddy(field)
        field.setAccessibleName(name)
        field.setFixedWidth(_FIELD)
        if variable and (value := self._preferences.fixed(variable)):
            field.setEnabled(False)
            field.setToolTip(self.tr("The environment says {0}={1}, which goes before.").format(variable, value))
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field, row, 1)

    def _megabytes(self, variable: str) -> QSpinBox:
        field = QSpinBox(self)
        field.setRange(*MEGABYTES)
        field.setGroupSeparatorShown(True)
        field.setSuffix(self.tr(" MB"))
        field.setKeyboardTracking(False)
        field.setValue(self._preferences[variable])
        field.valueChanged.connect(lambda amount: self._preferences.__setitem__(variable, amount))
        return field

    def show_machine(self, machine: Machine) -> None:
        """Offer what the engine's machine has."""
        self._list_devices(machine.devices)
        self._list_threads(machine.processors)
        self._folder = machine.folder
        self.folder.setText(machine.folder)
        self.show_folder.setEnabled(self._local)

    def _list_devices(self, devices: Sequence[str]) -> None:
        chosen = self._preferences.device
        self.device.clear()
        for name in devices:
            self.device.addItem(self.tr("Automatic") if name == "auto" else name, name)
        if chosen not in devices:
            self.device.addItem(chosen, chosen)
        self.device.setCurrentIndex(self.device.findData(chosen))

    def _list_threads(self, processors: int) -> None:
        chosen = self._preferences[THREADS]
        listed = [*range(1, min(processors, _LISTED) + 1)]
        listed += [count for count in (24, 32, 48, 64, 96, 128) if count < processors]
        numbers = sorted({*listed, processors, *([chosen] if chosen != AUTOMATIC else [])})
        self.threads.clear()
        self.threads.addItem(self.tr("Automatic"), AUTOMATIC)
        for number in numbers:
            self.threads.addItem(str(number), number)
        self.threads.setCurrentIndex(self.threads.findData(chosen))

    @Slot()
    def _choose_theme(self) -> None:
        self._theme.set_mode(self.theme.currentData())

    @Slot()
    def _choose_device(self) -> None:
        self._preferences.device = self.device.currentData()

    @Slot()
    def _choose_threads(self) -> None:
        self._preferences[THREADS] = self.threads.currentData()

    @Slot()
    def _open_folder(self) -> None:
        Path(self._folder).mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder))
