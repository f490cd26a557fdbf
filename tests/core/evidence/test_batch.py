"""Signed batches: read back as they were said, or refused with the place of what is wrong."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.authorities import START, person
from tests.builders.evidence import (
    YEAR,
    ZONE,
    a_contact,
    a_test,
    an_arrival,
    batch,
    entry,
    source_signing_key,
)
from tongguan.core.credentials import cose
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.evidence.batch import (
    MEDIA_TYPE,
    MESSAGE_BYTES_MAX,
    BatchTerms,
    SignedBatch,
    UnsayableBatchError,
    read_batch,
    sign_batch,
)
from tongguan.core.evidence.batch_content import (
    Batch,
    EndedPlace,
    ListedPlace,
    Withdrawal,
    WithdrawalReason,
    batch_as_data,
)
from tongguan.core.evidence.batch_facts import BatchEntry, end_of, ground_of
from tongguan.core.evidence.batch_faults import BatchFault, BatchRefused
from tongguan.core.evidence.records import EvidenceKind, Route
from tongguan.core.evidence.sources import EvidenceSource, SourceKind
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import AuthorityId, DivisionCode, EvidenceId, EvidenceSourceId
from tongguan.core.people import Document, DocumentType

KEY = source_signing_key("source")
TERMS = BatchTerms(
    authority=AuthorityId("HK"),
    zone=ZONE,
    entries_max=dict.fromkeys(Route, 5),
    now=START,
    clock_tolerance=timedelta(seconds=60),
)


def source(kind: SourceKind = SourceKind.LABORATORY, **changed: Any) -> EvidenceSource:
    made = EvidenceSource(
        id=EvidenceSourceId("source"),
        kind=kind,
        unit=None,
        name="source",
        public=KEY.public.public,
        not_before=START - YEAR,
        not_after=START + YEAR,
        enrolled_at=START,
    )
    return replace(made, **changed)


def read(message: bytes, kind: SourceKind = SourceKind.LABORATORY) -> SignedBatch | BatchRefused:
    return read_batch(message, sources=[source(kind)], terms=TERMS)


def refused(said: Batch, kind: SourceKind = SourceKind.LABORATORY) -> tuple[BatchFault, str]:
    answer = read(sign_batch(said, KEY), kind)
    assert isinstance(answer, BatchRefused), answer
    return answer.code, answer.place


def payload(data: Any) -> bytes:
    """Whatever is signed, under a good signature."""
    signed = data if isinstance(data, bytes) else rfc8785.dumps(data)
    return cose.sign(signed, media_type=MEDIA_TYPE, key=KEY, use=KeyUse.EVIDENCE, at=START)


word_parts = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=10)
words = st.lists(word_parts, min_size=1, max_size=2).map("_".join)
uuids = st.uuids().map(str).map(EvidenceId)
numbers = st.integers(0, 99_999_999).map(
    lambda number: person(number).document  # Home Return Permits
)
instants = st.integers(0, 5).map(lambda hours: START - timedelta(hours=hours))


@st.composite
def laboratory_entries(draw: st.DrawFn) -> BatchEntry:
    """Whatever a laboratory may say."""
    if draw(st.booleans()):
        facts = {"number": str(draw(st.integers(1, 20))), "product": draw(words)}
        made = entry(None, EvidenceKind.DOSE, facts, on=date(2021, 6, 1))
    else:
        result = draw(st.sampled_from(["negative", "positive", "inconclusive"]))
        made = a_test(at=draw(instants), result=result)
        made = replace(made, facts={**made.facts, "specimen": draw(words), "method": draw(words)})
    return replace(made, id=draw(uuids), document=draw(numbers))


@settings(deadline=None)  # else a busy machine is called slow to make inputs
@given(
    entries=st.lists(laboratory_entries(), max_size=3, unique_by=lambda each: each.id),
    withdrawals=st.lists(
        st.builds(Withdrawal, id=uuids, reason=st.sampled_from(WithdrawalReason)),
        min_size=1,
        max_size=2,
        unique_by=lambda each: each.id,
    ),
)
def test_batch__of_a_laboratory__is_read_back_as_it_was_said(
    entries: list[BatchEntry], withdrawals: list[Withdrawal]
) -> None:
    said = batch("source", *entries, withdrawals=tuple(withdrawals))
    found = read(sign_batch(said, KEY))
    assert isinstance(found, SignedBatch), found
    assert found.batch == said


@given(st.binary(max_size=200))
def test_batch__of_any_bytes__is_refused_and_nothing_is_raised(data: bytes) -> None:
    assert isinstance(read(data), BatchRefused)
    assert isinstance(read(payload(data)), BatchRefused)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.data())
def test_batch__with_any_other_value_anywhere__is_refused(data: st.DataObject) -> None:
    whole = batch_as_data(batch("source", a_test()))
    node: Any = whole
    path: list[Any] = []
    while isinstance(node, dict | list) and node and (not path or data.draw(st.booleans())):
        holder, step = (
            node,
            data.draw(
                st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node)))
            ),
        )
        path.append(step)
        node = node[step]
    holder[step] = data.draw(json_values.filter(lambda value: value != node))
    answer = read(payload(whole))
    is_another = isinstance(answer, SignedBatch) and batch_as_data(answer.batch) == whole
    assert isinstance(answer, BatchRefused) or is_another


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"", BatchFault.UNREADABLE_ENVELOPE),
        (bytes(MESSAGE_BYTES_MAX + 1), BatchFault.TOO_LARGE),
        (payload(b""), BatchFault.NOT_CANONICAL),
        (payload(b"{" * 100_000), BatchFault.NOT_CANONICAL),
        (payload(b'{"a":' * 20_000 + b"1" + b"}" * 20_000), BatchFault.NOT_CANONICAL),
        (payload(b'{"a":1,"a":1}'), BatchFault.NOT_CANONICAL),
        (payload(b'{"a":NaN}'), BatchFault.NOT_CANONICAL),
        (payload(b'{"a":1e400}'), BatchFault.NOT_CANONICAL),
        (payload(b'"\\ud800"'), BatchFault.NOT_CANONICAL),
        (payload(b"\xff"), BatchFault.NOT_CANONICAL),
        (payload(b'{"a": 1}'), BatchFault.NOT_CANONICAL),
        (payload({}), BatchFault.WRONG_FORM),
        (payload([]), BatchFault.WRONG_FORM),
        pytest.param(
            cose.sign(b"{}", media_type="text/plain", key=KEY, use=KeyUse.EVIDENCE, at=START),
            BatchFault.WRONG_TYPE,
            id="another_media_type",  # the key is new in each process, and so its bytes
        ),
    ],
)
def test_message__of_another_form__is_refused(message: bytes, code: BatchFault) -> None:
    answer = read(message)
    assert isinstance(answer, BatchRefused)
    assert answer.code is code


def test_signature__written_otherwise__is_the_same_batch() -> None:
    """Anybody can write n − s for s: it must not make the batch another one."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    message = sign_batch(batch("source", a_test()), KEY)
    s = int.from_bytes(message[-32:])
    twin = message[:-32] + (order - s).to_bytes(32)
    first, second = read(message), read(twin)
    assert isinstance(first, SignedBatch)
    assert isinstance(second, SignedBatch)
    assert first.digest == second.digest


