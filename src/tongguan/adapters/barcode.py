"""QR codes as pictures within a page, no larger than they scan well.

Version 15 at most on a screen or beside words; more only across a sheet of paper.
"""

from itertools import groupby
from math import isqrt

import zxingcpp

VERSION_MAX = 15
SHEET_VERSION_MAX = 25
"""Of a code that fills the width of a sheet: its modules are a millimetre wide."""
ERROR_CORRECTION = "M"
_QUIET_MODULES = 4
_DARK = 0


class CodeTooLargeError(ValueError):
    """A text needs a QR code that does not scan well: our own bug, texts are made to fit."""


def qr_svg(text: str, *, version_max: int = VERSION_MAX) -> str:
    """The QR code of a text as an inline SVG without script, style, size or identifier.

    It fills the width of whatever holds it; that element also carries the words for those who do
    not see it. ``CodeTooLargeError`` beyond the version at level M.
    """
    rows = _modules(text, version_max)
    size = len(rows) + 2 * _QUIET_MODULES
    runs = "".join(
        f"M{_QUIET_MODULES + start} {_QUIET_MODULES + y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _dark_runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        'shape-rendering="crispEdges" aria-hidden="true" focusable="false">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{runs}"/></svg>'
    )


def qr_version(text: str) -> int:
    """The smallest QR version that holds the text at level M; ``CodeTooLargeError`` beyond 15."""
    return (len(_modules(text, VERSION_MAX)) - 17) // 4


def _modules(text: str, version_max: int) -> list[bytes]:
    try:
        barcode = zxingcpp.create_barcode(
            text, zxingcpp.BarcodeFormat.QRCode, ec_level=ERROR_CORRECTION
        )
    except ValueError as error:
        raise CodeTooLargeError("the text fits no QR code") from error
    image = barcode.to_image(scale=1, add_quiet_zones=False)
    pixels = bytes(memoryview(image))  # type: ignore[arg-type]  # a buffer: its stub omits it
    width = isqrt(len(pixels))
    version = (width - 17) // 4
    if version > version_max:
        raise CodeTooLargeError(f"the text needs QR version {version}, more than {version_max}")
    return [pixels[start : start + width] for start in range(0, len(pixels), width)]


def _dark_runs(row: bytes) -> list[tuple[int, int]]:
    runs, start = [], 0
    for pixel, group in groupby(row):
        length = len(list(group))
        if pixel == _DARK:
            runs.append((start, length))
        start += length
    return runs
