"""How the window looks: palette, style sheet, fonts and icons, dark, light or as the system, switched live."""

from pathlib import Path
from typing import Literal, get_args

from PySide6.QtCore import QObject, QSettings, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontInfo, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from qtawesome.iconic_font import IconicFont

from ganlab_desktop.palette import DARK, LIGHT, Colours

Mode = Literal["system", "dark", "light"]

BASE_PIXELS = 13
_ICONS = Path(__file__).parent / "icons"
_PHOSPHOR = ("ph", "phosphor-1.3.0.ttf", "phosphor-charmap-1.3.0.json")
_KEY = "view/theme"


class Theme(QObject):
    """The colours in use. Widgets that draw on their own follow `changed`; all others follow the style sheet."""

    changed = Signal(object)  # Colours

    def __init__(self, application: QApplication, settings: QSettings) -> None:
        super().__init__(application)
        self._application = application
        self._settings = settings
        self._font_icons = IconicFont(_PHOSPHOR)
        stored = str(settings.value(_KEY, "system"))
        self._mode: Mode = stored if stored in get_args(Mode) else "system"  # type: ignore[assignment]
        self.colours = DARK
        application.setStyle("Fusion")
        application.setFont(_base_font())
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def mode(self) -> Mode:
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Choose dark, light or the system's, and remember it."""
        self._mode = mode
        self._settings.setValue(_KEY, mode)
        self._apply()
        self.changed.emit(self.colours)

    @property
    def settings(self) -> QSettings:
        """Where what the user has chosen for the window's looks is kept."""
        return self._settings

    def icon(self, name: str, colour: str = "", disabled: str = "") -> QIcon:
        """An icon of the Phosphor font in a colour (the text's where none is given)."""
        ink = colour or self.colours.text
        faded = disabled or mix(self.colours.secondary, self.colours.panel, 0.45)
        icon: QIcon = self._font_icons.icon(f"ph.{name}", color=ink, color_disabled=faded)
        return icon

    @Slot()
    def _system_changed(self) -> None:
        if self._mode == "system":
            self._apply()
            self.changed.emit(self.colours)

    def _apply(self) -> None:
        system_is_light = self._application.styleHints().colorScheme() == Qt.ColorScheme.Light
        light = self._mode == "light" or (self._mode == "system" and system_is_light)
        self.colours = LIGHT if light else DARK
        self._application.setPalette(_palette(self.colours))
        self._application.setStyleSheet(style_sheet(self.colours))


def mark(widget: QWidget, name: str, on: bool) -> None:
    """Set a property that the style sheet looks at."""
    if widget.property(name) != on:
        widget.setProperty(name, on)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def mix(first: str, second: str, share: float) -> str:
    """The colour that is `share` of the first and the rest of the second, as #RRGGBB."""
    a, b = QColor(first), QColor(second)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return QColor(*(round(share * x + (1 - share) * y) for x, y in pairs)).name()


def _base_font() -> QFont:
    font = QFont("Inter")
    if QFontInfo(font).family() != "Inter":
        font = QFont(QApplication.font())
    font.setPixelSize(BASE_PIXELS)
    font.setFeature(QFont.Tag("tnum"), 1)  # digits of one width, so that numbers do not jump
    return font


def _palette(c: Colours) -> QPalette:
    palette = QPalette()
    faded = mix(c.secondary, c.panel, 0.6)
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, c.window),
        (role.WindowText, c.text),
        (role.Base, c.panel),
        (role.AlternateBase, c.raised),
        (role.Text, c.text),
        (role.PlaceholderText, faded),
        (role.Button, c.raised),
        (role.ButtonText, c.text),
        (role.BrightText, c.trouble),
        (role.ToolTipBase, c.raised),
        (role.ToolTipText, c.text),
        (role.Highlight, c.primary),
        (role.HighlightedText, "#FFFFFF"),
        (role.Link, c.real),
        (role.Light, c.raised),
        (role.Midlight, c.hairline),
        (role.Mid, c.hairline),
        (role.Dark, c.hairline),
        (role.Shadow, c.window),
    ):
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(faded))
    return palette


