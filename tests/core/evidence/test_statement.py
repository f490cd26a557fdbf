"""Statements of facts: signed for one day, read back as they were, and nothing else in them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.gate import TAG, hong_kong
from tests.builders.gate_bundle import GD, HK, authority, make_authority
from tongguan.core.credentials import container, cose, strict_cbor
from tongguan.core.credentials.cwt import CODE_ID, EXPIRES_AT, ISSUED_AT, ISSUER, OWN_CLAIMS
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import KeyNotUsableError, KeySet, KeyUse
from tongguan.core.evidence.batch_facts import TestOutcome as Outcome
from tongguan.core.evidence.statement import (
    DOSES_MAX,
    GROUNDS_MAX,
    MEDIA_TYPE,
    STATED_GROUNDS,
    TESTS_MAX,
    FactsStatement,
    StatedDose,
    StatedGround,
    StatedTest,
    encode_statement,
    read_statement,
)
from tongguan.core.health.code import read_health_code
from tongguan.core.health.grounds import HealthReason

KEY = authority(GD).signing[KeyUse.FACTS]
KEYS = KeySet(keys=tuple(each.public for each in authority(GD).signing.values()))


def statement(**changes: Any) -> FactsStatement:
    values: dict[str, Any] = {
        "statement_id": b"s" * 16,
        "issuer": GD,
        "holder_tag": TAG,
        "holder_period": "2021-12",
        "issued_at": hong_kong(13, "08:00"),
        "valid_until": hong_kong(13, "23:59:59"),
        "tests": (
            StatedTest(
                sampled_at=hong_kong(12, "09:00"),
                outcome=Outcome.NEGATIVE,
                specimen="nasal_swab",
            ),
        ),
        "doses": (StatedDose(on=date(2021, 6, 1), number=2, product="vero-cell"),),
        "grounds": (
            StatedGround(reason=HealthReason.HIGH_RISK_STAY, on=date(2021, 12, 1)),
            StatedGround(
                reason=HealthReason.UNDER_QUARANTINE,
                on=date(2021, 12, 10),
                ends_at=hong_kong(24, "00:00"),
            ),
            StatedGround(
                reason=HealthReason.ARRIVED_FROM_OUTSIDE,
                on=date(2021, 12, 2),
                scheme="return2hk",
            ),
        ),
    }
    return FactsStatement(**values | changes)


def code_of(read: FactsStatement | Unreadable) -> ReadFault:
    assert isinstance(read, Unreadable), read
    return read.code


def test_statement__signed__is_read_as_it_was() -> None:
    whole = statement()

    text = encode_statement(whole, KEY)

    assert text.startswith("TG1:")
    assert read_statement(text, KEYS) == whole
    assert len(whole.facts) == 5
    assert whole.facts[:3] == whole.grounds


def test_statement__as_full_as_may_be__fits_one_text() -> None:
    instants = [hong_kong(1, "00:00") + timedelta(hours=each) for each in range(TESTS_MAX)]
    days = [date(2021, 11, 1) + timedelta(days=each) for each in range(GROUNDS_MAX)]
    reasons = STATED_GROUNDS * 3
    whole = statement(
        tests=tuple(
            StatedTest(sampled_at=each, outcome=Outcome.POSITIVE, specimen=f"{n:x}" * 40)
            for n, each in enumerate(instants)
        ),
        doses=tuple(
            StatedDose(on=date(2021, 1, n + 1), number=n + 1, product=f"{n:x}" * 40)
            for n in range(DOSES_MAX)
        ),
        grounds=tuple(
            StatedGround(reason=reason, on=day, ends_at=hong_kong(31, "23:59"))
            for reason, day in zip(reasons, days, strict=False)
        ),
    )

    text = encode_statement(whole, KEY)

    assert len(text) <= container.TEXT_CHARACTERS_MAX
    assert read_statement(text, KEYS) == whole


def test_statement__is_refused__under_any_other_key() -> None:
    text = encode_statement(statement(), KEY)

    assert code_of(read_statement(text, KeySet())) is ReadFault.UNKNOWN_KEY
    forged = encode_statement(statement(), make_authority(GD).signing[KeyUse.FACTS])
    assert code_of(read_statement(forged, KEYS)) is ReadFault.UNKNOWN_KEY
    for use in set(KeyUse) & set(authority(GD).signing) - {KeyUse.FACTS}:
        with pytest.raises(KeyNotUsableError):
            encode_statement(statement(), authority(GD).signing[use])
    with pytest.raises(KeyNotUsableError):
        encode_statement(statement(issuer=HK), KEY)
    years = timedelta(days=800)
    later = statement(
        issued_at=hong_kong(13, "08:00") + years, valid_until=hong_kong(14, "08:00") + years
    )
    with pytest.raises(KeyNotUsableError):
        encode_statement(later, KEY)


def test_statement__is_no_code__and_a_code_no_statement() -> None:
    code = read_health_code(encode_statement(statement(), KEY), KEYS)
    assert isinstance(code, Unreadable)
    assert code.code is ReadFault.WRONG_TYPE
    assert code_of(read_statement(authority(GD).code_text(), KEYS)) is ReadFault.WRONG_TYPE


def text_of(claims: object) -> str:
    """Claims of any kind under the very key for facts."""
    message = cose.sign(
        strict_cbor.encode(claims),
        media_type=MEDIA_TYPE,
        key=KEY,
        use=KeyUse.FACTS,
        at=hong_kong(13, "08:00"),
    )
    return container.to_text(message)


GOOD: dict[int, Any] = {
    ISSUER: "GD",
    EXPIRES_AT: int(hong_kong(13, "23:59:59").timestamp()),
    ISSUED_AT: int(hong_kong(13, "08:00").timestamp()),
    CODE_ID: b"s" * 16,
}
OWN: dict[int, Any] = {1: TAG, 2: "2021-12", 3: [], 4: [], 5: []}


def test_statement__of_no_facts__is_a_statement() -> None:
    assert isinstance(read_statement(text_of({**GOOD, OWN_CLAIMS: OWN}), KEYS), FactsStatement)


@pytest.mark.parametrize(
    "own",
    [
        {},
        {**OWN, 6: []},
        {**OWN, 1: TAG[:-1]},
        {**OWN, 2: "2021-13"},
        {**OWN, 3: {}},
        {**OWN, 3: [1]},
        {**OWN, 3: [{1: 1, 2: 0}]},
        {**OWN, 3: [{1: 1, 2: 3, 3: "swab"}]},
        {**OWN, 3: [{1: 1, 2: 0, 3: "swab", 4: "x"}]},
        {**OWN, 3: [{1: -1, 2: 0, 3: "swab"}]},
        {**OWN, 3: [{1: n, 2: 0, 3: "swab"} for n in range(TESTS_MAX + 1)]},
        {**OWN, 4: [{1: 1, 2: 0, 3: "x"}]},
        {**OWN, 4: [{1: 1, 2: 21, 3: "x"}]},
        {**OWN, 4: [{1: 1, 2: 1, 3: "two words"}]},
        {**OWN, 5: [{1: 1}]},
        {**OWN, 5: [{1: 1, 2: len(STATED_GROUNDS)}]},
        {**OWN, 5: [{1: 1, 2: 1, 4: "return2hk"}]},
        {**OWN, 5: [{1: 1, 2: 4, 5: "440300"}]},
        {**OWN, 5: [{1: 1, 2: 1, 3: "soon"}]},
        {**OWN, 5: [{1: n, 2: 1} for n in range(GROUNDS_MAX + 1)]},
    ],
    ids=str,
)
def test_statement__of_another_form__says_nothing(own: dict[int, Any]) -> None:
    text = text_of({**GOOD, OWN_CLAIMS: own})

    assert code_of(read_statement(text, KEYS)) is ReadFault.UNREADABLE_CLAIMS


@pytest.mark.parametrize(
    "wrong",
    [
        {EXPIRES_AT: GOOD[ISSUED_AT]},
        {CODE_ID: b"s"},
        {8: 1},
        {ISSUER: ""},
    ],
    ids=str,
)
def test_statement__of_another_envelope__says_nothing(wrong: dict[int, Any]) -> None:
    text = text_of({**GOOD, OWN_CLAIMS: OWN, **wrong})

    assert code_of(read_statement(text, KEYS)) is ReadFault.UNREADABLE_CLAIMS


@pytest.mark.parametrize(
    "wrong",
    [
        {"statement_id": b"s"},
        {"holder_tag": b"t"},
        {"holder_period": "2021"},
        {"issuer": ""},
        {"valid_until": hong_kong(13, "08:00")},
        {"tests": statement().tests * (TESTS_MAX + 1)},
    ],
)
def test_statement__that_could_not_be_read_back__is_not_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong)).replace("valid_until", "ends before")):
        statement(**wrong)


def test_statement__prints__nothing_of_its_holder() -> None:
    whole = statement()

    for each in (whole, *whole.facts):
        assert "swab" not in repr(each)
        assert "quarantine" not in repr(each)


instants = st.datetimes(datetime(2021, 1, 1), datetime(2024, 1, 1)).map(  # noqa: DTZ001 - made UTC
    lambda each: each.replace(microsecond=0, tzinfo=UTC)
)
days = st.dates(date(2020, 1, 1), date(2024, 1, 1))
names = st.text("abcxyz-_09", min_size=1, max_size=40)
tests = st.builds(StatedTest, sampled_at=instants, outcome=st.sampled_from(Outcome), specimen=names)
doses = st.builds(StatedDose, on=days, number=st.integers(1, 20), product=names)
grounds = st.builds(
    StatedGround,
    reason=st.sampled_from(STATED_GROUNDS),
    on=days,
    ends_at=st.none() | instants,
) | st.builds(
    StatedGround, reason=st.just(HealthReason.ARRIVED_FROM_OUTSIDE), on=days, scheme=names
)


@given(
    each=st.builds(
        statement,
        statement_id=st.binary(min_size=16, max_size=16),
        tests=st.lists(tests, max_size=TESTS_MAX).map(tuple),
        doses=st.lists(doses, max_size=DOSES_MAX).map(tuple),
        grounds=st.lists(grounds, max_size=GROUNDS_MAX).map(tuple),
    )
)
def test_any_statement__comes_back__from_its_text(each: FactsStatement) -> None:
    assert read_statement(encode_statement(each, KEY), KEYS) == each


@given(text=st.text(max_size=60))
def test_reading__never_raises__whatever_the_text(text: str) -> None:
    for each in (text, f"TG1:{text}"):
        assert isinstance(read_statement(each, KEYS), Unreadable)


def test_fact__that_could_not_be_read_back__is_not_made() -> None:
    ground = StatedGround(reason=HealthReason.CONFIRMED, on=date(2021, 12, 1))
    for wrong in (
        {"reason": HealthReason.NOTHING_ADVERSE},
        {"scheme": "return2hk"},
        {"on": date(1960, 1, 1)},
        {"ends_at": datetime(2021, 12, 13)},  # noqa: DTZ001 - that is what is wrong
    ):
        with pytest.raises(ValueError, match=r"ground|arrival|1970|zone"):
            replace(ground, **wrong)  # type: ignore[arg-type]
