"""A change in plain data: what is malformed is left for the reader, who names it."""

from typing import Any

import pytest

from tests.builders.scheme_files import sound
from tongguan.core.scheme.amendment import amended, read_amendment
from tongguan.core.scheme.difference.changes import ChangeKind
from tongguan.core.scheme.difference.compare import differences
from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.model.amendment import Amendment
from tongguan.core.scheme.reading import read_version


def _changed(*changes: dict[str, Any]) -> object:
    base = read_version(sound(), {})
    assert isinstance(base, Version)
    written = {
        "amends": "small",
        "id": "small-2",
        "version": 2,
        "summary": {"zh-Hant": "改", "zh-Hans": "改", "en": "Changed"},
        "changes": list(changes),
    }
    amendment = read_amendment(written, {})
    assert isinstance(amendment, Amendment), amendment
    return amended(amendment, base, written, {})


@pytest.mark.parametrize("claims", [[{}], [["F1"]], [None], {"F1": 1}, 5])
def test_claims__of_an_added_clause__may_be_malformed(claims: object) -> None:
    denied = {"code": "440305", "kind": "division", "claims": claims}
    read = _changed({"add": "phases/pilot/area/deny", "item": denied})
    assert isinstance(read, tuple)
    assert read


@pytest.mark.parametrize("digits", [1, 20, 5000])
def test_number__in_a_list__may_be_of_any_length(digits: int) -> None:
    change = {"set": "phases/pilot/area/allow", "to": [10**digits], "claims": ["F1"]}
    item = {"add": "phases/pilot/area/allow", "item": "82", "claims": ["F1"]}
    read = _changed(change, item)
    assert isinstance(read, tuple)
    expected = FaultCode.WRONG_TYPE if digits > 1000 else FaultCode.UNQUOTED
    assert {fault.code for fault in read} == {expected}


def _whole(name: str, **changes: Any) -> dict[str, Any]:
    """A quota of the sound text as it would stand after a change."""
    quotas = {each["id"]: each for each in sound()["phases"][0]["quotas"]}
    return quotas[name] | changes


def test_item__set_as_a_whole__keeps_its_name() -> None:
    place = "phases/pilot/quotas/port-day"
    renamed = _changed({"set": place, "to": _whole("port-day", id="port-hour")})
    assert isinstance(renamed, tuple)
    assert [fault.code for fault in renamed] == [FaultCode.CHANGE_OF_ID]
    changed = _changed({"set": place, "to": _whole("port-day", limit=900)})
    assert isinstance(changed, Version)
    assert [each.limit for each in changed.phases[0].quotas if each.id == "port-day"] == [900]


def _denied(first: str | None, last: str | None) -> dict[str, Any]:
    return {
        "code": "440305",
        "kind": "division",
        "first": first,
        "last": last,
        "claims": ["F1"],
    }


def test_division__denied_again__stands_beside_the_first_time_and_is_reached_by_its_day() -> None:
    deny = "phases/pilot/area/deny"
    first = _denied("2021-12-01", "2021-12-05")
    again = _denied("2022-03-01", None)
    read = _changed(
        {"add": deny, "item": first},
        {"add": deny, "item": again},
        {"set": f"{deny}/440305-2022-03-01/last", "to": "2022-03-09", "claims": ["F1"]},
    )
    assert isinstance(read, Version), read
    area = read.phases[0].area
    assert area is not None
    assert [(each.code, str(each.first), str(each.last)) for each in area.deny] == [
        ("440305", "2021-12-01", "2021-12-05"),
        ("440305", "2022-03-01", "2022-03-09"),
    ]
    twice = _changed({"add": deny, "item": first}, {"add": deny, "item": first})
    assert isinstance(twice, tuple)
    assert [fault.code for fault in twice] == [FaultCode.CHANGE_ITEM_EXISTS]


def test_division__denied_again__is_a_difference() -> None:
    once, twice = sound(), sound()
    once["phases"][0]["area"]["deny"] = [_denied("2021-12-01", "2021-12-05")]
    twice["phases"][0]["area"]["deny"] = [
        _denied("2021-12-01", "2021-12-05"),
        _denied("2022-03-01", None),
    ]
    texts = [read_version(each, {}) for each in (once, twice)]
    old, new = (each for each in texts if isinstance(each, Version))
    (change,) = differences(old, new)
    assert (change.kind, change.after["first"]) == (ChangeKind.ADDED, "2022-03-01")
