"""The row of switches over the canvas: one button per layer, its opacity on right-click."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QVBoxLayout, QWidget, QWidgetAction

from ganlab_desktop.palette import Colours
from ganlab_desktop.ui.panels.canvas.layers import LAYERS, LayerSpec
from ganlab_desktop.ui.plots.marks import SIZE, mark_icon
from ganlab_desktop.ui.theme import mix

_SPACING = 3


class LayerBar(QWidget):
    """Where it is too narrow for all words, the last buttons show their marks only."""

    toggled = Signal(str, bool)  # layer, on
    opacity_changed = Signal(str, float)  # layer, 0..1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 6, 2)
        row.setSpacing(_SPACING)
        self.buttons = {spec.name: LayerButton(spec, self) for spec in LAYERS}
        for button in self.buttons.values():
            row.addWidget(button)
        row.addStretch(1)

    def on(self) -> dict[str, bool]:
        """Which layers are switched on and exist for the data."""
        return {name: button.isChecked() and button.isEnabled() for name, button in self.buttons.items()}

    def minimumSizeHint(self) -> QSize:
        return QSize(len(LAYERS) * (30 + _SPACING) + 12, 32)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def apply_theme(self, colours: Colours) -> None:
        for button in self.buttons.values():
            button.apply_theme(colours)
        self._fit_words()

    def _fit_words(self) -> None:
        room = self.width() - 12 - _SPACING * (len(self.buttons) - 1)
        buttons = list(self.buttons.values())
        wordless = 0
        while wordless < len(buttons):
            cut = len(buttons) - wordless
            if sum(b.wide() for b in buttons[:cut]) + sum(b.narrow() for b in buttons[cut:]) <= room:
                break
            wordless += 1
        for place, button in enumerate(buttons):
            button.set_words(place < len(buttons) - wordless)


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
        self.setToolTip(bar.tr("{tip}. Right-click for opacity.").format(tip=bar.tr(spec.tip)))
        self.setCheckable(True)
        self.setChecked(spec.on)
        self.setIconSize(QSize(round(SIZE), round(SIZE)))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggled.connect(self._tell)

    def wide(self) -> int:
        """Width in pixels with its word."""
        return self.fontMetrics().horizontalAdvance(self.text()) + round(SIZE) + 17

    def narrow(self) -> int:
        """Width in pixels without its word."""
        return round(SIZE) + 16

    def set_words(self, words: bool) -> None:
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if words else Qt.ToolButtonStyle.ToolButtonIconOnly
        self.setToolButtonStyle(style)
        self.setFixedSize(self.wide() if words else self.narrow(), 26)

    def set_available(self, available: bool, reason: str = "") -> None:
        """Whether the layer exists for the data; where not, the tool tip says why."""
        self.setEnabled(available)
        tip = self._bar.tr("{tip}. Right-click for opacity.").format(tip=self._bar.tr(self.spec.tip))
        self.setToolTip(tip if available else reason)

    def apply_theme(self, colours: Colours) -> None:
        ink = getattr(colours, self.spec.colour)
        faded = mix(colours.secondary, colours.panel, 0.45)
        self.setIcon(mark_icon(self.spec.mark, ink, colours.secondary, faded, self.devicePixelRatioF()))
        self.setStyleSheet(
            f"""
            QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 2px 4px; margin: 0;
                           color: {colours.secondary}; background: transparent; }}
            QToolButton:checked {{ border-color: {colours.hairline}; color: {ink}; }}
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
