"""How an export will look: a small picture of it, how far it has come, or why there is none."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

_SMALLEST = QSize(260, 200)
_MILLIMETRES = 25.4  # in an inch


class Preview(QWidget):
    """The newest picture stays in sight, faint, until the next one comes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Preview"))
        self.sheet = _Sheet(self)
        self.told = QLabel(self)
        self.told.setWordWrap(True)
        self.told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.caption = QLabel(self)
        self.caption.setObjectName("secondary")
        self.caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(3)
        self._bar.setAccessibleName(self.tr("Progress of the preview"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.sheet, 1)
        column.addWidget(self.told, 1)
        column.addWidget(self._bar)
        column.addWidget(self.caption)
        self.explain("")

    @property
    def picture(self) -> QImage:
        """The newest picture; a null image where there is none."""
        return self.sheet.image

    @property
    def waiting(self) -> bool:
        """Whether a newer picture is on its way."""
        return self.sheet.faint

    @property
    def pixels(self) -> int:
        """How many dots across would fill it."""
        return round(max(self.sheet.width(), _SMALLEST.width()) * self.devicePixelRatioF())

    def show_picture(self, png: bytes, dpi: int) -> None:
        """Show a picture, and how large it is on paper."""
        image = QImage.fromData(png)
        self._show(image, "", faint=False)
        width, height = image.width() / dpi, image.height() / dpi
        size = self.tr("{0} x {1} inches, {2} x {3} mm")
        millimetres = (f"{_MILLIMETRES * length:.0f}" for length in (width, height))
        self.caption.setText(size.format(f"{width:.2f}", f"{height:.2f}", *millimetres))

    def show_progress(self, fraction: float, doing: str) -> None:
        """Tell how far the next picture has come."""
        self._bar.setValue(round(1000 * fraction))
        self._show(self.sheet.image, "", faint=True)
        self.caption.setText(doing)

    def show_problem(self, problem: str) -> None:
        """Tell why there is no picture."""
        self._show(QImage(), problem, faint=False)
        self.caption.setText("")

    def explain(self, text: str) -> None:
        """Say what is exported where a picture does not show it."""
        self._show(QImage(), text, faint=False)
        self.caption.setText("")

    def _show(self, image: QImage, told: str, *, faint: bool) -> None:
        self.sheet.show_image(image, faint)
        self.sheet.setVisible(not told)
        self.told.setVisible(bool(told))
        self.told.setText(told)
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(policy)
        self._bar.setVisible(faint)


class _Sheet(QWidget):
    """A picture as large as there is room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.image, self.faint = QImage(), False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        return _SMALLEST

    def show_image(self, image: QImage, faint: bool) -> None:
        self.image, self.faint = image, faint
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(0.5 if self.faint else 1.0)
        size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), self.image)
