"""The switches over the canvas: one button per layer, its opacity on right-click."""

from html import escape

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QSlider, QToolButton, QVBoxLayout, QWidget, QWidgetAction

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.canvas.specs import LAYERS, LayerSpec
from ganlab_desktop.ui.plots.marks import SIZE, mark_icon
from ganlab_desktop.ui.theme import mix

_SPACING, _EDGE, _HEIGHT = 2, 6, 24
_LETTERS = 12  # pixels: two rows hold all words where the window is smallest


class LayerBar(QWidget):
    """Words in as many rows as they need."""

    toggled = Signal(str, bool)  # layer, on
    opacity_changed = Signal(str, float)  # layer, 0..1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = {spec.name: LayerButton(spec, self) for spec in LAYERS}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def on(self) -> dict[str, bool]:
        """Which layers are switched on and exist for the data."""
        return {name: button.isChecked() and button.isEnabled() for name, button in self.buttons.items()}

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * max(button.wide() for button in self.buttons.values()), _HEIGHT)

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(400))

    def heightForWidth(self, width: int) -> int:
        return max(place.bottom() for place in self._places(width)) + _SPACING

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for button, place in zip(self.buttons.values(), self._places(self.width()), strict=True):
            button.setGeometry(place)
        self.setFixedHeight(self.heightForWidth(self.width()))  # layouts ask for it at other widths, too

    def apply_theme(self, colours: Colours) -> None:
        for button in self.buttons.values():
            button.apply_theme(colours)

    def _places(self, width: int) -> list[QRect]:
        """Where each button lies in a bar of a width: in order, from row to row."""
        places, x, y = [], _EDGE, 0
        for button in self.buttons.values():
            wide = button.wide()
            if x > _EDGE and x + wide > width:
                x, y = _EDGE, y + _HEIGHT + _SPACING
            places.append(QRect(x, y, wide, _HEIGHT))
            x += wide + _SPACING
        return places


class LayerButton(QToolButton):
    """A layer's switch. A right-click, or the keyboard's menu key, opens its opacity."""

    def __init__(self, spec: LayerSpec, bar: LayerBar) -> None:
        super().__init__(bar)
        self.spec = spec
        self._bar = bar
        self._menu: QMenu | None = None
        self._opacity = round(100 * spec.opacity)
        self.setObjectName(f"layer-{spec.name}")
        self.setText(bar.tr(spec.title))
        self.setAccessibleName(bar.tr("Layer: {name}").format(name=bar.tr(spec.title)))
        self.set_available(True)
        self.setCheckable(True)
        self.setChecked(spec.on)
        self.setIconSize(QSize(round(SIZE) + 2, round(SIZE)))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggled.connect(self._tell)

    def wide(self) -> int:
        """Width in pixels that its mark and its word need."""
        font = QFont(self.font())
        font.setPixelSize(_LETTERS)
        return QFontMetrics(font).horizontalAdvance(self.text()) + round(SIZE) + 13

    def set_available(self, available: bool, reason: str = "") -> None:
        """Whether the layer exists for the data; where not, its word is struck out and the tool tip says why."""
        self.setEnabled(available)
        font = QFont(self.font())
        font.setPixelSize(_LETTERS)
        font.setStrikeOut(not available)
        self.setFont(font)
        says = self._bar.tr("{tip}. Right-click for opacity.").format(tip=self._bar.tr(self.spec.tip))
        told = says if available else reason
        self.setAccessibleDescription(told)
        self.setToolTip(f"<p><b>{escape(self.text())}</b>: {escape(told, quote=False)}</p>")

    def apply_theme(self, colours: Colours) -> None:
        ink = getattr(colours, self.spec.colour)
        faded = mix(colours.secondary, colours.panel, 0.45)
        self.setIcon(mark_icon(self.spec.mark, ink, colours.secondary, faded, self.devicePixelRatioF()))
        self.setStyleSheet(
            f"""
            QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 1px 3px; margin: 0;
                           font-size: {_LETTERS}px; color: {colours.secondary}; background: transparent; }}
            QToolButton:checked {{ border-color: {colours.hairline}; background: {colours.raised}; color: {ink}; }}
            QToolButton:hover {{ background: {colours.raised}; }}
            QToolButton:focus {{ border-color: {colours.primary}; }}
            QToolButton:disabled {{ color: {faded}; border-color: transparent; }}
            """
        )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._menu is None:
            self._menu = self._opacity_menu()
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _opacity_menu(self) -> QMenu:
        menu = QMenu(self)
        body = QWidget(menu)
        column = QVBoxLayout(body)
        column.setContentsMargins(10, 8, 10, 8)
        label = QLabel(self._bar.tr("Opacity"), body)
        slider = QSlider(Qt.Orientation.Horizontal, body)
        slider.setRange(0, 100)
        slider.setValue(self._opacity)
        slider.setMinimumWidth(140)
        slider.setAccessibleName(self._bar.tr("Opacity of {name}").format(name=self.text()))
        slider.valueChanged.connect(self._tell_opacity)
        column.addWidget(label)
        column.addWidget(slider)
        action = QWidgetAction(menu)
        action.setDefaultWidget(body)
        menu.addAction(action)
        return menu

    def _tell(self, on: bool) -> None:
        self._bar.toggled.emit(self.spec.name, on)

    def _tell_opacity(self, percent: int) -> None:
        self._opacity = percent
        self._bar.opacity_changed.emit(self.spec.name, percent / 100)