def style_sheet(c: Colours) -> str:
    """The one style sheet. Hairlines instead of boxes; what can be pressed shows it when hovered."""
    hover = mix(c.text, c.panel, 0.08)
    pressed = mix(c.text, c.panel, 0.14)
    focus = mix(c.primary, c.panel, 0.85)
    primary_hover = mix("#FFFFFF", c.primary, 0.10)
    primary_pressed = mix("#000000", c.primary, 0.12)
    faded = mix(c.secondary, c.panel, 0.6)
    field = mix(c.window, c.panel, 0.55) if c.name == "dark" else c.panel
    trouble_ground = mix(c.trouble, c.panel, 0.14)
    icons = _ICONS.as_posix()
    return f"""
QWidget {{ color: {c.text}; }}
QMainWindow, QDialog, QMessageBox {{ background: {c.window}; }}
QMainWindow::separator {{ background: {c.window}; width: 5px; height: 5px; }}
QMainWindow::separator:hover {{ background: {c.primary}; }}
QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.hairline}; padding: 4px 6px; }}

QMenuBar {{ background: {c.panel}; padding: 2px 4px; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {hover}; }}
QMenu {{ background: {c.panel}; border: 1px solid {c.hairline}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 8px; border-radius: 4px; }}
QMenu::item:selected {{ background: {c.primary}; color: #FFFFFF; }}
QMenu::item:disabled {{ color: {faded}; background: transparent; }}
QMenu::icon {{ padding-left: 6px; }}
QMenu::separator {{ height: 1px; background: {c.hairline}; margin: 4px 8px; }}

QToolBar {{ background: {c.panel}; border: none; border-bottom: 1px solid {c.hairline}; padding: 0; spacing: 0; }}
#scrubberBar {{ border-bottom: none; border-top: 1px solid {c.hairline}; }}
#transport, #scrubber, #phases {{ background: {c.panel}; }}
#hairline {{ background: {c.hairline}; border: none; }}

QToolButton {{ background: transparent; border: none; border-radius: 5px; padding: 4px 8px; }}
QToolButton:hover {{ background: {hover}; }}
QToolButton:pressed {{ background: {pressed}; }}
QToolButton:checked {{ background: {c.raised}; border: 1px solid {c.hairline}; padding: 3px 7px; }}
QToolButton:disabled {{ color: {faded}; background: transparent; }}
QToolButton:focus {{ border: 1px solid {focus}; padding: 3px 7px; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}
QToolButton#add, QToolButton#remove, QToolButton#moveUp, QToolButton#moveDown, QToolButton#browse,
QToolButton#fold {{ padding: 2px; margin: 0; }}
QToolButton#findings {{ padding: 0 6px; margin: 0; }}
QToolButton#fold:checked {{ background: transparent; border: none; padding: 2px; }}
QToolButton#primary {{ background: {c.primary}; color: #FFFFFF; font-weight: 600; padding: 5px 14px; }}
QToolButton#primary:hover {{ background: {primary_hover}; }}
QToolButton#primary:pressed {{ background: {primary_pressed}; }}
QToolButton#primary:disabled {{ background: {c.raised}; color: {faded}; }}
QPushButton {{ background: {c.raised}; border: 1px solid {c.hairline}; border-radius: 5px; padding: 4px 12px; }}
QPushButton:hover {{ background: {hover}; border-color: {faded}; }}
QPushButton:pressed {{ background: {pressed}; }}
QPushButton:focus {{ border-color: {focus}; }}
QPushButton:default {{ background: {c.primary}; border-color: {c.primary}; color: #FFFFFF; }}
QDialogButtonBox, QMessageBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QPushButton:disabled {{ background: {c.raised}; border-color: {c.hairline}; color: {faded}; }}

QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit {{
  background: {field}; border: 1px solid {c.hairline}; border-radius: 4px; padding: 2px 7px; min-height: 20px;
  selection-background-color: {c.primary}; selection-color: #FFFFFF; }}
QLineEdit:hover, QComboBox:hover {{ border-color: {faded}; }}
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus, QSpinBox:focus {{ border-color: {focus}; }}
QLineEdit:disabled, QComboBox:disabled {{ color: {faded}; }}
QLineEdit[pending="true"], QComboBox[pending="true"] {{
  border-left: 3px solid {c.primary}; padding-left: 5px; }}
QCheckBox[pending="true"] {{ font-weight: 600; }}
QLineEdit[wrong="true"], QComboBox[wrong="true"] {{ border-color: {c.trouble}; background: {trouble_ground}; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
  width: 0; border: none; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url({icons}/caret-{c.name}.svg); width: 12px; height: 12px; }}
QComboBoxPrivateContainer {{ border: none; }}
QComboBox QAbstractItemView {{ background: {c.panel}; border: 1px solid {c.hairline}; padding: 4px; outline: none;
  selection-background-color: {c.primary}; selection-color: #FFFFFF; }}
QComboBox QAbstractItemView::item {{ min-height: 24px; padding: 0 6px; border-radius: 4px; }}
QCheckBox {{ spacing: 8px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {faded}; border-radius: 3px;
  background: {field}; }}
QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {focus}; }}
QCheckBox::indicator:checked {{ background: {c.primary}; border-color: {c.primary}; image: url({icons}/check.svg); }}

QSlider:horizontal {{ min-height: 20px; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {c.hairline}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {c.primary}; }}
QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; background: {c.text}; }}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ background: {c.primary}; }}

QScrollArea {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {c.hairline}; border-radius: 3px; margin: 2px; min-height: 28px; min-width: 28px; }}
QScrollBar::handle:hover {{ background: {faded}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
  background: none; width: 0; height: 0; }}

QDockWidget {{ titlebar-close-icon: none; }}
QComboBox {{ padding-left: 9px; }}
#dockTitle, #panel, #experiment, #log {{ background: {c.panel}; }}
#dockTitle QToolButton {{ padding: 2px; }}
QTabBar {{ qproperty-drawBase: 0; qproperty-elideMode: ElideNone; qproperty-usesScrollButtons: true; }}
QTabBar::tab {{ background: {c.window}; color: {c.secondary}; padding: 4px 9px; border: none; }}
QTabBar::tab:selected {{ background: {c.panel}; color: {c.text}; }}

QListWidget#kinds {{ background: {c.panel}; border: 1px solid {c.hairline}; border-radius: 4px; padding: 4px;
  outline: none; }}
QListWidget#kinds::item {{ padding: 4px 6px; border-radius: 4px; }}
QListWidget#kinds::item:hover:!selected {{ background: {hover}; }}
QListWidget#kinds::item:selected {{ background: {c.primary}; color: #FFFFFF; }}
QListWidget#kinds::item:disabled {{ color: {c.secondary}; background: transparent; }}
QProgressBar {{ background: {c.hairline}; border: none; border-radius: 2px; }}
QProgressBar::chunk {{ background: {c.primary}; border-radius: 2px; }}
#palette {{ background: {c.panel}; border: 1px solid {c.hairline}; }}
#palette QTreeView::item:selected {{ background: {c.primary}; color: #FFFFFF; }}

QTreeView {{ background: {c.panel}; border: none; outline: none; }}
QTreeView::item {{ padding: 3px 6px; border: none; }}
QTreeView::item:selected {{ background: {c.raised}; color: {c.text}; }}
QTreeView QLineEdit {{ padding: 0 4px; min-height: 0; }}
QTreeView::indicator {{ width: 12px; height: 12px; border: 1px solid {faded}; border-radius: 3px;
  background: {field}; }}
QTreeView::indicator:checked {{ background: {c.primary}; border-color: {c.primary}; image: url({icons}/check.svg); }}
QHeaderView {{ background: {c.panel}; }}
QHeaderView::section {{ background: {c.panel}; color: {c.secondary}; border: none;
  border-bottom: 1px solid {c.hairline}; padding: 4px 6px; }}

QStatusBar {{ background: {c.panel}; border-top: 1px solid {c.hairline}; min-height: 24px; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ color: {c.secondary}; }}
#secondary {{ color: {c.secondary}; }}
#strong {{ font-weight: 600; }}
#head {{ color: {c.secondary}; font-size: 11px; font-weight: 600; letter-spacing: 1px; }}
#message {{ color: {c.trouble}; font-size: 12px; }}
#fieldName[pending="true"] {{ font-weight: 600; }}
#restartBar {{ background: {c.raised}; border-top: 1px solid {c.hairline}; }}
#note {{ background: {c.raised}; border: 1px solid {c.hairline}; border-radius: 6px; }}
#banner {{ background: {trouble_ground}; border-bottom: 1px solid {c.trouble}; }}
#banner[quiet="true"] {{ background: {c.raised}; border-color: {c.hairline}; }}
#log {{ border: none; border-radius: 0; }}
"""
