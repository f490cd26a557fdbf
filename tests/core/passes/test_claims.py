"""What a pass may say: everything fits its code, or is refused before it is signed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from credential_examples import pass_claims
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.identifiers import VersionDigest
from tongguan.core.passes.claims import NAME_BYTES_MAX, name_on_pass, pass_version_digest
from tongguan.core.scheme.model import Leg

START = datetime(2021, 12, 13, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pass_id": b"short"}, "pass_id"),
        ({"version_digest": bytes(32)}, "version_digest"),
        ({"holder_tag": bytes(11)}, "holder_tag"),
        ({"issuer": ""}, "issuer"),
        ({"scheme_id": "x" * 41}, "scheme_id"),
        ({"category": "two words"}, "category"),
        ({"control_point": "深圳"}, "control_point"),
        ({"status_list": "\n"}, "status_list"),
        ({"name": ""}, "name"),
        ({"name": " \0\n "}, "name"),
        ({"status_index": -1}, "status_index"),
        ({"status_index": 2**20}, "status_index"),
        ({"slot_end": START}, "slot"),
        ({"slot_end": START + timedelta(days=1, minutes=1)}, "slot"),
        ({"slot_start": START + timedelta(seconds=1)}, "slot"),
        ({"slot_start": START.replace(tzinfo=None)}, "instants"),
        ({"service_day": date(2021, 12, 9)}, "service day"),
        ({"issued_at": START.replace(microsecond=1)}, "instants"),
        ({"expires_at": datetime(2200, 1, 1, tzinfo=UTC)}, "instants"),
        ({"not_before": datetime(1969, 12, 31, tzinfo=UTC)}, "instants"),
        ({"leg": Leg.HOME}, "way home"),
        ({"home_day": date(1969, 12, 31)}, "days"),
    ],
)
def test_pass_claims__refuse__what_no_code_can_say(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValueError, match=field) as raised:
        pass_claims(**changes)
    assert "CHAN" not in str(raised.value)


def test_pass_claims__take_their_holder_period__from_the_service_day() -> None:
    assert pass_claims().holder_period == "2021-12"


@pytest.mark.parametrize(
    ("name", "carried"),
    [
        ("CHAN Tai Man", "CHAN Tai Man"),
        ("  CHAN\u3000Tai\tMan\x07 ", "CHAN Tai Man"),
        ("W" * 100, "W" * 64),
        ("陳" * 40, "陳" * 21),
        ("a" + "陳" * 40, "a" + "陳" * 21),
        ("ab" + "陳" * 40, "ab" + "陳" * 20),
        ("𠮷" * 20, "𠮷" * 16),
        ("W" * 63 + " X", "W" * 63),
    ],
)
def test_name_on_pass__is_cut__at_the_boundary_of_a_character(name: str, carried: str) -> None:
    assert name_on_pass(name) == carried


@given(st.text(max_size=100))
def test_name_on_pass__fits__and_stays_as_it_is_when_cut_again(name: str) -> None:
    carried = name_on_pass(name)
    assert len(carried.encode()) <= NAME_BYTES_MAX
    assert name_on_pass(carried) == carried


def test_version_digest__is_shortened__to_its_first_eight_bytes() -> None:
    assert pass_version_digest(VersionDigest("0123456789abcdef" * 4)).hex() == "0123456789abcdef"
