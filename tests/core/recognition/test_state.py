"""What is recognised: by two signatures under one text, within its dates, until one withdraws."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.gate import hong_kong
from tests.builders.gate_bundle import GD, HK, authority, reference
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeySet, KeyUse
from tongguan.core.identifiers import AuthorityId
from tongguan.core.recognition.references import (
    RecognisedUse,
    RecognitionStatement,
    Reference,
    StatementKind,
    read_kept_recognition,
    read_received_recognition,
    read_signed_recognition,
    reference_digest,
    sign_recognition,
    statement_about,
)
from tongguan.core.recognition.state import (
    RecognitionState,
    recognised,
    state_of,
)

MO = AuthorityId("MO")
TEXT = reference(HK, GD)
LIST = authority(GD).trust_list()
NOON = hong_kong(13, "12:00")
SECOND = timedelta(seconds=1)
KEYS = KeySet(
    keys=tuple(key.public for each in (HK, GD) for key in authority(each).signing.values())
)
CODE_KEY = authority(GD).signing[KeyUse.HEALTH_CODE].public.key_id
FACTS_KEY = authority(GD).signing[KeyUse.FACTS].public.key_id


def signs(
    by: AuthorityId, text: Reference = TEXT, at: datetime = TEXT.begins
) -> RecognitionStatement:
    return statement_about(text, StatementKind.SIGN, by, at)


def withdraws(by: AuthorityId, at: datetime, text: Reference = TEXT) -> RecognitionStatement:
    return statement_about(text, StatementKind.WITHDRAW, by, at)


BOTH = (signs(HK), signs(GD))


def holds(
    statements: tuple[RecognitionStatement, ...] = BOTH,
    now: datetime = NOON,
    lists: Any = (LIST,),
    **asked: Any,
) -> bool:
    asked = {"by": HK, "issuer": GD, "usage": RecognisedUse.HEALTH_CODE, "key_id": CODE_KEY} | asked
    return recognised(statements, lists, now=now, **asked)


def test_key__is_recognised__once_both_have_signed_one_text() -> None:
    assert holds()
    for each in BOTH:
        assert not holds((each,))
        assert state_of(TEXT, (each,), (LIST,), NOON) is RecognitionState.ONE_SIGNATURE
    assert not holds(())


@pytest.mark.parametrize(
    "differs",
    [
        {"list_version": 2},
        {"list_digest": "ab" * 32},
        {"usages": (RecognisedUse.HEALTH_CODE,)},
        {"begins": TEXT.begins + SECOND},
        {"ends": TEXT.ends + SECOND},
    ],
)
def test_signatures__under_two_texts__recognise_nothing(differs: dict[str, Any]) -> None:
    other = replace(TEXT, **differs)

    assert reference_digest(other) != reference_digest(TEXT)
    assert not holds((signs(HK), signs(GD, other)))


def test_key__is_recognised__from_the_later_signature_within_the_dates() -> None:
    late = (signs(HK), signs(GD, at=NOON))
    assert not holds(late, NOON - SECOND)
    assert holds(late, NOON)
    ahead = (signs(HK, at=TEXT.begins - SECOND), signs(GD, at=TEXT.begins - SECOND))
    assert not holds(ahead, TEXT.begins - SECOND)
    assert state_of(TEXT, ahead, (LIST,), TEXT.begins - SECOND) is RecognitionState.TO_COME
    assert holds(ahead, TEXT.begins)
    assert holds(BOTH, TEXT.ends - SECOND)
    assert not holds(BOTH, TEXT.ends)
    assert state_of(TEXT, BOTH, (LIST,), TEXT.ends) is RecognitionState.ENDED


@pytest.mark.parametrize("by", [HK, GD])
def test_withdrawal__by_either__holds_from_its_instant_for_good(by: AuthorityId) -> None:
    statements = (*BOTH, withdraws(by, NOON))

    assert holds(statements, NOON - SECOND)
    assert not holds(statements, NOON)
    again = (*statements, signs(HK, at=NOON + SECOND), signs(GD, at=NOON + SECOND))
    assert not holds(again, NOON + timedelta(hours=1))
    anew = replace(TEXT, begins=NOON)
    assert holds((*statements, signs(HK, anew), signs(GD, anew)), NOON + SECOND)


def test_list__of_another_hash_number_or_authority__recognises_nothing() -> None:
    assert not holds(lists=())
    assert state_of(TEXT, BOTH, (), NOON) is RecognitionState.LIST_UNKNOWN
    for other in (
        replace(LIST, rules=("other",)),
        replace(LIST, at=LIST.at + SECOND),
        replace(LIST, version=2),
        replace(LIST, authority=MO),
    ):
        assert not holds(lists=(other,))


def test_key__is_recognised__for_its_usage_by_its_authority_alone() -> None:
    assert holds(usage=RecognisedUse.CONVERSION, key_id=FACTS_KEY)
    assert not holds(usage=RecognisedUse.CONVERSION)
    assert not holds(key_id=FACTS_KEY)
    assert not holds(by=GD)
    assert not holds(by=GD, issuer=HK)
    assert not holds(issuer=MO)
    only_codes = replace(TEXT, usages=(RecognisedUse.HEALTH_CODE,))
    signed = (signs(HK, only_codes), signs(GD, only_codes))
    assert holds(signed)
    assert not holds(signed, usage=RecognisedUse.CONVERSION, key_id=FACTS_KEY)


@given(
    order=st.permutations(
        (*BOTH, withdraws(GD, NOON), signs(HK, replace(TEXT, begins=NOON + SECOND)))
    ),
    after=st.integers(-3, 3),
)
def test_order__in_which_statements_came__changes_nothing(
    order: list[RecognitionStatement], after: int
) -> None:
    now = NOON + after * SECOND
    found = {holds(tuple(each), now) for each in permutations(order)}

    assert found == {after < 0}


def test_statement__signed__is_read_as_it_was_and_by_no_other_hand() -> None:
    statement = signs(GD)
    message = sign_recognition(statement, authority(GD).signing[KeyUse.SCHEME]).message

    for read in (read_signed_recognition, read_received_recognition):
        found = read(message, KEYS)
        assert not isinstance(found, Unreadable)
        assert (found.statement, found.statement.reference) == (statement, TEXT)
    assert read_kept_recognition(message).statement == statement
    with pytest.raises(ValueError, match="its own statements only"):
        sign_recognition(statement, authority(HK).signing[KeyUse.SCHEME])


def test_statement__of_a_third_authority__is_not_made() -> None:
    with pytest.raises(ValueError, match="only the two"):
        signs(MO)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"of": HK}, "nobody recognises their own"),
        ({"usages": ()}, "each usage once"),
        ({"usages": tuple(reversed(RecognisedUse))}, "each usage once"),
        ({"ends": TEXT.begins}, "ends after it begins"),
        ({"begins": TEXT.begins.replace(microsecond=1)}, "whole second"),
    ],
)
def test_reference__that_cannot_be__is_not_made(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(TEXT, **wrong)


@given(data=st.binary(max_size=60))
def test_reading__never_raises__whatever_the_bytes(data: bytes) -> None:
    assert isinstance(read_signed_recognition(data, KEYS), Unreadable)


texts = st.builds(
    lambda usages, digest, number, lasts: replace(
        TEXT,
        usages=tuple(sorted(usages)),
        list_digest=digest.hex(),
        list_version=number,
        ends=TEXT.begins + lasts * SECOND,
    ),
    usages=st.lists(st.sampled_from(RecognisedUse), min_size=1, unique=True),
    digest=st.binary(min_size=32, max_size=32),
    number=st.integers(1, 1_000_000),
    lasts=st.integers(1, 10**8),
)


@given(text=texts, kind=st.sampled_from(StatementKind), by=st.sampled_from([HK, GD]))
def test_any_statement__comes_back__from_its_message(
    text: Reference, kind: StatementKind, by: AuthorityId
) -> None:
    statement = statement_about(text, kind, by, NOON)
    signed = sign_recognition(statement, authority(by).signing[KeyUse.SCHEME])

    read = read_signed_recognition(signed.message, KEYS)

    assert not isinstance(read, Unreadable)
    assert (read.statement, read.statement.reference) == (statement, text)
