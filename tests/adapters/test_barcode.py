"""QR codes in a page: what is drawn scans, and what would not scan is refused."""

import re
from xml.etree import ElementTree

import pytest
import zxingcpp

from tongguan.adapters.barcode import SHEET_VERSION_MAX, CodeTooLargeError, qr_svg, qr_version

FITS = "TG1:" + "A" * 596
"""600 characters: all that version 15 holds at level M in alphanumeric mode."""


def picture_of(svg: str, scale: int = 4) -> "memoryview[int]":
    """The path of an SVG painted as grey pixels, independently of what drew it."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own text
    size = int(root.attrib["viewBox"].split()[2])
    pixels = bytearray(b"\xff" * (size * size * scale * scale))
    dark = next(path.attrib["d"] for path in root if path.attrib["fill"] == "#000")
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", dark)
    assert "".join(f"M{x} {y}h{w}v1h-{b}z" for x, y, w, b in runs) == dark
    for x, y, width, _ in ((int(a), int(b), int(c), d) for a, b, c, d in runs):
        for row in range(y * scale, (y + 1) * scale):
            start = row * size * scale + x * scale
            pixels[start : start + width * scale] = bytes(width * scale)
    return memoryview(pixels).cast("B", (size * scale, size * scale))


@pytest.mark.parametrize("text", ["TG1:BB8", "香港 ↔ 廣東", FITS])
def test_qr_svg__scans__as_the_text_it_was_made_of(text: str) -> None:
    read = zxingcpp.read_barcode(picture_of(qr_svg(text)))  # type: ignore[arg-type]
    assert read is not None
    assert (read.text, read.ec_level) == (text, "M")


def test_qr_svg__carries__no_script_style_size_or_words() -> None:
    root = ElementTree.fromstring(qr_svg(FITS))  # noqa: S314 - our own text
    assert root.attrib["viewBox"] == "0 0 85 85"
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert names == {"svg", "path"}
    assert attributes == {"viewBox", "shape-rendering", "aria-hidden", "focusable", "fill", "d"}


def test_qr_version__is_the_smallest_that_holds_the_text() -> None:
    assert qr_version("TG1:BB8") == 1
    assert qr_version(FITS) == 15


def test_qr__across_a_sheet__holds_more_and_not_everything() -> None:
    text = FITS * 2
    read = zxingcpp.read_barcode(
        picture_of(qr_svg(text, version_max=SHEET_VERSION_MAX))  # type: ignore[arg-type]
    )
    assert read is not None
    assert read.text == text
    with pytest.raises(CodeTooLargeError):
        qr_svg(FITS * 4, version_max=SHEET_VERSION_MAX)


@pytest.mark.parametrize("text", [FITS + "A", "a" * 413, "A" * 10_000])
def test_qr__is_refused__beyond_version_fifteen(text: str) -> None:
    with pytest.raises(CodeTooLargeError):
        qr_svg(text)
    with pytest.raises(CodeTooLargeError):
        qr_version(text)