LATER = START + timedelta(minutes=2)
LONG = START + timedelta(days=91)


@pytest.mark.parametrize(
    ("said", "kind", "expected"),
    [
        (batch("other", a_test()), SourceKind.LABORATORY, (BatchFault.OTHER_SOURCE, "source")),
        (
            batch("source", a_test(), authority="GD"),
            SourceKind.LABORATORY,
            (BatchFault.OTHER_AUTHORITY, "authority"),
        ),
        (
            batch("source", a_test(), at=LATER),
            SourceKind.LABORATORY,
            (BatchFault.DATED_AHEAD, "issued_at"),
        ),
        (batch("source"), SourceKind.LABORATORY, (BatchFault.EMPTY, "")),
        (
            batch("source", *(a_test() for _ in range(6))),
            SourceKind.LABORATORY,
            (BatchFault.TOO_MANY_ENTRIES, ""),
        ),
        (
            batch("source", *(a_test(id="0" * 8 + "-0000-4000-8000-" + "0" * 12) for _ in "ab")),
            SourceKind.LABORATORY,
            (BatchFault.ID_TWICE, ""),
        ),
        (
            batch("source", a_test(), a_contact()),
            SourceKind.LABORATORY,
            (BatchFault.MAY_NOT_SAY, "entries/1/kind"),
        ),
        (
            batch("source", a_test()),
            SourceKind.RISK_PLACES,
            (BatchFault.MAY_NOT_SAY, "entries"),
        ),
        (
            batch("source", a_test(at=LATER + timedelta(hours=1))),
            SourceKind.LABORATORY,
            (BatchFault.DATED_AHEAD, "entries/0/facts"),
        ),
        (
            batch("source", an_arrival(on=date(2021, 12, 14))),
            SourceKind.BORDER,
            (BatchFault.DATED_AHEAD, "entries/0/on"),
        ),
        (
            batch("source", replace(a_test(), on=date(2021, 12, 12))),
            SourceKind.LABORATORY,
            (BatchFault.DAY_UNFIT, "entries/0/on"),
        ),
        (
            batch("source", replace(a_contact(), ends_at=None)),
            SourceKind.ORDER_OFFICE,
            (BatchFault.END_UNFIT, "entries/0/ends_at"),
        ),
        (
            batch("source", replace(a_contact(), ends_at=LONG)),
            SourceKind.ORDER_OFFICE,
            (BatchFault.END_UNFIT, "entries/0/ends_at"),
        ),
        (
            batch("source", an_arrival(ends_at=START + timedelta(days=1))),
            SourceKind.BORDER,
            (BatchFault.END_UNFIT, "entries/0/ends_at"),
        ),
        (
            batch(
                "source",
                entry(
                    None,
                    EvidenceKind.QUARANTINE_ORDER,
                    {"last_on": "2021-12-12", "reference": "Q1"},
                ),
            ),
            SourceKind.ORDER_OFFICE,
            (BatchFault.END_UNFIT, "entries/0/facts/last_on"),
        ),
        (
            batch(
                "source",
                listed=(
                    ListedPlace(
                        division=DivisionCode("999999"), first_on=date(2021, 12, 1), last_on=None
                    ),
                ),
            ),
            SourceKind.RISK_PLACES,
            (BatchFault.DIVISION_UNKNOWN, "risk_places/listed/0/division"),
        ),
        (
            batch(
                "source",
                listed=(
                    ListedPlace(
                        division=DivisionCode("440000"), first_on=date(2021, 12, 1), last_on=None
                    ),
                ),
            ),
            SourceKind.RISK_PLACES,
            (BatchFault.PLACE_TOO_WIDE, "risk_places/listed/0/division"),
        ),
        (
            batch(
                "source",
                listed=(
                    ListedPlace(
                        division=DivisionCode("440300"), first_on=date(2021, 12, 14), last_on=None
                    ),
                ),
            ),
            SourceKind.RISK_PLACES,
            (BatchFault.DATED_AHEAD, "risk_places/listed/0/first_on"),
        ),
        (
            batch(
                "source",
                ended=(EndedPlace(division=DivisionCode("440300"), last_on=date(2021, 12, 1)),),
            ),
            SourceKind.BORDER,
            (BatchFault.MAY_NOT_SAY, "risk_places/ended"),
        ),
    ],
)
def test_batch__of_what_may_not_be_said__is_refused_with_the_place(
    said: Batch, kind: SourceKind, expected: tuple[BatchFault, str]
) -> None:
    assert refused(said, kind) == expected


