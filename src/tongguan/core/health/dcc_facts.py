"""Facts for a scheme's health requirements in what an EU Digital COVID Certificate says.

Nothing is guessed: an entry about another disease, a test that was not negative, and whatever is
not in the form of the schema are no fact. Products and kinds of test keep the codes of the EU's
value sets; a requirement that is to be met by such certificates names them.

Source: EU DCC schema 1.3.0 (eHealth Network).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from tongguan.core.health.requirements import CertifiedTest, Dose, HealthFacts, Recovery

_COVID_19: Final = "840539006"
_NOT_DETECTED: Final = "260415000"
_DETECTED: Final = "260373001"
_DAY_CHARACTERS: Final = 10
_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?", re.ASCII)
"""Some countries write the day of a dose with a time behind it."""
_YEARS: Final = (1971, 2105)
"""Outside, an instant in another zone may not exist, nor one some days later."""


def facts_of_eu_dcc(claims: Mapping[str, Any]) -> HealthFacts:
    """What the claims of a verified certificate tell; whose they are is for the reader to see."""
    return HealthFacts(
        tests=tuple(_tests(claims, _NOT_DETECTED)) if "t" in claims else (),
        doses=tuple(_doses(claims)) if "v" in claims else (),
        recoveries=tuple(_recoveries(claims)) if "r" in claims else (),
        born_on=_day(claims.get("dob")),
    )


def positive_tests_of_eu_dcc(claims: Mapping[str, Any]) -> tuple[CertifiedTest, ...]:
    """Tests that found the disease: no requirement is met by one."""
    return tuple(_tests(claims, _DETECTED))


def _entries(claims: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    listed = claims.get(kind)
    return [
        entry
        for entry in (listed if type(listed) is list else ())
        if type(entry) is dict and entry.get("tg") == _COVID_19
    ]


def _tests(claims: Mapping[str, Any], result: str) -> Iterator[CertifiedTest]:
    for entry in _entries(claims, "t"):
        sampled_at, kind = _instant(entry.get("sc")), entry.get("tt")
        if entry.get("tr") == result and sampled_at is not None and type(kind) is str:
            yield CertifiedTest(sampled_at=sampled_at, reported_at=None, specimen=kind)


def _doses(claims: Mapping[str, Any]) -> Iterator[Dose]:
    for entry in _entries(claims, "v"):
        number, given_on, product = entry.get("dn"), _day(entry.get("dt")), entry.get("mp")
        if type(number) is int and number > 0 and given_on is not None and type(product) is str:
            yield Dose(number=number, given_on=given_on, product=product)


def _recoveries(claims: Mapping[str, Any]) -> Iterator[Recovery]:
    for entry in _entries(claims, "r"):
        first_positive_on = _day(entry.get("fr"))
        if first_positive_on is not None:
            yield Recovery(first_positive_on=first_positive_on)


def _day(value: object) -> date | None:
    """The day; None for a month or a year alone, which some dates of birth are."""
    if type(value) is not str:
        return None
    text = value
    if len(value) != _DAY_CHARACTERS:
        match = _DAY.fullmatch(value)
        if match is None:
            return None
        text = match[1]
    # A week of a year has as many characters, and its separators elsewhere.
    if text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _instant(value: object) -> datetime | None:
    """The instant; None for a time without a zone, which could be any of a day's, and for years
    in which nobody was sampled.
    """
    try:
        instant = datetime.fromisoformat(value) if type(value) is str else None
    except ValueError:
        return None
    if instant is None or instant.utcoffset() is None:
        return None
    return instant if _YEARS[0] <= instant.year <= _YEARS[1] else None
