"""The table of divisions: gaps, prefixes, places without parts."""

import pytest

from tongguan.core.area.divisions import (
    DIVISION_TABLE_REVISION,
    DIVISIONS,
    is_division,
    is_within,
    nearest_division,
    prefix_of,
)


def test_table__holds__34_provinces_21_cities_and_9_districts() -> None:
    codes = [division.code for division in DIVISIONS]
    assert len(set(codes)) == len(codes) == 34 + 21 + 9
    assert sum(code.endswith("0000") for code in codes) == 34
    cities = [code for code in codes if code.startswith("44") and code[2:] != "0000"]
    assert sum(code.endswith("00") for code in cities) == 21
    assert sum(code.startswith("4403") for code in cities) == 10
    assert DIVISION_TABLE_REVISION == "201904"


def test_name__stands__in_three_languages() -> None:
    names = {division.code: division.name for division in DIVISIONS}
    guangdong = names[DIVISIONS[18].code]
    assert (guangdong.zh_hant, guangdong.zh_hans, guangdong.en) == ("廣東省", "广东省", "Guangdong")
    assert all(name.zh_hant and name.zh_hans and name.en for name in names.values())
    english = [name.en for name in names.values()]
    assert len(set(english)) == len(english)


@pytest.mark.parametrize(
    "code", ["44", "4403", "440300", "440305", "440000", "810000", "82", "420100", "440106", "4201"]
)
def test_code__is_known__when_its_nearest_listed_part_is(code: str) -> None:
    assert is_division(code)


@pytest.mark.parametrize(
    "code",
    [
        "441000",  # a gap in the numbering of cities
        "441100",
        "445000",
        "440302",  # retired before the table
        "440399",
        "441901",  # Dongguan has no districts
        "442001",
        "810101",  # Hong Kong and Macao have no official lower codes
        "820001",
        "990000",
        "99",
        "",
        "4",
        "440",
        "44030",
        "4403000",
        "440305007",  # a statistics code of a street
        "44030a",
        "４４０３００",
        "44 ",
    ],
)
def test_code__is_unknown(code: str) -> None:
    assert not is_division(code)


@pytest.mark.parametrize(
    ("code", "prefix"),
    [("440000", "44"), ("440300", "4403"), ("442000", "4420"), ("440310", "440310"), ("44", "44")],
)
def test_prefix__is__what_the_parts_begin_with(code: str, prefix: str) -> None:
    assert prefix_of(code) == prefix


def test_part__lies_within__by_prefix_and_never_by_range() -> None:
    assert is_within("445300", "44")
    assert is_within("440305", "440300")
    assert is_within("440300", "4403")
    assert not is_within("440000", "440300")
    assert not is_within("450000", "44")
    assert not is_within("442000", "440200")


def test_unlisted_code__is_named__by_what_it_lies_in() -> None:
    nearest = nearest_division("420100")
    assert nearest is not None
    assert nearest.name.en == "Hubei"
