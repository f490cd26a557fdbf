"""Holder tags: one person, one tag on both sides of the border, and nothing told by it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from credential_test_keys import GD, HK, agreement_test_key, public_test_key
from hypothesis import given
from hypothesis import strategies as st

from tongguan.core.credentials.holder import (
    HolderKey,
    agreement_key_of,
    holder_key,
    holder_period,
    holder_tag,
    is_holder_period,
    lasting_number,
    normalised_document_number,
)
from tongguan.core.credentials.keys import KeySet, KeyState, KeyUse
from tongguan.core.identifiers import SchemeId

SCHEME = SchemeId("hk-gd-2021")
KEY = HolderKey(scheme_id=SCHEME, period="2021-12", secret=bytes(range(32)))


def tag(number: str, key: HolderKey = KEY, kind: str = "hkid", country: str = "HKG") -> bytes:
    return holder_tag(key, document_type=kind, document_number=number, issuing_country=country)


def derive(period: str = "2021-12", scheme: SchemeId = SCHEME) -> tuple[HolderKey, HolderKey]:
    own, other = agreement_test_key(HK), agreement_test_key(GD)
    return (
        holder_key(own, other.public, scheme_id=scheme, period=period),
        holder_key(other, own.public, scheme_id=scheme, period=period),
    )


def test_holder_key__is_the_same__from_both_sides() -> None:
    ours, theirs = derive()
    assert ours == theirs
    assert tag("A123456(7)", ours) == tag("A1234567", theirs)


def test_holder_key__differs__by_month_and_scheme() -> None:
    keys = {
        derive(period, scheme)[0].secret
        for period in ("2021-12", "2022-01")
        for scheme in (SCHEME, SchemeId("another"))
    }
    assert len(keys) == 4


def test_holder_key__never_shows_itself() -> None:
    assert KEY.secret.hex() not in repr(KEY)
    assert "HIDDEN" in repr(KEY)
    assert str(KEY.secret) not in f"{[KEY]}"


@pytest.mark.parametrize(
    "number",
    [
        "A123456(7)",
        "a1234567",
        " A 123456 7 ",
        "A123456-7",
        "A123456（7）",
        "Ａ１２３４５６７",
        "[A1234567]",
    ],
)
def test_document_number__is_one__however_it_is_written(number: str) -> None:
    assert normalised_document_number(number) == "A1234567"
    assert tag(number) == tag("A123456(7)")


@pytest.mark.parametrize("card", ["H12345678", "H1234567800", "h 12345678 (01)", "Ｈ1234567812"])
def test_home_return_permit__is_one_persons__on_whichever_card(card: str) -> None:
    assert lasting_number("home_return_permit", card) == "H12345678"
    tags = {tag(each, kind="home_return_permit", country="CHN") for each in (card, "H12345678")}
    assert len(tags) == 1


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("home_return_permit", "H123456789"),
        ("home_return_permit", "H123456780123"),
        ("home_return_permit", "K1234567801"),
        ("exit_entry_permit", "H1234567801"),
        ("passport", "H1234567801"),
        ("mainland_id", "11010519491231002X"),
    ],
)
def test_number__without_a_count__loses_nothing(kind: str, number: str) -> None:
    assert lasting_number(kind, number) == number


def test_holder_tag__differs__by_each_field() -> None:
    tags = {
        tag("A1234567"),
        tag("A1234568"),
        tag("A1234567", kind="passport"),
        tag("A1234567", country="CHN"),
        tag("A1234567", derive()[0]),
    }
    assert len(tags) == 5
    assert {len(each) for each in tags} == {12}


def test_holder_tag__keeps__its_fields_apart() -> None:
    assert tag("1B", kind="A") != tag("B", kind="A1")


@pytest.mark.parametrize("number", ["", " ", "()", "-", "（）"])
def test_holder_tag__is_refused__to_no_number(number: str) -> None:
    with pytest.raises(ValueError, match="number"):
        tag(number)


@given(st.text(max_size=30))
def test_document_number__is_normal__once_normalised(number: str) -> None:
    once = normalised_document_number(number)
    assert not set(once) & set(" -()[]（）")
    if once.isascii():
        assert normalised_document_number(once) == once


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2021, 12, 31), "2021-12"),
        (date(2022, 1, 1), "2022-01"),
        (date(2022, 10, 2), "2022-10"),
    ],
)
def test_holder_period__is_the_month__of_the_service_day(day: date, period: str) -> None:
    assert holder_period(day) == period
    assert is_holder_period(period)


@pytest.mark.parametrize(
    "text", ["", "2021-13", "2021-00", "2021-1", "21-01", "2021-12\n", "２021-12"]
)
def test_holder_period__is_refused__when_it_is_no_month(text: str) -> None:
    assert not is_holder_period(text)
    with pytest.raises(ValueError, match="holder key"):
        HolderKey(scheme_id=SCHEME, period=text, secret=bytes(32))


def test_agreement_key__stays__when_a_newer_one_joins_within_the_month() -> None:
    first = public_test_key(KeyUse.AGREEMENT, not_before=datetime(2021, 12, 13, tzinfo=UTC))
    second = public_test_key(
        KeyUse.AGREEMENT, label="2", not_before=datetime(2021, 12, 20, tzinfo=UTC)
    )
    keys = KeySet(keys=(second, first, public_test_key(KeyUse.AGREEMENT, GD)))
    assert agreement_key_of(keys, HK, "2021-12") == first
    assert agreement_key_of(keys, HK, "2021-11") is None
    ended = replace(first, state=KeyState.RETIRED, not_after=datetime(2022, 1, 1, tzinfo=UTC))
    keys = KeySet(keys=(second, ended))
    assert agreement_key_of(keys, HK, "2021-12") == ended
    assert agreement_key_of(keys, HK, "2022-01") == second


@pytest.mark.parametrize("state", [KeyState.PREPARED, KeyState.REVOKED])
def test_agreement_key__is_not_taken__prepared_or_revoked(state: KeyState) -> None:
    key = public_test_key(KeyUse.AGREEMENT, state=state)
    assert agreement_key_of(KeySet(keys=(key,)), HK, "2021-12") is None
