"""Passes on screen and on paper: the picture says what the words beside it say."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.builders.authorities import START, Pair
from tests.builders.wider_pilot import required, wider
from tests.web.browsing import applied, booked
from tongguan.adapters.barcode import qr_svg
from tongguan.app.passes import show_passes
from tongguan.core.identifiers import JourneyId
from tongguan.core.scheme.canonical import canonical_text


@pytest.mark.parametrize("part", ["", "print/"])
def test_pass__show__holds_the_code_and_the_facts_in_words(
    hk: Pair, client: Client, part: str
) -> None:
    applied(client, p0_name="WONG SIU LING")
    journey = booked(client)
    page = client.get(f"/en/application/journeys/{journey}/{part}").content.decode()
    passes = show_passes(hk.hk, JourneyId(journey))
    assert len(passes) == 2
    for shown in passes:
        block = next(
            each
            for each in page.split('class="pass"')[1:]
            if ("Way out" if shown.place.leg == "out" else "Way home") in each
        )
        assert "WONG SIU LING" in block
        assert "Shenzhen Bay Control Point" in block
        assert f"{shown.place.day.day} December 2021" in block
        assert re.search(r"\d\d:00–\d\d:00", block)
        assert block.count("<svg") == 1
    assert "A green health code of Guangdong, issued that day" in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "sampled on Sunday 12 December 2021, 16:00 or later is good"),
        ("zh-hant", "或之後採樣的陰性檢測，在整個時段有效"),
        ("zh-hans", "或之后采样的阴性检测，在整个时段有效"),
    ],
)
@pytest.mark.parametrize("part", ["", "print/"])
def test_pass__of_a_scheme_with_tests__says_from_when_on_one_will_do(
    unsigned: Pair, client: Client, part: str, language: str, said: str
) -> None:
    unsigned.set_time(START - timedelta(minutes=1))
    unsigned.activate_text(canonical_text(wider()))
    unsigned.set_time(START)
    applied(client)
    journey = booked(client)
    page = client.get(f"/{language}/application/journeys/{journey}/{part}").content.decode()
    assert page.count(said) == 1, "on the way out alone"


@pytest.mark.parametrize("part", ["", "print/"])
def test_pass__of_a_scheme_that_requires_something__says_every_way(
    unsigned: Pair, client: Client, part: str
) -> None:
    unsigned.set_time(START - timedelta(minutes=1))
    unsigned.activate_text(canonical_text(required()))
    unsigned.set_time(START)
    applied(client)
    journey = booked(client)
    page = client.get(f"/en/application/journeys/{journey}/{part}").content.decode()
    for said in ("Immunity or a test", "Any one of these will do:", "Younger than 3"):
        assert page.count(said) == 1, "on the way out alone"


def test_pass__picture__is_read_back_as_the_signed_text(hk: Pair, client: Client) -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    numpy = pytest.importorskip("numpy")
    applied(client)
    journey = booked(client)
    page = client.get(f"/en/application/journeys/{journey}/").content.decode()
    picture = re.findall(r"<svg.*?</svg>", page)[0]
    size = int(re.search(r'viewBox="0 0 (\d+)', picture).group(1))  # type: ignore[union-attr]
    pixels = numpy.full((size * 3, size * 3), 255, dtype="uint8")
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", picture):
        left, top, wide = int(x) * 3, int(y) * 3, int(length) * 3
        pixels[top : top + 3, left : left + wide] = 0
    text = zxingcpp.read_barcodes(pixels)[0].text
    assert text.startswith("TG1:")
    assert qr_svg(text) == picture
