"""Pages of one panel, of which a row of quiet buttons chooses one."""

from typing import NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ganlab_desktop.palette import Colours


class Page(NamedTuple):
    """A page: the text and tool tip of its button, and what it shows."""

    title: str
    tip: str
    widget: QWidget


class Pages(QWidget):
    """The chosen page below the buttons. Where that one is not available the first other one stands in."""

    turned = Signal()  # another page is in sight

    def __init__(self, pages: tuple[Page, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tips = [page.tip for page in pages]
        self._stack = QStackedWidget(self)
        self._group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 0, 0)
        row.setSpacing(2)
        for index, page in enumerate(pages):
            button = QToolButton(self)
            button.setText(page.title)
            button.setAccessibleName(self.tr("Page: {name}").format(name=page.title))
            button.setToolTip(page.tip)
            button.setCheckable(True)
            button.setMinimumWidth(0)
            self._group.addButton(button, index)
            self._stack.addWidget(page.widget)
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        self._group.button(0).setChecked(True)
        self._group.idToggled.connect(self._choose)

    @property
    def shown(self) -> QWidget:
        """What the page in sight shows."""
        return self._stack.currentWidget()

    @property
    def buttons(self) -> list[QToolButton]:
        return [button for button in self._group.buttons() if isinstance(button, QToolButton)]

    def set_available(self, index: int, available: bool, reason: str = "") -> None:
        """Whether there is something to show on a page; where not, its button's tool tip says why."""
        button = self.buttons[index]
        button.setEnabled(available)
        button.setToolTip(self._tips[index] if available else reason)
        self._choose()

    def apply_theme(self, colours: Colours) -> None:
        self.setStyleSheet(
            f"""
            QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 2px 5px; margin: 0;
                           color: {colours.secondary}; background: transparent; }}
            QToolButton:checked {{ border-color: {colours.hairline}; color: {colours.text}; }}
            QToolButton:hover {{ background: {colours.raised}; }}
            QToolButton:focus {{ border-color: {colours.primary}; }}
            """
        )

    @Slot()
    def _choose(self) -> None:
        chosen = self._group.checkedId()
        if not self._group.button(chosen).isEnabled():
            chosen = next((index for index, button in enumerate(self.buttons) if button.isEnabled()), chosen)
        if chosen != self._stack.currentIndex():
            self._stack.setCurrentIndex(chosen)
            self.turned.emit()
