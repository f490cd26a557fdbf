"""The reader of signed batches of evidence, with each kind of source behind the signature."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec

from fuzz.target import Target, expect
from tongguan.core.credentials import cose
from tongguan.core.credentials.keys import KeyState, KeyUse, PublicKey, SigningKey, public_half
from tongguan.core.evidence.batch import (
    MEDIA_TYPE,
    BatchTerms,
    SignedBatch,
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
from tongguan.core.evidence.records import EvidenceKind, Route
from tongguan.core.evidence.sources import EvidenceSource, SourceKind
from tongguan.core.identifiers import (
    AuthorityId,
    DivisionCode,
    EvidenceId,
    EvidenceSourceId,
)
from tongguan.core.people import Document, DocumentType

_AT = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
_YEAR = timedelta(days=365)
_ZONE = "Asia/Hong_Kong"
_TERMS = BatchTerms(
    authority=AuthorityId("HK"),
    zone=_ZONE,
    entries_max=dict.fromkeys(Route, 100),
    now=_AT,
    clock_tolerance=timedelta(seconds=60),
)
_PRIVATE = ec.derive_private_key(20211213, ec.SECP256R1())
_KEY = SigningKey(
    private=_PRIVATE,
    public=PublicKey(
        authority=AuthorityId("source"),
        use=KeyUse.EVIDENCE,
        state=KeyState.ACTIVE,
        not_before=_AT - _YEAR,
        not_after=_AT + _YEAR,
        public=public_half(_PRIVATE),
    ),
)
_SOURCES = tuple(
    EvidenceSource(
        id=EvidenceSourceId("source"),
        kind=kind,
        unit=None,
        name="source",
        public=_KEY.public.public,
        not_before=_AT - _YEAR,
        not_after=_AT + _YEAR,
        enrolled_at=_AT,
    )
    for kind in SourceKind
)
_DOCUMENT = Document(type=DocumentType.HKID, number="A1234563", issuer="HKG")


def _entry(serial: int, kind: EvidenceKind, /, **facts: str) -> BatchEntry:
    needs_end = kind in {EvidenceKind.CASE_ORDER, EvidenceKind.CONTACT_ORDER}
    return BatchEntry(
        id=EvidenceId(f"00000000-0000-4000-8000-{serial:012d}"),
        document=_DOCUMENT,
        kind=kind,
        on=date(2021, 12, 13),
        ends_at=_AT + timedelta(days=14) if needs_end else None,
        facts=facts,
    )


def _batch(*entries: BatchEntry) -> Batch:
    return Batch(
        authority=AuthorityId("HK"),
        source=EvidenceSourceId("source"),
        id="00000000-0000-4000-8000-000000000000",
        issued_at=_AT,
        entries=entries,
        withdrawals=(
            Withdrawal(
                id=EvidenceId("00000000-0000-4000-8000-00000000000f"),
                reason=WithdrawalReason.CLERICAL_ERROR,
            ),
        )
        if entries
        else (),
        listed=()
        if entries
        else (
            ListedPlace(division=DivisionCode("440300"), first_on=date(2021, 12, 1), last_on=None),
        ),
        ended=()
        if entries
        else (EndedPlace(division=DivisionCode("440305"), last_on=date(2021, 12, 12)),),
    )


_BATCHES = (
    _batch(
        _entry(
            1,
            EvidenceKind.TEST_RESULT,
            method="rt-pcr",
            reported_at="2021-12-13T00:30:00Z",
            result="positive",
            sampled_at="2021-12-12T20:00:00Z",
            specimen="nasal_swab",
        ),
        _entry(2, EvidenceKind.DOSE, number="2", product="vero-cell"),
    ),
    _batch(
        _entry(3, EvidenceKind.CONTACT_ORDER, reference="CT-1", relation="household"),
        _entry(4, EvidenceKind.QUARANTINE_ORDER, last_on="2021-12-20", reference="CT-1"),
    ),
    _batch(
        _entry(5, EvidenceKind.CASE_ORDER, reference="CT-1", state="confirmed"),
        _entry(6, EvidenceKind.DISCHARGE, reference="CT-1"),
    ),
    _batch(_entry(7, EvidenceKind.ARRIVAL, scheme="return2hk"), _entry(8, EvidenceKind.ARRIVAL)),
    _batch(),
)


def one_batch(data: bytes) -> None:
    """A batch is read only in its one form, as a message and under a good signature."""
    signed = cose.sign(data, media_type=MEDIA_TYPE, key=_KEY, use=KeyUse.EVIDENCE, at=_AT)
    _one_message(data, _SOURCES[0])
    for source in _SOURCES:
        _one_message(signed, source)


def _one_message(message: bytes, source: EvidenceSource) -> None:
    found = read_batch(message, sources=[source], terms=_TERMS)
    if not isinstance(found, SignedBatch):
        return
    expect(rfc8785.dumps(batch_as_data(found.batch)) in message, "two forms of a batch")
    for entry in found.batch.entries:
        is_endless = entry.kind in {EvidenceKind.ARRIVAL, EvidenceKind.DISCHARGE}
        is_adverse = ground_of(entry) is not None and not is_endless
        expect(end_of(entry, _ZONE) is not None or not is_adverse, "a finding without an end")


def _seeds() -> Iterator[bytes]:
    for batch in _BATCHES:
        yield rfc8785.dumps(batch_as_data(batch))
    yield sign_batch(_BATCHES[0], _KEY)


def readable() -> int:
    """How many of the seeds some source may say; near a text that is refused nothing is found."""
    return sum(
        any(
            isinstance(
                read_batch(sign_batch(batch, _KEY), sources=[source], terms=_TERMS), SignedBatch
            )
            for source in _SOURCES
        )
        for batch in _BATCHES
    )


TARGETS = (Target(name="batch", one_input=one_batch, seeds=_seeds),)
