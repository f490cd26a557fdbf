"""A change in plain data: what is malformed is left for the reader, who names it."""

from typing import Any

import pytest

from tests.builders.scheme_files import sound
from tongguan.core.scheme.amendment import amended, read_amendment
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
