"""Every form of a date-time that the specification lists, and how date-times are moved."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tongguan.core.certlogic.compile import CompiledRule, compile_rule
from tongguan.core.certlogic.date_times import read_date_of_birth, read_date_time
from tongguan.core.certlogic.values import CertLogicError

NOON = "2021-05-04T12:00:00"


def shown(at: datetime) -> str:
    assert at.tzinfo is UTC
    return at.isoformat(timespec="milliseconds").removesuffix("+00:00")


def moved(text: str, amount: int, unit: str) -> str:
    rule = compile_rule({"plusTime": [text, amount, unit]})
    assert isinstance(rule, CompiledRule)
    at: Any = rule.evaluate(None)
    return shown(at)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2021-05-04", "2021-05-04T00:00:00.000"),
        ("2004", "2004-12-31T00:00:00.000"),
        ("9999", "9999-12-31T00:00:00.000"),
        ("2004-02", "2004-02-29T00:00:00.000"),
        ("2003-02", "2003-02-28T00:00:00.000"),
        ("2004-11", "2004-11-30T00:00:00.000"),
        ("2004-12", "2004-12-31T00:00:00.000"),
        ("9999-12", "9999-12-31T00:00:00.000"),
        (NOON, "2021-05-04T12:00:00.000"),
        (f"{NOON}Z", "2021-05-04T12:00:00.000"),
        (f"{NOON}+00:00", "2021-05-04T12:00:00.000"),
        (f"{NOON}-00:00", "2021-05-04T12:00:00.000"),
        (f"{NOON}+2", "2021-05-04T10:00:00.000"),
        (f"{NOON}+02", "2021-05-04T10:00:00.000"),
        (f"{NOON}-230", "2021-05-04T14:30:00.000"),
        (f"{NOON}-0230", "2021-05-04T14:30:00.000"),
        (f"{NOON}+2:30", "2021-05-04T09:30:00.000"),
        (f"{NOON}+13:00", "2021-05-03T23:00:00.000"),
        (f"{NOON}-02:30", "2021-05-04T14:30:00.000"),
        (f"{NOON}.1", "2021-05-04T12:00:00.100"),
        (f"{NOON}.01Z", "2021-05-04T12:00:00.010"),
        (f"{NOON}.0019Z", "2021-05-04T12:00:00.001"),
        (f"{NOON}.0009999999999Z", "2021-05-04T12:00:00.000"),
        (f"{NOON}.5+1", "2021-05-04T11:00:00.500"),
        (f"{NOON}.5-0130", "2021-05-04T13:30:00.500"),
        ("0001-01-01", "0001-01-01T00:00:00.000"),
    ],
)
def test_text__is_read__in_each_form(text: str, instant: str) -> None:
    assert shown(read_date_time(text)) == instant


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "20210504", "2021-5-4", "2021-W18-2", "2021-124", "21-05-04", "02021-05-04"),
        *("2021-13", "2021-00", "2021-02-29", "2021-04-31", "0000", "0000-01", "0000-01-01"),
        *("2021-05-04T12:00", "2021-05-04 12:00:00", "2021-05-04t12:00:00", f"{NOON}z"),
        *("2021-05-04T24:00:00", "2021-05-04T24:00:00Z", "2021-05-04T12:60:00Z"),
        *("2021-05-04T12:00:60Z", "2021-05-04T24:00:00.0Z", f"{NOON}+24:00", f"{NOON}+24"),
        *(f"{NOON}+02:60", f"{NOON}.5+02:60", f"{NOON}+2:", f"{NOON}+", f"{NOON}.", f"{NOON},5"),
        *(f"{NOON}Z\n", "2021-05-04\n", " 2021-05-04", "２０２１-05-04", f"{NOON}+02:00:00"),
        *("0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59.9-1"),
        "\ud800021-05-04",
    ],
)
def test_text__in_another_form__is_an_error(text: str) -> None:
    with pytest.raises(CertLogicError):
        read_date_time(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [("2004", "2004-12-31"), ("2004-02", "2004-02-29"), ("2021-05-04", "2021-05-04")],
)
def test_date_of_birth__is__the_last_day_it_may_mean(text: str, day: str) -> None:
    assert shown(read_date_of_birth(text)) == f"{day}T00:00:00.000"


@pytest.mark.parametrize("text", ["", f"{NOON}Z", NOON, "2004-13", "2003-02-29", "1.1.2004"])
def test_date_of_birth__with_a_time_or_no_day__is_an_error(text: str) -> None:
    with pytest.raises(CertLogicError):
        read_date_of_birth(text)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "day"),
    [
        ("2021-06-23", 1, "day", "2021-06-24"),
        ("2021-06-23", -180, "day", "2020-12-25"),
        ("2021-06-23", 72, "hour", "2021-06-26"),
        ("2021-12-01", 1, "month", "2022-01-01"),
        ("2021-12-01", -12, "month", "2020-12-01"),
        ("2020-02-29", 1, "day", "2020-03-01"),
        ("2020-02-29", 1, "month", "2020-03-29"),
        ("2020-03-29", -1, "month", "2020-02-29"),
        ("2021-01-31", 1, "month", "2021-03-03"),
        ("2021-03-31", -1, "month", "2021-03-03"),
        ("2020-02-29", 1, "year", "2021-03-01"),
        ("2020-02-29", -1, "year", "2019-03-01"),
        ("2020-02-29", 4, "year", "2024-02-29"),
        ("2004-02-29", 18, "year", "2022-03-01"),
        ("2004", 18, "year", "2022-12-31"),
        ("2004-02", 0, "year", "2004-02-29"),
    ],
)
def test_date__moved__runs_over_where_a_month_is_shorter(
    text: str, amount: int, unit: str, day: str
) -> None:
    assert moved(text, amount, unit) == f"{day}T00:00:00.000"


def test_months__count__in_utc() -> None:
    """At 00:30 of 1 May two hours east it is still 30 April in UTC."""
    assert moved("2021-05-01T00:30:00+02:00", -1, "month") == "2021-03-30T22:30:00.000"


@pytest.mark.parametrize("unit", ["year", "month", "day", "hour"])
@pytest.mark.parametrize("amount", [-10_000_000, 10_000_000])
def test_date__moved_out_of_all_years__is_an_error(unit: str, amount: int) -> None:
    rule = compile_rule({"plusTime": [{"var": ""}, amount, unit]})
    assert isinstance(rule, CompiledRule)
    for text in ("0001-01-01", "9999-12-31"):
        if unit == "hour" and (amount > 0) == (text < "1"):
            continue
        with pytest.raises(CertLogicError):
            rule.evaluate(text)
