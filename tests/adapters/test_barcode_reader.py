"""QR codes out of pictures: found whatever the picture's kind, and nothing raises on a bad one."""

import io

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tongguan.adapters import barcode_reader
from tongguan.adapters.barcode_reader import read_qr_codes

TEXT = "HC1:6BFOXN%TSMAHN-H*UKN8.."


def drawn(text: str = TEXT, mode: str = "L") -> Image.Image:
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    pixels = bytes(memoryview(barcode.to_image(scale=4, add_quiet_zones=True)))
    width = round(len(pixels) ** 0.5)
    return Image.frombytes("L", (width, width), pixels).convert(mode)


def saved(image: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_picture__is_read__in_each_mode(mode: str) -> None:
    assert read_qr_codes(saved(drawn(mode=mode))) == (TEXT,)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_picture__is_read__in_each_kind(kind: str) -> None:
    assert read_qr_codes(saved(drawn(), kind)) == (TEXT,)


def test_picture__is_read__on_a_transparent_ground() -> None:
    code = drawn()
    clear = Image.new("RGBA", code.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=code.point(lambda pixel: 255 - pixel))
    assert read_qr_codes(saved(clear)) == (TEXT,)


def test_picture__is_read__with_several_codes() -> None:
    one, other = drawn(), drawn("HC1:OTHER")
    paper = Image.new("L", (one.width + other.width, one.height), 255)
    paper.paste(one, (0, 0))
    paper.paste(other, (one.width, 0))
    assert sorted(read_qr_codes(saved(paper))) == sorted((TEXT, "HC1:OTHER"))


def test_picture__holds_nothing__without_a_code_or_of_another_kind() -> None:
    assert read_qr_codes(saved(Image.new("L", (50, 50), 255))) == ()
    assert read_qr_codes(saved(drawn(), "BMP")) == ()


def test_picture__is_passed_over__when_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = saved(drawn())
    side = drawn().width
    monkeypatch.setattr(barcode_reader, "PIXELS_MAX", side * side)
    assert read_qr_codes(picture) == (TEXT,)
    monkeypatch.setattr(barcode_reader, "PIXELS_MAX", side * side - 1)
    assert read_qr_codes(picture) == ()


def test_picture__is_passed_over__when_it_only_claims_to_be_large() -> None:
    bomb = saved(Image.new("1", (20_000, 20_000), 1))
    assert len(bomb) < 100_000
    assert read_qr_codes(bomb) == ()
    assert read_qr_codes(bytes(barcode_reader.PICTURE_BYTES_MAX + 1)) == ()


PICTURE = saved(drawn())


@given(at=st.integers(0, len(PICTURE) - 1), byte=st.integers(0, 255))
def test_picture__never_raises__when_it_is_changed(at: int, byte: int) -> None:
    for changed in (PICTURE[:at] + bytes([byte]) + PICTURE[at + 1 :], PICTURE[:at]):
        assert read_qr_codes(changed) in ((), (TEXT,))


@given(picture=st.binary(max_size=100))
def test_picture__never_raises__for_any_bytes(picture: bytes) -> None:
    assert read_qr_codes(picture) == ()
    assert read_qr_codes(PICTURE[:8] + picture) == ()
