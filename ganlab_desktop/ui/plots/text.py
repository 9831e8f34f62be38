"""Numbers as text that does not jump about."""

import math
from collections.abc import Iterable

from PySide6.QtGui import QFont, QFontMetrics


def tabular(font: QFont, pixels: int = 0, bold: bool = False) -> QFont:
    """The font with digits of equal width."""
    font = QFont(font)
    if pixels:
        font.setPixelSize(pixels)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def fixed(value: float, decimals: int = 2) -> str:
    """A number with so many decimals, or a power of ten where that would be long or show nothing; a dash for NaN."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    size = abs(value)
    if size >= 10_000 or 0 < size < 0.5 * 10**-decimals:
        text = f"{value:.1e}"
    else:
        text = f"{value:.{decimals if size < 100 else max(decimals - 1, 0)}f}"
    return text.replace("-", "−")


def percent(share: float) -> str:
    """A share as whole percents; a dash for NaN."""
    return f"{100 * share:.0f} %" if math.isfinite(share) else "–"


def filled(phrases: Iterable[str], width: float, metrics: QFontMetrics, between: str = "    ") -> list[str]:
    """Phrases in lines of a width in pixels, none of them parted; one that is wider has a line of its own."""
    lines: list[str] = []
    for phrase in phrases:
        longer = f"{lines[-1]}{between}{phrase}" if lines else phrase
        if lines and metrics.horizontalAdvance(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(phrase)
    return lines
