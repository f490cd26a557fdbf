"""A scheme's requirements as anybody writes them, on whatever a certificate says of health."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fuzz.target import Target, expect, text_of
from tests.builders import brought, dcc
from tongguan.core.certificates.strict_json import MalformedJsonError, read_strict_json
from tongguan.core.gate.nodes import NodeFaultError
from tongguan.core.health.dcc_facts import facts_of_eu_dcc, positive_tests_of_eu_dcc
from tongguan.core.health.requirement_text import WrittenRequirements, read_requirements
from tongguan.core.health.requirements import RequirementMet, judge_requirements

_ENTRY = {"tg": "840539006"}
_WAYS: tuple[dict[str, Any], ...] = (
    {"test": {"within_hours": 48}},
    {"test": {"within_days": 3, "specimens": ["LP6464-4"]}},
    {"doses": {"doses_min": 2, "products": ["EU/1/20/1528"], "days_since_min": 14}},
    {"doses": {"doses_min": 1, "days_since_min": 36_500, "days_since_max": 36_500}},
    {"recovery": {"days_since_min": 11, "days_since_max": 36_500}},
    {"medical_ground": {"grounds": ["allergy"]}},
    {"age": {"years_below": 150}},
    {"age": {"years_min": 150}},
)
_WRITTEN = {
    "zone": "Pacific/Kiritimati",
    "requirements": [{"id": f"way-{number}", "ways": [way]} for number, way in enumerate(_WAYS)],
}
_ZONES = tuple(
    read_requirements(_WRITTEN | {"zone": zone}) for zone in ("Pacific/Kiritimati", "Etc/GMT+12")
)
"""The same in the zones that are furthest ahead and behind."""
_TIMES = (
    *("2021-12-12T01:30:00Z", "2021-12-12T10:00:00+01:00", "2021-08-01", "1980-02-29"),
    *("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "0001-01-01"),
    *("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z", "9999-12-31"),
    *("1970-01-01T00:00:00+14:00", "2106-02-07T06:28:16Z", "2021-W50-1", "2021-12"),
)


def one_dcc_facts(data: bytes) -> None:
    """As requirements and claims in JSON, as claims alone, and as the time of whatever is said."""
    try:
        read = read_strict_json(text_of(data))
    except MalformedJsonError:
        read = None
    is_both = isinstance(read, list) and len(read) == 2
    written, claims = (_requirements(read[0]), read[1]) if is_both else (_ZONES[0], read)
    if written is not None and isinstance(claims, dict):
        _judge(written, claims)
    at_that_time = _claims_of(text_of(data))
    for zoned in _ZONES:
        _judge(zoned, at_that_time)


def _claims_of(time: str) -> dict[str, Any]:
    """Claims in which everything was at this time."""
    return {
        "dob": time,
        "t": [brought.entry_of_test() | {"sc": time}],
        "v": [{**_ENTRY, "dn": 2, "dt": time, "mp": "EU/1/20/1528"}],
        "r": [{**_ENTRY, "fr": time}],
    }


def _judge(asked: WrittenRequirements, claims: dict[str, Any]) -> None:
    positive_tests_of_eu_dcc(claims)
    facts = facts_of_eu_dcc(claims)
    found = judge_requirements(
        asked.requirements, facts, judged=dcc.NOW, now=dcc.NOW, zone=asked.zone
    )
    expect(len(found) == len(asked.requirements), "a requirement without a finding")
    for each in found:
        told = each.until if isinstance(each, RequirementMet) else each.met_from
        expect(told is None or _is_aware(told), "a time without a zone")


def _requirements(written: object) -> WrittenRequirements | None:
    try:
        return read_requirements(written)
    except NodeFaultError:
        return None


def _is_aware(instant: datetime) -> bool:
    return instant.utcoffset() is not None


def _seeds() -> Iterator[bytes]:
    test = {**dcc.DOCUMENT, "t": [brought.entry_of_test()], "v": []}
    yield json.dumps(dcc.DOCUMENT).encode()
    yield json.dumps(test).encode()
    for zone in ("Asia/Hong_Kong", "Asia", "Etc", "../Etc", ""):
        yield json.dumps([_WRITTEN | {"zone": zone}, test]).encode()
    for time in _TIMES:
        yield time.encode()
        yield json.dumps(_claims_of(time)).encode()


TARGETS = (Target(name="dcc_facts", one_input=one_dcc_facts, seeds=_seeds),)
