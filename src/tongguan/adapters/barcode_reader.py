"""QR codes out of pictures, within bounds of size and kind."""

import io
from typing import Final

import zxingcpp
from PIL import Image

PICTURE_BYTES_MAX: Final = 16 * 1024 * 1024
PIXELS_MAX: Final = 32 * 1024 * 1024
_FORMATS = ("JPEG", "PNG", "WEBP")
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")
_QR_CODES = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_WHITE = (255, 255, 255, 255)


def looks_like_picture(beginning: bytes) -> bool:
    """Whether a file that begins so can only be a picture of a kind that is read."""
    return beginning.startswith(_BEGINNINGS)


def read_qr_codes(picture: bytes) -> tuple[str, ...]:
    """The texts of the QR codes in a picture (JPEG, PNG or WebP), in the order they are found.

    None where it is no picture of these kinds, or one too large.
    """
    image = _open(picture)
    if image is None:
        return ()
    found = zxingcpp.read_barcodes(image, formats=_QR_CODES, text_mode=zxingcpp.TextMode.Plain)
    return tuple(each.text for each in found)


def _open(picture: bytes) -> Image.Image | None:
    if len(picture) > PICTURE_BYTES_MAX:
        return None
    try:
        with Image.open(io.BytesIO(picture), formats=_FORMATS) as image:
            if image.width * image.height > PIXELS_MAX:
                return None
            coloured = image.convert("RGBA")
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        return None
    # A code on a transparent ground is meant for white paper.
    paper = Image.new("RGBA", coloured.size, _WHITE)
    return Image.alpha_composite(paper, coloured).convert("L")