def test_number__that_no_document_has__can_neither_be_signed_nor_read() -> None:
    wrong = Document(type=DocumentType.HKID, number="A1234567", issuer="HKG")
    said = batch("source", replace(a_test(), document=wrong))
    with pytest.raises(UnsayableBatchError, match="number_unfit entries/0/person/number"):
        sign_batch(said, KEY)
    answer = read(payload(batch_as_data(said)))
    assert isinstance(answer, BatchRefused)
    assert answer.code is BatchFault.NUMBER_UNFIT


@pytest.mark.parametrize(
    ("said", "ground", "ends_at"),
    [
        (a_test(result="negative"), None, None),
        (
            a_test(),
            HealthReason.SUSPECTED,
            START - timedelta(hours=6) + timedelta(days=14),
        ),
        (
            replace(a_test(), ends_at=START + timedelta(days=3)),
            HealthReason.SUSPECTED,
            START + timedelta(days=3),
        ),
        (
            replace(a_test(), ends_at=START + timedelta(days=30)),
            HealthReason.SUSPECTED,
            START - timedelta(hours=6) + timedelta(days=14),
        ),
        (a_contact(), HealthReason.CLOSE_CONTACT, START + timedelta(days=14)),
        (an_arrival(), HealthReason.ARRIVED_FROM_OUTSIDE, None),
        (
            entry(
                None, EvidenceKind.QUARANTINE_ORDER, {"last_on": "2021-12-20", "reference": "Q1"}
            ),
            HealthReason.UNDER_QUARANTINE,
            datetime(2021, 12, 20, 16, 0, tzinfo=UTC),
        ),
    ],
)
def test_entry__counts__as_its_facts_say(
    said: BatchEntry, ground: HealthReason | None, ends_at: datetime | None
) -> None:
    assert ground_of(said) is ground
    assert end_of(said, ZONE) == ends_at


def test_batch__printed__shows_nobody() -> None:
    assert "H00000001" not in repr(batch("source", a_test()))
    assert "H00000001" not in repr(read(sign_batch(batch("source", a_test()), KEY)))
