"""A QR code as one drawn path, for an SVG in a page: plain shapes, no style, which the page's policy lets through."""

from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET_ZONE = 4  # modules of white around it, as ISO/IEC 18004 wants


@dataclass(frozen=True, slots=True)
class QrCode:
    """``size`` modules to each side, the quiet zone among them; ``dark`` is the path of the dark ones."""

    size: int
    dark: str


def qr_code(text: str) -> QrCode:
    """Return ``text`` as a QR code."""
    code = QRCode(border=QUIET_ZONE, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    modules = code.get_matrix()
    dark = "".join(
        f"M{column} {row}h1v1h-1z"
        for row, line in enumerate(modules)
        for column, is_dark in enumerate(line)
        if is_dark
    )
    return QrCode(len(modules), dark)
