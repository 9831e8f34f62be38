"""A quiet switch between two views of a panel, small enough for a caption's line."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.plots.plot import TICK_PIXELS
from ganlab_desktop.ui.plots.text import tabular
from ganlab_desktop.ui.theme import mix

_HEIGHT = 17  # pixels


class Switch(QToolButton):
    """A word that is framed while it is on."""

    def __init__(self, word: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(word)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setCheckable(True)
        self.setFont(tabular(self.font(), TICK_PIXELS))
        self.setFixedHeight(_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)  # not that of the plot under it

    def apply_theme(self, colours: Colours) -> None:
        self.setStyleSheet(
            f"""
            QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 0 4px; margin: 0;
                           font-size: {TICK_PIXELS}px; color: {colours.secondary}; background: {colours.panel}; }}
            QToolButton:checked {{ border-color: {colours.hairline}; color: {colours.text}; }}
            QToolButton:disabled {{ color: {mix(colours.secondary, colours.panel, 0.5)}; border-color: transparent; }}
            QToolButton:hover {{ background: {colours.raised}; }}
            QToolButton:focus {{ border-color: {colours.primary}; }}
            """
        )
